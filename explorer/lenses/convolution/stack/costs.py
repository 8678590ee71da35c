"""What a unit of a network costs: numbers that it learns, multiply-adds for its input, bytes of its result.

Multiply-adds are counted as torch's `torch.utils.flop_counter` counts them, which reports two operations for each.
"""

from __future__ import annotations

import math

from explorer.lenses.convolution.stack.units import Unit

NOT_COUNTED = -1
_LEARNING = ("conv", "linear", "bilinear", "embedding", "batch_norm")


def parameters(unit: Unit) -> int:
    """Return how many numbers a unit learns."""
    if unit.module is not None:
        return sum(parameter.numel() for parameter in unit.module.parameters())
    if not unit.op.startswith(_LEARNING):
        return 0
    return sum(state.numel for state in unit.inputs[1:] if state.is_leaf and state.requires_grad)


def multiply_adds(unit: Unit) -> int:
    """Return how often a unit multiplies and adds; `NOT_COUNTED` for kinds that torch does not count either."""
    weight = _weight_shape(unit)
    if weight is None or not unit.outputs or not unit.inputs:
        return NOT_COUNTED
    name = unit.op.lower().replace("_", "")
    if name.startswith("convtranspose"):
        return unit.inputs[0].numel * math.prod(weight[1:])
    if name.startswith("conv") or name == "linear":
        return unit.outputs[0].numel * math.prod(weight[1:])
    return NOT_COUNTED


def nbytes(unit: Unit) -> int:
    """Return the bytes of a unit's results."""
    return sum(state.numel * state.itemsize for state in unit.outputs)


def _weight_shape(unit: Unit) -> tuple[int, ...] | None:
    weight = getattr(unit.module, "weight", None)
    if weight is not None:
        return tuple(weight.shape)
    if unit.module is None and len(unit.inputs) > 1:
        return unit.inputs[1].shape
    return None
