"""What to see in a recurrent layer, a sentence or two each, with the numbers of this case."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.normalization.wording import number
from explorer.lenses.recurrent.clipping import clipping_remark
from explorer.lenses.recurrent.felt import ThroughTime
from explorer.lenses.recurrent.opened import Opened
from explorer.lenses.recurrent.retention import kept_by
from explorer.trace import Trace

LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Case:
    """What remarks are about."""

    trace: Trace
    layer: Opened
    time: ThroughTime


def remarks_of(case: Case) -> tuple[str, ...]:
    """Return what to see in an open layer."""
    return tuple(text for remark in _REMARKS if (text := remark(case)))


def _keeping(case: Case) -> str:
    """Say how long the state of the unit in focus lives."""
    factors = kept_by(case.layer)
    if factors is None or not factors.numel():
        return ""
    gate, state = ("forget gate f", "c") if case.layer.sequence.settings.kind == "lstm" else ("update gate z", "h")
    unit, mean = case.layer.choice.unit, float(factors.double().mean())
    own = float(factors[:, unit].double().log().mean().exp())
    said = f"The {gate} is {number(mean)} on average; of unit {unit} {number(own)} (geometric mean)"
    if math.isnan(own):
        return ""
    if not 0.5 < own < 1:
        return f"{said}: a step later {_share(own)} of what {state} held is left."
    return f"{said}: after {math.log(0.5) / math.log(own):.1f} steps half of what {state} held is left."


def _share(part: float | torch.Tensor) -> str:
    """Write a part of 1 in per cent: `12 %`, `under 1 %`."""
    value = float(part)
    return "under 1 %" if 0 < value < 0.01 else f"{100 * value:.0f} %"


def _saturation(case: Case) -> str:
    """Say which share of the gates' values is nearly shut or open."""
    kind = case.layer.sequence.settings.kind
    gates = {name: value for name, value in case.layer.gates.items() if name in "ifo" or name in "rz"}
    if kind.startswith("rnn") or not gates:
        return ""
    every_value = torch.cat([value.flatten() for value in gates.values()])
    odd = int(every_value.isnan().sum())
    if odd:
        names = ", ".join(gates)
        return f"{odd:,} of the {every_value.numel():,} values of {names} are nan: what comes after a nan is, too."
    shares = {name: ((value < LOW) | (value > HIGH)).double().mean() for name, value in gates.items()}
    every = torch.stack(list(shares.values())).mean()
    if not bool(every > 0):
        return f"No value of {', '.join(gates)} lies below {LOW} or above {HIGH}: no gate is saturated."
    parts = ", ".join(f"{name} {_share(share)}" for name, share in shares.items())
    return (
        f"Of the gates' values, {_share(every)} are below {LOW} or above {HIGH} ({parts}): there σ is flat, and next "
        "to no gradient passes through the gate itself."
    )


def _stretching(case: Case) -> str:
    """Say why the gradient of a plain RNN vanishes or explodes."""
    layer, weight = case.layer, case.layer.weight("hidden")
    kind = layer.sequence.settings.kind
    if not kind.startswith("rnn") or weight is None or not bool(weight.isfinite().all()):
        return ""
    largest = float(torch.linalg.matrix_norm(weight.double(), 2))
    slope = _mean_slope(layer)
    name = "1 − h²" if kind == "rnn_tanh" else "1 where h > 0, else 0"
    back = max(layer.steps - 1, 0)
    over = torch.tensor(largest, dtype=torch.float64) ** back
    return (
        f"One step back, the gradient goes through the slope of {'tanh' if kind == 'rnn_tanh' else 'relu'} ({name}; "
        f"{number(slope)} on average) and through W_hh, whose largest singular value is {number(largest)}: it can grow "
        f"by at most that factor a step, {number(over)} over {back} steps.{_ends(case)}"
    )


def _mean_slope(layer: Opened) -> float:
    h = layer.hidden.double()
    slope = 1 - h.square() if layer.sequence.settings.kind == "rnn_tanh" else (h > 0).double()
    return float(slope.mean()) if slope.numel() else 0.0


def _ends(case: Case) -> str:
    """Say how large the gradient is at the ends of the sequence."""
    felt = case.time.felt
    if felt is None or not len(felt.hidden):
        return ""
    norms = torch.linalg.vector_norm(felt.hidden.double(), dim=-1)
    return f" Here |∂L/∂h| is {number(norms[-1])} at t = {len(norms) - 1} and {number(norms[0])} at t = 0."


