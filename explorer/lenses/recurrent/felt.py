"""The gradient through time of an open layer: what was asked for, or what the program's own backward pass did."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass

import torch

from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.recurrent.arrived import Arrived, Events, arrived_at, last_events, root_text
from explorer.lenses.recurrent.checks import compared
from explorer.lenses.recurrent.gradients import Felt, from_backward, from_step, of_cells
from explorer.lenses.recurrent.opened import Choice
from explorer.lenses.recurrent.passes import Layer
from explorer.lenses.recurrent.recorded import recorded_gradients
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors, names_of
from explorer.scene.recurrent import Gradient
from explorer.scene.relations import Array
from explorer.scene.windows import Check
from explorer.trace import Trace
from explorer.trace.values import to_numpy

# pre-activations of all layers that are gone through with their history for all items at once
MOST_CELLS = 2_097_152


@dataclass(frozen=True, eq=False)
class Backward:
    """The backward passes of a run.

    Attributes:
        trace: The run.
        events: The last run of each node.
    """

    trace: Trace
    events: Events

    @classmethod
    def of(cls, trace: Trace) -> Backward:
        """Return those of a run."""
        return cls(trace, last_events(trace))


@dataclass(frozen=True, eq=False)
class ThroughTime:
    """The gradient of one layer, direction and item through time.

    Attributes:
        gradient: None where nothing was asked for and no backward pass came through.
        felt: The same as tensors, or None.
        arrived: What the backward pass brought to each call.
        checks: Gradients of the parameters beside the engine's.
        note: Why there is none though a backward pass ran, or "".
        layers: What the whole batch went through on the way; () where it did not have to be gone through.
    """

    gradient: Gradient | None = None
    felt: Felt | None = None
    arrived: tuple[Arrived, ...] = ()
    checks: tuple[Check, ...] = ()
    note: str = ""
    layers: tuple[Layer, ...] = ()


def through_time(backward: Backward, sequence: Sequence, tensors: Tensors, choice: Choice, root: int) -> ThroughTime:
    """Return the gradient through time.

    Args:
        backward: The backward passes of the run.
        sequence: The calls.
        tensors: What they took and returned.
        choice: Which layer, direction and item.
        root: The time step of the output that it starts from; -1 for the program's own backward pass.
    """
    if root >= 0:
        step = min(root, _length(tensors, choice.item) - 1)
        felt = from_step(sequence, tensors, choice, step)
        return ThroughTime(_gradient(_step_text(backward.trace, sequence, choice.item, step), felt, step), felt)
    arrived = tuple(arrived_at(backward.events, call) for call in sequence.calls)
    runs = [one.run for one in arrived if one.run >= 0]
    if not runs:
        return ThroughTime()
    if any(one.cut for one in arrived) or _cells(sequence) > MOST_CELLS:
        return ThroughTime(arrived=arrived, note=_too_large(sequence))
    felt = _own(sequence, tensors, choice, arrived)
    gradient = _gradient(_own_text(backward.trace, runs), felt, -1)
    return ThroughTime(gradient, felt, arrived, _weight_checks(backward, sequence, felt, runs), layers=felt.layers)


def _length(tensors: Tensors, item: int) -> int:
    return tensors.input.shape[0] if tensors.lengths is None else int(tensors.lengths[item])


def _own(sequence: Sequence, tensors: Tensors, choice: Choice, arrived: Several[Arrived]) -> Felt:
    if sequence.settings.cell:
        return of_cells(sequence, tensors, choice.item, arrived)
    return from_backward(sequence, tensors, choice, arrived)


def _cells(sequence: Sequence) -> int:
    first, settings = sequence.first, sequence.settings
    rows = first.weights[0].shape[0] * settings.layers * settings.directions
    return sequence.steps * first.batch * rows


def _too_large(sequence: Sequence) -> str:
    count = max(call.output.numel for call in sequence.calls)
    return (
        f"The gradient that reached the output, of {count:,} numbers, is too large to be followed: choose a time step "
        "to see a gradient through time."
    )


def _gradient(root: str, felt: Felt, step: int) -> Gradient:
    cell = felt.cell
    return Gradient(
        root=root,
        hidden=_lengths(felt.hidden),
        cell=None if cell is None else _lengths(cell),
        unit_hidden=to_numpy(_wide(felt.hidden)),
        unit_cell=None if cell is None else to_numpy(_wide(cell)),
        step=step,
    )


def _wide(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _lengths(states: torch.Tensor) -> Array:
    return to_numpy(torch.linalg.vector_norm(states.double(), dim=-1))


def _step_text(trace: Trace, sequence: Sequence, item: int, step: int) -> str:
    """Return what a gradient starts from that begins at a time step: `output[5, 0].sum()`."""
    last, settings = sequence.last, sequence.settings
    if settings.cell or len(sequence.calls) > 1:
        return f"the sum of h after step {step}"
    name = name_of(trace, last.step, last.output, "output")
    if last.batch_sizes is not None:
        return f"the sum of the output of item {item} at step {step}"
    if not last.batched:
        return f"{name}[{step}].sum()"
    return f"{name}[{item}, {step}].sum()" if settings.batch_first else f"{name}[{step}, {item}].sum()"


def _own_text(trace: Trace, runs: Several[int]) -> str:
    texts = list(dict.fromkeys(root_text(trace, run) for run in runs))
    return texts[0] if len(texts) == 1 else f"{len(set(runs))} backward passes: {texts[0]}, …"


def _weight_checks(backward: Backward, sequence: Sequence, felt: Felt, runs: Several[int]) -> tuple[Check, ...]:
    """Return the parameters' gradients beside those of the engine, where it made them in one run."""
    if not felt.weights or len(set(runs)) > 1:
        return ()
    recorded = recorded_gradients(backward.trace, sequence, runs[0])
    pairs = [
        (own.reshape(-1), recorded[name].reshape(-1))
        for layer, every in zip(names_of(sequence.first), felt.weights, strict=True)
        for direction, names in enumerate(layer)
        for name, own in zip(names, (value[direction] for value in every.present.values()), strict=True)
        if name in recorded
    ]
    if not pairs:
        return ()
    note = f"{len(pairs)} parameters of all layers and directions, beside what backward made while the program ran."
    own, engine = (torch.cat([pair[place] for pair in pairs]) for place in (0, 1))
    return (compared("gradients of the parameters", own, engine, note),)
