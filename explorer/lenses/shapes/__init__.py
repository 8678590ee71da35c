"""Shapes and memory: which tensors there are, which storage each one looks at, and where its elements came from."""

from __future__ import annotations

from dataclasses import replace

from explorer.lenses import memory, tables
from explorer.lenses.axes import with_axes
from explorer.lenses.relations.relating import Related, relate
from explorer.lenses.shapes.elements import number_elements
from explorer.lenses.shapes.output import printed_after
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.places import callers, details, where
from explorer.lenses.shapes.remarks import remarked
from explorer.lenses.shapes.sentences import describe, explain, omission_notes
from explorer.lenses.shapes.timeline import Moment, moments
from explorer.lenses.shapes.transfers import transfer_of
from explorer.scene import Failure, Frame, Scene, Span
from explorer.scene.tables import Table
from explorer.trace import ProgramError, Trace

MAX_FRAMES = 200
MAX_GRIDS = 60


def shapes(trace: Trace, title: str = "Shape & memory", *, cells: bool = True, last: bool = False) -> Scene:
    """Look at shapes, strides, storages and the travels of elements.

    Args:
        trace: A trace with its live tensors, as `explorer.run` returns it.
        title: Heading for a page of its own.
        cells: Whether it is found out from which cells each cell was made, which takes most of the time; a page without
            draws layers, not these tensors, and does not say which of them are left out.
        last: Whether the last step alone is a frame, with all names as they are at the end.
    """
    every = moments(trace)
    shown = tuple(replace(moment, frame=0) for moment in every[-1:]) if last else every[:MAX_FRAMES]
    panels = Panels(shown, MAX_GRIDS, trace.graph.members)
    numbers = number_elements(trace, shown, panels)
    buffers, strips, grids = panels.build(numbers)
    unwritten = memory.Unwritten(trace, shown)
    related = relate(trace, shown, panels) if cells else _unrelated(shown)
    frames, beside = _frames(trace, shown, panels, related)
    frames = tuple(unwritten.told(frame, moment) for frame, moment in zip(frames, shown, strict=True))
    notes = [*_warnings(frames, beside), *omission_notes(trace.omitted), *related.notes]
    notes += panels.notes if cells else ()
    if cells and len(every) > len(shown):
        notes.append(f"The timeline shows the first {len(shown):,} of {len(every):,} steps.")
    return Scene(
        lens="shapes",
        title=title,
        source=trace.source,
        output=trace.output,
        buffers=unwritten.marked(buffers, strips, grids, panels),
        strips=strips,
        grids=with_axes(grids, trace, shown, panels),
        frames=frames,
        element_count=numbers.count,
        error=None if trace.error is None else failure_of(trace.error, panels),
        notes=tuple(notes),
        relations=related.relations,
        tables=beside,
    )


def _unrelated(shown: tuple[Moment, ...]) -> Related:
    return Related((), tuple(() for _ in shown), tuple(() for _ in shown), ())


def _frames(
    trace: Trace, shown: tuple[Moment, ...], panels: Panels, related: Related
) -> tuple[tuple[Frame, ...], tuple[Table, ...]]:
    """Return the frames, and the tables beside them: those of several steps that say the same are one."""
    frames: list[Frame] = []
    numbers: dict[Table, int] = {}
    for moment, printed in zip(shown, printed_after(trace.prints, shown), strict=True):
        own = (*tables.tables_of(moment, panels, trace), *memory.tables_of(moment, panels, trace))
        frame = replace(
            remarked(_frame(moment, panels), moment, trace),
            printed=printed,
            relations=related.frames[moment.frame],
            stretched=related.stretched[moment.frame],
            tables=tuple(numbers.setdefault(table, len(numbers)) for table in own),
        )
        frames.append(frame)
    return tuple(frames), tuple(numbers)


def _warnings(frames: tuple[Frame, ...], beside: tuple[Table, ...]) -> list[str]:
    """Return what the tables of earlier steps warn of: the page opens on the last one."""
    said: dict[tuple[int, str], str] = {}
    for number, frame in enumerate(frames[:-1]):
        for table in (beside[index] for index in frame.tables):
            if table.tone == "warning" and frame.span is not None:
                first = table.note.split(". ")[0].rstrip(".")
                said.setdefault((frame.span.line, first), f"Line {frame.span.line}, step {number + 1}: {first}.")
    return list(said.values())


def _frame(moment: Moment, panels: Panels) -> Frame:
    step = moment.step
    if step is None:
        return _failed_frame(moment, panels)
    transfer = transfer_of(step)
    return Frame(
        op=step.op.strip("_") if transfer is None else transfer.title,
        kind=step.kind,
        sentence=describe(step, moment, panels),
        why=explain(step),
        span=Span(step.line, step.column, step.end_line, step.end_column),
        results=panels.grids_of(step.outputs),
        inputs=panels.grids_of(step.inputs),
        names=panels.names_of(moment.names),
        callers=callers(step),
        where=where(step),
        details=details(step),
    )


def _failed_frame(moment: Moment, panels: Panels) -> Frame:
    error = moment.error
    assert error is not None  # noqa: S101 - a moment has a step or an error; this is for the type checker
    return Frame(
        op=error.op or error.kind,
        kind="error",
        sentence=f"{error.op or 'The next line'} failed on line {error.line}; everything before it ran.",
        why="",
        span=Span(error.line, error.column, error.end_line, error.end_column),
        results=(),
        inputs=panels.grids_of(error.operands),
        names=panels.names_of(moment.names),
    )


def failure_of(error: ProgramError, panels: Panels) -> Failure:
    """Return why a program stopped, with the grids of the tensors that the failing call took."""
    operands = [panels.grid_of(state) for state in error.operands]
    pairs = [(operands[number], dimension) for number, dimension in error.dimensions if number < len(operands)]
    return Failure(
        kind=error.kind,
        message=error.message,
        hint=error.hint,
        span=Span(error.line, error.column, error.end_line or error.line, error.end_column),
        operands=tuple(dict.fromkeys(grid for grid in operands if grid is not None)),
        dimensions=tuple((grid, dimension) for grid, dimension in pairs if grid is not None),
        fixes=tuple((fix.label, fix.source) for fix in error.fixes),
        alignment=error.alignment,
    )