def _cut(case: Case) -> str:
    """Say where the program cuts the history of the states."""
    cuts = case.layer.sequence.cuts
    if not cuts:
        return ""
    where = ", ".join(str(cut) for cut in cuts[:6]) + (", …" if len(cuts) > 6 else "")
    return (
        f"The program cuts the history of the state before t = {where} (detach): the numbers go on, the gradient of "
        "what comes later is exactly 0 before the cut."
    )


def _padding(case: Case) -> str:
    """Say where the last valid state of a shorter item is."""
    layer, lengths = case.layer, case.layer.tensors.lengths
    padded = layer.layer.given.shape[0]
    if lengths is None or layer.steps == padded:
        return ""
    item, last = layer.choice.item, layer.steps - 1
    begins = (
        f"The direction that reads backwards begins at t = {last}." if layer.sequence.settings.directions > 1 else ""
    )
    return (
        f"Item {item} has {layer.steps} of {padded} steps: h_n holds its state at t = {last}, and nothing is computed "
        f"for the padding after it. {begins}".rstrip()
    )


def _reading(case: Case) -> str:
    """Say which dimension is time, where the other one is longer: they are easily confused."""
    first, settings = case.layer.sequence.first, case.layer.sequence.settings
    is_one_tensor = not settings.cell and first.batch_sizes is None and len(case.layer.sequence.calls) == 1
    if not is_one_tensor or not first.batched or first.batch <= first.steps:
        return ""
    steps, batch, ahead = first.steps, first.batch, settings.batch_first
    read, other = (
        f"{_count(long, 'step')} of {_count(wide, 'sequence')}" for long, wide in [(steps, batch), (batch, steps)]
    )
    return (
        f"batch_first={ahead}, so the input of shape {first.input.shape} is read as {read}. With "
        f"batch_first={not ahead} the same tensor would be {other}: torch takes either without a word."
    )


def _count(number_of: int, noun: str) -> str:
    return f"{number_of:,} {noun}{'' if number_of == 1 else 's'}"


def _dropping(case: Case) -> str:
    """Say what dropout does between the layers."""
    settings, layer = case.layer.sequence.settings, case.layer
    if settings.dropout and settings.layers == 1:
        return (
            f"dropout={settings.dropout:g} does nothing here, and torch warned of it where the layer was made: it acts "
            "between two layers, and there is one."
        )
    if not settings.dropout:
        return ""
    if not settings.training:
        return f"In eval mode nothing is dropped between the layers (dropout={settings.dropout:g})."
    above = min(layer.choice.depth, settings.layers - 2)
    noise = layer.tensors.noise[above][: layer.steps, layer.choice.item]
    return (
        f"Dropout set {int((noise == 0).sum()):,} of {noise.numel():,} numbers to 0 on the way from layer {above} to "
        f"layer {above + 1} and multiplied the others with {number(noise.max() if noise.numel() else 0.0)}: made once "
        "more from the recorded state of the random generator."
    )


def _paper(case: Case) -> str:
    """Say what the GRU of the paper would give at the last step."""
    layer = case.layer
    if layer.sequence.settings.kind != "gru" or not layer.steps:
        return ""
    step, unit = 0 if layer.choice.reverse else layer.steps - 1, layer.choice.unit
    weight, bias = layer.weight("hidden"), layer.weight("hidden_bias")
    assert weight is not None  # noqa: S101 - all layers have one; this is for the type checker
    inner = F.linear(layer.gates["r"][step] * layer.previous_hidden[step], weight.chunk(3)[2])
    own = layer.weight("input_bias")
    both = sum(one.chunk(3)[2] for one in (own, bias) if one is not None)
    paper = (layer.from_input["n"][step] + inner + both).tanh()[unit]
    return (
        "torch applies r after the matrix product, n = tanh(W_in·x + b_in + r ⊙ (W_hn·h + b_hn)); the paper (Cho et "
        f"al., 2014) before, W_hn·(r ⊙ h). At t = {step}, n of unit {unit} is "
        f"{number(layer.gates['n'][step, unit])}; the paper's would be {number(paper)}."
    )


def _clipped(case: Case) -> str:
    return clipping_remark(case.trace)


def _note(case: Case) -> str:
    return case.time.note


_REMARKS: tuple[Callable[[Case], str], ...] = (
    _note,
    _reading,
    _padding,
    _cut,
    _stretching,
    _keeping,
    _saturation,
    _dropping,
    _paper,
    _clipped,
)
