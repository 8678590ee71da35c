"""The equations beside what the module itself returned, over all layers, directions, items and steps."""

from __future__ import annotations

import torch

from explorer.lenses.convolution import checks
from explorer.lenses.recurrent.passes import Layer
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors
from explorer.scene.windows import Check


def checks_of(sequence: Sequence, tensors: Tensors, layers: tuple[Layer, ...]) -> tuple[Check, ...]:
    """Return the largest differences of the output and of the last states, as far as those are known."""
    found = []
    if tensors.output is not None:
        made = layers[-1].passed.output
        found.append(compared("output", _valid(made, tensors), _valid(tensors.output, tensors), _note(sequence)))
    if tensors.last is not None:
        last = [layer.passed.last for layer in layers]
        note = "All layers and directions, after the last step of each item."
        if sequence.settings.cell:
            note = "After the last call."
        hidden = torch.stack([one.hidden for one in last])
        found.append(compared("h_n", hidden, torch.stack([one.hidden for one in tensors.last]), note))
        cells = [one.cell for one in last if one.cell is not None]
        own = [one.cell for one in tensors.last if one.cell is not None]
        if cells:
            found.append(compared("c_n", torch.stack(cells), torch.stack(own), note))
    return tuple(found)


def compared(what: str, one: torch.Tensor, other: torch.Tensor, note: str) -> Check:
    """Return the largest difference of two tensors, and how many of their numbers are nan where both have it."""
    missing = other.isnan()
    if not missing.any() or not torch.equal(one.isnan(), missing):
        return checks.compared(what, one, other, note)
    count = "All" if missing.all() else f"{int(missing.sum()):,} of"
    return checks.compared(what, one, other, f"{count} {missing.numel():,} numbers are nan, in both. {note}")


def _valid(output: torch.Tensor, tensors: Tensors) -> torch.Tensor:
    """Return an output with 0 in its padding, as torch gives it."""
    return output if tensors.valid is None else torch.where(tensors.valid, output, 0)


def _note(sequence: Sequence) -> str:
    settings, first = sequence.settings, sequence.first
    dtype = str(first.output.dtype).removeprefix("torch.")
    steps = f"{sequence.steps:,} {'step' if sequence.steps == 1 else 'steps'}"
    parts = [steps, f"{first.batch:,} {'item' if first.batch == 1 else 'items'}"]
    if settings.layers > 1:
        parts.append(f"{settings.layers} layers")
    if settings.directions > 1:
        parts.append("both directions")
    calls = "the call" if sequence.steps == 1 else f"the {sequence.steps:,} calls"
    own = f"{calls} of the cell" if settings.cell else "the module's own output"
    return f"Step by step in {dtype}, beside {own}: {', '.join(parts)}."
