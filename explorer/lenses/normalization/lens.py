"""Puts the scene together."""

from __future__ import annotations

from dataclasses import replace

from explorer.lenses.normalization.beside import Beside, Looked, beside_of
from explorer.lenses.normalization.calls import NormCall, norm_calls
from explorer.lenses.normalization.drawing import MAX_CELLS, Drawn
from explorer.lenses.normalization.norm import norm_of
from explorer.lenses.normalization.opened import opened
from explorer.lenses.normalization.stops import all_beside, default_beside, default_stop, stops_of, titles_of
from explorer.lenses.shapes import shapes
from explorer.lenses.values import ValueGrids
from explorer.scene import Scene
from explorer.scene.collection import uncollected
from explorer.scene.norms import ALL_BESIDE, Norms
from explorer.trace import Trace


def normalization(  # noqa: PLR0913 - what of a layer is looked at, each by name
    trace: Trace,
    title: str = "Normalisation",
    *,
    layer: int = -1,
    beside: int = -1,
    group: int = 0,
    focus: int = 0,
    between: int = 0,
    charts: bool = True,
) -> Scene:
    """Look at layers that normalise: which cells share a mean and a variance, and each cell's way through the layer.

    What lies outside of the program's calls or the layer's groups is brought to the nearest value inside.

    Args:
        trace: A trace with its live tensors, as `explorer.run` returns it.
        title: Heading for a page of its own.
        layer: Number of the stop to open; -1 for the last call of the module that is called first: after a loop of
            batches that is the one that has seen them all.
        beside: Number of the stop to lay beside it; -1 for the next other module that takes the same tensor, else
            another call with it; -2 for none; -3 for all other modules that take it, three at most.
        group: Number of the group of cells in focus, whose charts are made.
        focus: Of which open layer that is: 0 for the first, 1 for the one beside it.
        between: Other than 0: what lies between x and y is sent also of large tensors.
        charts: Whether charts are made.
    """
    with uncollected():
        calls = norm_calls(trace)
        scene = shapes(trace, title, cells=False, last=bool(calls))
        return _with_norms(
            trace, scene, calls, _open(calls, layer, beside), Looked(group, focus, bool(between), charts)
        )


def _with_norms(
    trace: Trace, scene: Scene, calls: tuple[NormCall, ...], numbers: tuple[int, ...], looked: Looked
) -> Scene:
    """Return the scene with the calls that normalise, and those that are open."""
    stops = stops_of(calls)
    values = ValueGrids(len(scene.grids), len(scene.buffers), scene.element_count, MAX_CELLS)
    titles = titles_of(calls, numbers)
    shown = [opened(trace, calls, number, title) for number, title in zip(numbers, titles, strict=True)]
    extra = beside_of(trace, calls, shown, looked) if shown else Beside()
    norms, first = [], len(scene.tables)
    for number, layer, tables in zip(numbers, shown, extra.tables, strict=True):
        drawn = Drawn(trace, layer, values, between=looked.between)
        norms.append(norm_of(drawn, number, tuple(range(first, first + len(tables)))))
        first += len(tables)
    return replace(
        scene,
        lens="normalization",
        notes=(*scene.notes, *(f"{layer.title}: {note}" for layer in shown for note in layer.notes)),
        buffers=(*scene.buffers, *values.buffers),
        grids=(*scene.grids, *values.grids),
        element_count=values.element_count,
        tables=(*scene.tables, *(table for tables in extra.tables for table in tables)),
        charts=(*scene.charts, *extra.charts),
        norms=Norms(stops, tuple(norms)),
    )


def _open(calls: tuple[NormCall, ...], layer: int, beside: int) -> tuple[int, ...]:
    """Return the numbers of the stops that are open: none, one, or several side by side."""
    if not calls:
        return ()
    first = default_stop(calls) if layer < 0 else min(layer, len(calls) - 1)
    if beside < -1:
        return (first, *all_beside(calls, first)) if beside == ALL_BESIDE else (first,)
    second = default_beside(calls, first) if beside < 0 else min(beside, len(calls) - 1)
    return (first,) if second is None or second == first else (first, second)
