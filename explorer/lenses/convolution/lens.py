"""Puts the scene together."""

from __future__ import annotations

from dataclasses import replace

from explorer.lenses.convolution.calls import WindowCall, is_affordable, window_calls
from explorer.lenses.convolution.numbers import costs_of
from explorer.lenses.convolution.opened import Focus, Opened, opened
from explorer.lenses.convolution.pictures import MAX_CELLS, Pictures
from explorer.lenses.convolution.reach import reaches
from explorer.lenses.convolution.stack.layers import network
from explorer.lenses.convolution.windows import windows_of
from explorer.lenses.shapes import shapes
from explorer.lenses.values import ValueGrids
from explorer.scene import Scene
from explorer.scene.collection import uncollected
from explorer.scene.windows import Layers
from explorer.trace import Trace


def convolution(  # noqa: PLR0913 - what of a layer is looked at, each by name
    trace: Trace,
    title: str = "Convolution & pooling",
    *,
    layer: int = -1,
    channel: int = 0,
    item: int = 0,
    slab: int = 0,
    row: int = 0,
    column: int = 0,
    flip: bool = False,
) -> Scene:
    """Look at one layer that slides a window: what each cell of its result reads, and what it is made of.

    What lies outside of the layer is brought to the nearest value inside.

    Args:
        trace: A trace with its live tensors, as `explorer.run` returns it.
        title: Heading for a page of its own.
        layer: Number of the stop to open; -1 for the first one that slides a window.
        channel: Output channel in focus.
        item: Index in the batch.
        slab: First output position to keep in the depth of a 3-d layer with more windows than are kept.
        row: The same in its height.
        column: The same in its width or length.
        flip: Whether the result with the kernel flipped is computed too.
    """
    with uncollected():
        scene = shapes(trace, title, cells=False)  # a layer's own cells are in its windows
        return _with_layers(trace, scene, layer, Focus(channel, item, (slab, row, column), flip))


def _with_layers(trace: Trace, scene: Scene, asked: int, focus: Focus) -> Scene:
    """Return the scene with the network and the layer that is open."""
    every = window_calls(trace)
    calls = tuple(call for call in every if is_affordable(call))
    values = ValueGrids(len(scene.grids), len(scene.buffers), scene.element_count, MAX_CELLS)
    found = network(trace, calls, [reaches(call) for call in calls], values, item=focus.item)
    number, call = _chosen(asked, calls, found.numbers)
    shown = None if call is None else _opened(call, focus)
    tables = () if shown is None else (costs_of(shown),)
    places = tuple(range(len(scene.tables), len(scene.tables) + len(tables)))
    windows = None if shown is None else windows_of(trace, shown, Pictures(shown, values), places)
    return replace(
        scene,
        lens="convolution",
        notes=(*scene.notes, *(_too_long(call) for call in every if not is_affordable(call))),
        buffers=(*scene.buffers, *values.buffers),
        grids=(*scene.grids, *values.grids),
        element_count=values.element_count,
        tables=(*scene.tables, *tables),
        layers=Layers(found.input, found.stops, number, windows, found.input_scale),
    )


def _too_long(call: WindowCall) -> str:
    return f"Line {call.span.line}: {call.label} slides over too many positions to be looked at; the program ran it."


def _chosen(asked: int, calls: tuple[WindowCall, ...], numbers: tuple[int, ...]) -> tuple[int, WindowCall | None]:
    """Return the number of the stop to open, and its layer; (-1, None) where no layer slides a window."""
    known = [(number, call) for number, call in zip(numbers, calls, strict=True) if number >= 0]
    if not known:
        return -1, None
    exact = next((one for one in known if one[0] == asked), None)
    return exact or known[0]


def _opened(call: WindowCall, focus: Focus) -> Opened:
    first = focus.first[len(focus.first) - call.signature.rank :]
    return opened(call, replace(focus, first=first))
