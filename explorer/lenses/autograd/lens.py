"""Puts the scene together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.lenses.autograd.beside import beside
from explorer.lenses.autograd.charts import Charts
from explorer.lenses.autograd.cuts import Untracked
from explorer.lenses.autograd.derived import Asked, derived
from explorer.lenses.autograd.drafts import Canvas
from explorer.lenses.autograd.facts import Facts
from explorer.lenses.autograd.failures import draw_failure
from explorer.lenses.autograd.frames import Frames
from explorer.lenses.autograd.groups import grouped
from explorer.lenses.autograd.makers import Makers
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.nodes import Sources, draw_nodes
from explorer.lenses.autograd.opening import opens_on
from explorer.lenses.autograd.picture import graph_of
from explorer.lenses.autograd.plates import Plates
from explorer.lenses.autograd.runs import Runs
from explorer.lenses.autograd.simplify import Placed
from explorer.lenses.autograd.tables import Tables
from explorer.lenses.autograd.telling import told_of
from explorer.lenses.autograd.tensors import MAX_GRIDS, affordable, gradient_sizes
from explorer.lenses.autograd.timeline import Timeline, timeline
from explorer.lenses.relations.relating import Related, relate
from explorer.lenses.shapes import failure_of
from explorer.lenses.shapes.elements import ElementNumbers, number_elements
from explorer.lenses.shapes.output import printed_after
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.sentences import omission_notes
from explorer.lenses.shapes.timeline import Moment
from explorer.lenses.values import ValueGrids, window_size
from explorer.scene import Buffer, Frame, Grid, Scene, Strip
from explorer.scene.collection import uncollected
from explorer.swift import changed
from explorer.trace import Trace


@dataclass(frozen=True, eq=False)
class _Tensors:
    """The program's own tensors: what is drawn of them."""

    moments: tuple[Moment, ...]
    panels: Panels
    numbers: ElementNumbers
    buffers: tuple[Buffer, ...]
    strips: tuple[Strip, ...]
    grids: tuple[Grid, ...]
    related: Related


def autograd(trace: Trace, title: str = "Step through", *, check: bool = False, charts: bool = True) -> Scene:
    """Look at the graph that forward builds and at what backward does in it, one step or node at a time.

    Args:
        trace: A trace with its live tensors, as `explorer.run` returns it.
        title: Heading for a page of its own.
        check: Whether gradients are compared with finite differences, and Jacobian and Hessian are shown.
        charts: Whether charts are made.
    """
    with uncollected():
        scene, naming, _ = _scene(trace, title, check=check)
        return replace(scene, charts=Charts(naming).all()) if charts else scene


def values_shown(trace: Trace, *, check: bool = False) -> ValueGrids:
    """Return the grids of gradients and of what was saved, with what they were cut from.

    Args:
        trace: A trace with its live tensors.
        check: As for `autograd`, which numbers its grids in the same way.
    """
    with uncollected():
        return _scene(trace, "", check=check)[2]


def _scene(trace: Trace, title: str, *, check: bool) -> tuple[Scene, Naming, ValueGrids]:
    naming, placed = _drawn(trace)
    line = naming.sources.timeline
    tensors, memory = _tensors(trace, line), Memory.of(trace, line)
    values = ValueGrids(
        len(tensors.grids), len(tensors.buffers), tensors.numbers.count, window_size(gradient_sizes(trace, line))
    )
    plates = Plates(naming, tensors.panels, values, memory)
    plain = _frames(trace, line, Frames(naming, plates), tensors)
    told = told_of(naming, memory)
    opens = opens_on(trace, line, frozenset(told.events), frozenset(told.wrong))
    asked = Asked(trace, line, plates, opens, frozenset(told.events))
    found = derived(asked, plain, len(tensors.related.relations))
    put = beside(naming, Tables(naming, memory), values, told.in_frames(found.frames, line), check=check)
    graph = graph_of(naming, placed, told.marks, Facts(naming, plates, memory))
    scene = Scene(
        lens="autograd",
        title=title,
        source=trace.source,
        output=trace.output,
        buffers=(*tensors.buffers, *values.buffers),
        strips=tensors.strips,
        grids=(*tensors.grids, *values.grids),
        frames=put.frames,
        element_count=values.element_count,
        error=None if trace.error is None else failure_of(trace.error, tensors.panels),
        notes=(*_notes(trace, line, tensors), *put.notes),
        relations=(*tensors.related.relations, *found.relations),
        tables=put.tables,
        graph=graph,
        opens_on=put.checked if check and put.checked >= 0 and trace.error is None else opens,
    )
    return scene, naming, values


def _drawn(trace: Trace) -> tuple[Naming, Placed]:
    """Return the picture before marks and facts: all nodes and edges, and the groups."""
    runs, makers = Runs(trace), Makers(trace)
    sources = Sources(trace, runs, makers, timeline(trace, runs))
    canvas = Canvas()
    draw_nodes(sources, canvas)
    Untracked(sources, canvas).draw()
    draw_failure(sources, canvas)
    return Naming(sources, canvas), grouped(canvas, trace.source.split("\n"), makers.classes)


def _tensors(trace: Trace, line: Timeline) -> _Tensors:
    moments = affordable(line.moments)
    panels = Panels(moments, MAX_GRIDS)
    numbers = number_elements(trace, moments, panels)
    buffers, strips, grids = panels.build(numbers)
    single = tuple(moment for moment in moments if moment.step is None or not moment.step.details)
    return _Tensors(single, panels, numbers, buffers, strips, grids, relate(trace, single, panels))


def _frames(trace: Trace, line: Timeline, frames: Frames, tensors: _Tensors) -> tuple[Frame, ...]:
    printed = {
        moment.frame: stretch
        for moment, stretch in zip(line.moments, printed_after(trace.prints, line.moments), strict=True)
    }
    rows = {moment.frame: row for row, moment in enumerate(tensors.moments)}
    related = tensors.related
    made = []
    last = (0, 0)
    for stop in line.stops:
        last = printed.get(stop.frame, (last[1], last[1]))
        row = rows.get(stop.frame)
        frame = changed(
            frames.of(stop),
            printed=last,
            relations=() if row is None else related.frames[row],
            stretched=() if row is None else related.stretched[row],
        )
        made.append(frame)
    return tuple(made)


def _notes(trace: Trace, line: Timeline, tensors: _Tensors) -> tuple[str, ...]:
    notes = [*tensors.panels.notes, *omission_notes(trace.omitted), *tensors.related.notes]
    if line.left_out:
        notes.append(f"The timeline shows the first {len(line.stops):,} stops; {line.left_out:,} more are left out.")
    return tuple(notes)
