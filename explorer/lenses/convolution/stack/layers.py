"""The rows of the network's table: what each unit is, what it costs, what it sees, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.lenses.convolution.calls import WindowCall
from explorer.lenses.convolution.stack.costs import multiply_adds, nbytes, parameters
from explorer.lenses.convolution.stack.fields import Reached, receptive_fields
from explorer.lenses.convolution.stack.maps import FeatureMaps, feature_maps
from explorer.lenses.convolution.stack.units import Unit, units
from explorer.lenses.values import ValueGrids
from explorer.scene import Span
from explorer.scene.windows import Layer, Reach
from explorer.trace import TensorState, Trace


@dataclass(frozen=True, eq=False)
class Network:
    """The network of a program.

    Attributes:
        stops: Its layers.
        numbers: For each window call, its number among `stops`; -1: beyond what is kept.
        input: Grid of the network's input, (C, …), or -1.
        input_scale: How many cells of the input a cell of that grid is the mean of, in each dimension.
    """

    stops: tuple[Layer, ...]
    numbers: tuple[int, ...]
    input: int = -1
    input_scale: tuple[int, ...] = ()


def network(
    trace: Trace,
    calls: Sequence[WindowCall],
    reaches: Sequence[tuple[Reach, ...]],
    values: ValueGrids,
    *,
    item: int = 0,
    frame: int = 0,
) -> Network:
    """Return the layers that depend on what the first window layers took.

    Args:
        trace: A trace with its live calls.
        calls: Its layers that slide a window.
        reaches: Their spatial dimensions.
        values: Where the feature maps go.
        item: Which of the batch they are of.
        frame: The first frame that shows them.
    """
    if not calls:
        return Network((), ())
    rank = calls[0].signature.rank
    found = units(trace, {call.output.tensor for call in calls})
    numbers = tuple(_number(call, found) for call in calls)
    windows = {number: reach for number, reach in zip(numbers, reaches, strict=True) if number >= 0}
    fields = receptive_fields(found, windows, rank)
    taken, *maps = feature_maps([_input(found), *(unit.outputs[0] for unit in found)], rank, item)
    grids = [_grid(unit.label, shown, values, frame) for unit, shown in zip(found, maps, strict=True)]
    rows = zip(found, fields, grids, maps, strict=True)
    stops = tuple(
        _layer(unit, field, grid, shown, opens=number in windows)
        for number, (unit, field, grid, shown) in enumerate(rows)
    )
    scale = () if taken is None else taken.scale
    return Network(stops, numbers, _grid("input", taken, values, frame), scale)


def _number(call: WindowCall, found: Sequence[Unit]) -> int:
    """Return the number of the unit that a call happened in."""
    for number, unit in enumerate(found):
        if unit.step.index == call.step and any(state.tensor == call.output.tensor for state in unit.outputs):
            return number
    return -1


def _input(found: Sequence[Unit]) -> TensorState:
    """Return the network's input: of several, the first."""
    pairs = (pair for unit in found for pair in zip(unit.inputs, unit.sources, strict=True))
    return next(state for state, source in pairs if source == -1)


def _grid(label: str, shown: FeatureMaps | None, values: ValueGrids, frame: int) -> int:
    if shown is None:
        return -1
    return values.add(shown.values, tuple(shown.values.shape), label, frame, kind="maps")


def _layer(unit: Unit, field: Reached, grid: int, shown: FeatureMaps | None, *, opens: bool) -> Layer:
    step = unit.step
    joins = unit.joins and len([one for one in unit.sources if one is not None]) > 1
    return Layer(
        label=unit.label,
        layer=unit.layer,
        kind="window" if opens else "join" if joins else "other",
        shape=unit.outputs[0].shape,
        parameters=parameters(unit),
        multiply_adds=multiply_adds(unit),
        nbytes=nbytes(unit),
        inputs=tuple(dict.fromkeys(source for source in unit.sources if source is not None and source >= 0)),
        span=Span(step.line, step.column, step.end_line, step.end_column),
        maps=grid,
        scale=() if shown is None else shown.scale,
        fields=() if field.extents is None else tuple(extent.field for extent in field.extents),
        field=field.text,
    )
