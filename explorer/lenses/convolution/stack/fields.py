"""The receptive field of every unit of a network: followed from the input, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from explorer.lenses.convolution.stack.extents import Extent, identity, joined, shifted, through_window
from explorer.lenses.convolution.stack.resizing import resized
from explorer.lenses.convolution.stack.units import Unit
from explorer.lenses.relations.pointwise import is_pointwise
from explorer.scene.windows import Reach
from explorer.trace import TensorState

WHOLE = "whole input"
UNKNOWN = "not known"
_BY_ELEMENT = ("torch.nn.modules.activation", "torch.nn.modules.dropout", "torch.nn.modules.batchnorm")
_IN_PLACE_OF_NOTHING = frozenset({"Identity", "LocalResponseNorm", "contiguous", "clone", "detach", "dropout", "to"})
_OVER_ALL = frozenset({"Linear", "linear", "Bilinear", "matmul", "mm", "addmm"})
_PADS = frozenset({"ConstantPad", "ZeroPad", "ReflectionPad", "ReplicationPad", "CircularPad"})
_NOT_BY_ELEMENT = frozenset({"MultiheadAttention", "Softmax", "LogSoftmax", "Softmax2d", "Softmin"})


@dataclass(frozen=True)
class Reached:
    """What the cells of a tensor depend on.

    Attributes:
        extents: By spatial dimension; None where cells cannot be told apart by place any more.
        text: The field's size in words: `5 × 5`, `whole input`, `not known`.
    """

    extents: tuple[Extent, ...] | None
    text: str


def receptive_fields(units: Sequence[Unit], windows: Mapping[int, tuple[Reach, ...]], rank: int) -> list[Reached]:
    """Return what the result of each unit depends on, counted on the network's input that it goes back to.

    Args:
        units: The network.
        windows: The spatial dimensions of the units that slide a window, by number of the unit.
        rank: How many spatial dimensions the network's inputs have: their last ones.
    """
    found: list[Reached] = []
    for number, unit in enumerate(units):
        pairs = zip(unit.inputs, unit.sources, strict=True)
        taken = [
            _input(state, rank) if source == -1 else found[source] for state, source in pairs if source is not None
        ]
        found.append(_after(unit, taken, windows.get(number), rank))
    return found


def _input(state: TensorState, rank: int) -> Reached:
    if len(state.shape) < rank:
        return Reached(None, UNKNOWN)
    return _reached(tuple(identity(size) for size in state.shape[-rank:]))


def _after(unit: Unit, taken: list[Reached], window: tuple[Reach, ...] | None, rank: int) -> Reached:
    known = [reached.extents for reached in taken if reached.extents is not None]
    if len(known) < len(taken):
        return Reached(None, WHOLE if any(reached.text == WHOLE for reached in taken) else UNKNOWN)
    if window is not None:
        return _through(known[0], window)
    padding = _padding(unit, rank)
    if padding is not None:
        return _reached(tuple(shifted(extent, *sides) for extent, sides in zip(known[0], padding, strict=True)))
    sized = resized(unit, known[0]) if len(known) == 1 else None
    if sized is not None:
        return _reached(sized)
    if _keeps_places(unit, rank):
        extents = [joined([one[dimension] for one in known]) for dimension in range(rank)]
        fitting = tuple(extent for extent in extents if extent is not None)
        return _reached(fitting) if len(fitting) == rank else Reached(None, UNKNOWN)
    return _without_places(unit, known[0])


def _through(extents: tuple[Extent, ...], window: tuple[Reach, ...]) -> Reached:
    if len(window) != len(extents):
        return Reached(None, UNKNOWN)
    return _reached(tuple(through_window(extent, one) for extent, one in zip(extents, window, strict=True)))


def _reached(extents: tuple[Extent, ...]) -> Reached:
    return Reached(extents, " × ".join(str(extent.field.size) for extent in extents))


def _keeps_places(unit: Unit, rank: int) -> bool:
    """Tell whether each cell of the result depends on the cells at its own place (in any channel)."""
    if not unit.outputs or not all(_fits(state, unit.outputs[0], rank) for state in unit.inputs):
        return False
    op = unit.op.strip("_")
    if unit.module is not None:
        by_element = type(unit.module).__module__ in _BY_ELEMENT and unit.op not in _NOT_BY_ELEMENT
        return by_element or unit.op in _IN_PLACE_OF_NOTHING
    if op in ("cat", "concat", "concatenate"):
        return unit.inputs[0].shape[-rank:] == unit.outputs[0].shape[-rank:]
    return is_pointwise(op) or op in _IN_PLACE_OF_NOTHING or op in ("relu", "batch_norm")


def _fits(state: TensorState, result: TensorState, rank: int) -> bool:
    if len(result.shape) <= rank:
        return False
    sizes = ((1,) * rank + state.shape)[-rank:]
    return all(own in (1, size) for own, size in zip(sizes, result.shape[-rank:], strict=True))


def _without_places(unit: Unit, extents: tuple[Extent, ...]) -> Reached:
    """Return what is known when the result has no places: after Flatten and Linear, or a mean over all."""
    op = unit.op.strip("_")
    if op in _OVER_ALL or op.lower() == "flatten" or _reduces_all(unit, len(extents)):
        return Reached(None, WHOLE)
    if op in ("view", "reshape", "Unflatten", "squeeze") and len(unit.outputs[0].shape) <= len(extents) + 1:
        return Reached(None, WHOLE)
    return Reached(None, UNKNOWN)


def _reduces_all(unit: Unit, rank: int) -> bool:
    shape, result = unit.inputs[0].shape, unit.outputs[0].shape
    if unit.op not in ("mean", "sum", "amax", "amin", "max", "min"):
        return False
    return result in (shape[:-rank], (*shape[:-rank], *(1,) * rank), ())


def _padding(unit: Unit, rank: int) -> tuple[tuple[int, int], ...] | None:
    """Return the cells that a unit pads, before and after, by spatial dimension; None when it does not pad."""
    if unit.module is not None:
        if unit.op[:-2] not in _PADS:
            return None
        sides: Any = unit.module.padding
    elif unit.op == "pad" and unit.call is not None:
        sides = unit.call.keywords.get("pad", unit.call.arguments[1] if len(unit.call.arguments) > 1 else None)
    else:
        return None
    sides = tuple(sides) if isinstance(sides, list | tuple | torch.Size) else (sides,) * (2 * rank)
    sides = (*sides, *(0,) * (2 * rank - len(sides)))
    pairs = [(int(sides[2 * place]), int(sides[2 * place + 1])) for place in range(rank)]
    return tuple(reversed(pairs))
