"""The same layer with the other `batch_first`: what torch then takes and returns."""

from __future__ import annotations

import torch

from explorer.lenses.recurrent.calls import RecurrentCall
from explorer.lenses.recurrent.sequences import Sequence

Shape = tuple[int, ...]


def flipped_shapes(sequence: Sequence) -> dict[str, Shape] | None:
    """Return the shapes of input, output, h_n and c_n with the other batch_first, as torch gives them.

    The layer's own function is called once more with the other flag, for one step; which dimension is time follows from
    the flag. Without a batch, for cells and for packed batches the flag moves nothing: None.
    """
    first = sequence.first
    if not first.batched or first.settings.cell or first.batch_sizes is not None:
        return None
    turned = not first.settings.batch_first
    given = _one_step(first, turned=turned)
    states = [torch.zeros(one.shape, dtype=one.dtype, device=one.device) for one in (first.hidden, first.cell) if one]
    arguments = list(first.call.arguments)
    arguments[:2] = [given, states if len(states) > 1 else states[0]]
    arguments[-1] = turned
    made = first.call.function(*arguments)
    names = ("output", "h_n", "c_n")[: len(made)]
    found = {"input": tuple(given.shape)} | {name: tuple(one.shape) for name, one in zip(names, made, strict=True)}
    place = 1 if turned else 0
    for name in ("input", "output"):
        shape = found[name]
        found[name] = (*shape[:place], sequence.steps, *shape[place + 1 :])
    return found


def _one_step(call: RecurrentCall, *, turned: bool) -> torch.Tensor:
    """Return an input of one step in the other order."""
    sizes = (call.batch, 1) if turned else (1, call.batch)
    state = call.input
    return torch.zeros((*sizes, state.shape[-1]), dtype=state.dtype, device=state.device)
