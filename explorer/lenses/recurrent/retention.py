"""What a layer keeps: products of its forget gate, and how far its recurrent weights stretch a vector."""

from __future__ import annotations

import torch

from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.opened import Opened
from explorer.scene.relations import Array
from explorer.trace.values import to_numpy

MOST_STEPS = 512
MOST_UNITS = 1_024
_KEEPS = {"lstm": "f", "gru": "z"}


def kept_by(layer: Opened) -> torch.Tensor | None:
    """Return the factor by which each step keeps each unit's state, (T, H): f of an LSTM, z of a GRU, or None."""
    name = _KEEPS.get(layer.sequence.settings.kind)
    return None if name is None else layer.gates[name]


def retention_of(layer: Opened) -> Array | None:
    """Return how much of the state at s is left at t for the unit in focus: (T, T), rows t, columns s.

    NaN where s comes after t in the layer's own order. None of an RNN and of more than `MOST_STEPS` steps.
    """
    factors = kept_by(layer)
    if factors is None or layer.steps > MOST_STEPS:
        return None
    found = products(factors[:, layer.choice.unit], reverse=bool(layer.choice.reverse))
    return to_numpy(found.float())


def products(factors: torch.Tensor, *, reverse: bool) -> torch.Tensor:
    """Return the products of factors after s up to t, (T, T), rows t, columns s; NaN where s comes after t.

    Args:
        factors: One a step, (T,).
        reverse: Whether steps are gone through from the last to the first.
    """
    own = factors.double().flip(0) if reverse else factors.double()
    steps = len(own)
    later = torch.ones(steps, steps, dtype=torch.bool).tril(-1)  # t after s
    found = torch.where(later, own[:, None], own.new_ones(())).cumprod(0)
    found = found.masked_fill(later.t(), torch.nan)
    return found.flip(0, 1) if reverse else found


def singular_values(layer: Opened) -> tuple[Array, ...]:
    """Return the singular values of the recurrent weights of each gate, falling; () of very many units."""
    weight = layer.weight("hidden")
    if weight is None or max(weight.shape) > MOST_UNITS * len(GATES[layer.sequence.settings.kind]):
        return ()
    blocks = torch.stack(weight.chunk(len(GATES[layer.sequence.settings.kind])))
    if not bool(blocks.isfinite().all()):
        return ()
    wide = blocks.double() if blocks.dtype == torch.float64 else blocks.float()
    return tuple(to_numpy(values) for values in torch.linalg.svdvals(wide))
