"""The equations of recurrent layers, step by step, with everything kept that they go through.

Sources: torch's documentation of nn.RNN, nn.LSTM and nn.GRU; Hochreiter and Schmidhuber, "Long Short-Term Memory"
(1997); Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014), whose GRU applies the reset gate
before the matrix product, while torch applies it after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from explorer.scene.recurrent import CellKind

GATES: Mapping[CellKind, tuple[str, ...]] = {
    "rnn_tanh": ("h",),
    "rnn_relu": ("h",),
    "lstm": ("i", "f", "g", "o"),
    "gru": ("r", "z", "n"),
}
"""The blocks that weight_ih, weight_hh and the biases are stacked of, in torch's order."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The parameters of one layer in one direction.

    Attributes:
        input: weight_ih, (G·H, I).
        hidden: weight_hh, (G·H, H_out).
        input_bias, hidden_bias: (G·H,), or None.
        projection: weight_hr, (H_out, H), or None.
    """

    input: torch.Tensor
    hidden: torch.Tensor
    input_bias: torch.Tensor | None = None
    hidden_bias: torch.Tensor | None = None
    projection: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class Start:
    """The states before the first step: h (B, H_out), and of an LSTM c (B, H)."""

    hidden: torch.Tensor
    cell: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class Passed:
    """What one layer in one direction went through; times are those of the sequence, also where it is read backwards.

    Attributes:
        from_input: weight_ih · x_t + bias_ih, (T, B, G·H).
        from_hidden: weight_hh · h_{t-1} + bias_hh, (T, B, G·H).
        before: What goes through each gate's function, by its name, (T, B, H).
        gates: The gates by their names, (T, B, H).
        hidden: h_t, (T, B, H_out).
        cell: c_t of an LSTM, (T, B, H), or None.
        squashed: tanh(c_t) of an LSTM, or None.
        unprojected: o · tanh(c_t) before weight_hr, (T, B, H), or None.
        last: The states after the last step of each sequence of the batch.
    """

    from_input: torch.Tensor
    from_hidden: torch.Tensor
    before: Mapping[str, torch.Tensor]
    gates: Mapping[str, torch.Tensor]
    hidden: torch.Tensor
    cell: torch.Tensor | None
    squashed: torch.Tensor | None
    unprojected: torch.Tensor | None
    last: Start


def passed(
    kind: CellKind, given: torch.Tensor, start: Start, weights: Weights, lengths: torch.Tensor, *, reverse: bool
) -> Passed:
    """Run one layer in one direction over a padded batch.

    Args:
        kind: Which equations.
        given: (T, B, I).
        start: The states before the first step.
        weights: Of this layer and direction.
        lengths: Steps of each sequence, (B,); what comes after them is padding, where states stand still.
        reverse: Whether it reads from the last step to the first.
    """
    inputs = torch.nn.functional.linear(given, weights.input, weights.input_bias)
    steps = range(given.shape[0] - 1, -1, -1) if reverse else range(given.shape[0])
    made: list[_Step] = []
    state = start
    for t in steps:
        step = _STEPS[kind](inputs[t], state, weights)
        alive = (t < lengths)[:, None]
        state = _kept(alive, step.after, state)
        made.append(step)
    return _together(made[::-1] if reverse else made, inputs, state)


@dataclass(frozen=True, eq=False)
class _Step:
    from_hidden: torch.Tensor
    before: dict[str, torch.Tensor]
    gates: dict[str, torch.Tensor]
    after: Start
    squashed: torch.Tensor | None = None
    unprojected: torch.Tensor | None = None


def _hidden_part(state: Start, weights: Weights) -> torch.Tensor:
    return torch.nn.functional.linear(state.hidden, weights.hidden, weights.hidden_bias)


def _rnn(activation: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[torch.Tensor, Start, Weights], _Step]:
    def step(inputs: torch.Tensor, state: Start, weights: Weights) -> _Step:
        hidden = _hidden_part(state, weights)
        before = inputs + hidden
        h = activation(before)
        return _Step(hidden, {"h": before}, {"h": h}, Start(h))

    return step


def _lstm(inputs: torch.Tensor, state: Start, weights: Weights) -> _Step:
    hidden = _hidden_part(state, weights)
    before = dict(zip(GATES["lstm"], (inputs + hidden).chunk(4, -1), strict=True))
    gates = {name: value.tanh() if name == "g" else value.sigmoid() for name, value in before.items()}
    assert state.cell is not None  # noqa: S101 - an LSTM starts with one; this is for the type checker
    cell = gates["f"] * state.cell + gates["i"] * gates["g"]
    squashed = cell.tanh()
    shown = gates["o"] * squashed
    h = shown if weights.projection is None else torch.nn.functional.linear(shown, weights.projection)
    return _Step(hidden, before, gates, Start(h, cell), squashed, None if weights.projection is None else shown)


def _gru(inputs: torch.Tensor, state: Start, weights: Weights) -> _Step:
    hidden = _hidden_part(state, weights)
    (ir, iz, inew), (hr, hz, hnew) = inputs.chunk(3, -1), hidden.chunk(3, -1)
    r, z = (ir + hr).sigmoid(), (iz + hz).sigmoid()
    before = inew + r * hnew
    n = before.tanh()
    h = (1 - z) * n + z * state.hidden
    return _Step(hidden, {"r": ir + hr, "z": iz + hz, "n": before}, {"r": r, "z": z, "n": n}, Start(h))


_STEPS: Mapping[CellKind, Callable[[torch.Tensor, Start, Weights], _Step]] = {
    "rnn_tanh": _rnn(torch.tanh),
    "rnn_relu": _rnn(torch.relu),
    "lstm": _lstm,
    "gru": _gru,
}


def _kept(alive: torch.Tensor, after: Start, before: Start) -> Start:
    """Return the states where a sequence goes on, and the old ones where it has ended or not begun."""
    hidden = torch.where(alive, after.hidden, before.hidden)
    if after.cell is None or before.cell is None:
        return Start(hidden)
    return Start(hidden, torch.where(alive, after.cell, before.cell))


def _together(made: list[_Step], inputs: torch.Tensor, last: Start) -> Passed:
    """Return the steps along a dimension of time."""

    def along(parts: list[torch.Tensor | None]) -> torch.Tensor | None:
        known = [part for part in parts if part is not None]
        return torch.stack(known) if known and len(known) == len(parts) else None

    names = list(made[0].gates) if made else []
    return Passed(
        from_input=inputs,
        from_hidden=torch.stack([step.from_hidden for step in made]) if made else torch.empty_like(inputs),
        before={name: torch.stack([step.before[name] for step in made]) for name in names},
        gates={name: torch.stack([step.gates[name] for step in made]) for name in names},
        hidden=torch.stack([step.after.hidden for step in made]) if made else last.hidden[None][:0],
        cell=along([step.after.cell for step in made]),
        squashed=along([step.squashed for step in made]),
        unprojected=along([step.unprojected for step in made]),
        last=last,
    )
