"""Which of the program's own tensors are drawn, and the tensors behind their grids."""

from __future__ import annotations

from explorer.lenses.autograd.runs import Runs
from explorer.lenses.autograd.timeline import Timeline, timeline
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.tensors import Shown, shown_at
from explorer.lenses.shapes.timeline import Moment
from explorer.lenses.values import window_size
from explorer.trace import Trace
from explorer.trace.gradients import whole_of

# Steps whose tensors are drawn, and the bytes of them.
MAX_MOMENTS = 120
MAX_GRIDS = 120
MAX_BYTES = 300_000


def shown_tensors(trace: Trace) -> tuple[Shown, ...]:
    """Return what the grids of the program's own tensors show; those of gradients come after them.

    Args:
        trace: A trace with its live tensors.
    """
    line = timeline(trace, Runs(trace))
    stops = affordable(line.moments)
    return shown_at(stops, Panels(stops, MAX_GRIDS), len(line.stops))


def cuts_gradients(trace: Trace) -> bool:
    """Tell whether there is more of a gradient than the scene holds."""
    if not trace.backward:
        return False
    line = timeline(trace, Runs(trace))
    sizes = gradient_sizes(trace, line)
    if sizes and max(sizes) > window_size(sizes):
        return True
    events = (trace.backward[stop.event] for stop in line.stops if stop.event >= 0)
    return any(
        array is not None and shape is not None and array.shape != shape and whole_of(array, shape) is not None
        for event in events
        for array, shape in zip(event.gradients_in, event.shapes_in, strict=False)
    )


def gradient_sizes(trace: Trace, line: Timeline) -> list[int]:
    """Return how many elements were recorded of each gradient that has a frame of its own."""
    events = [trace.backward[stop.event] for stop in line.stops if stop.event >= 0]
    arrays = (array for event in events for array in (*event.gradients_in, *event.gradients_out))
    return [array.size for array in arrays if array is not None]


def affordable(moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """Return the moments whose tensors there is room for, from the first on; the failure is always among them."""
    seen: set[int] = set()
    size = 0
    kept: list[Moment] = []
    for moment in moments[:MAX_MOMENTS]:
        given = moment.step.inputs if moment.step is not None else ()
        for state in (*given, *moment.states):
            if state.contents is not None and id(state.contents.flat) not in seen:
                seen.add(id(state.contents.flat))
                size += state.contents.flat.nbytes
        if size > MAX_BYTES and kept:
            break
        kept.append(moment)
    failed = moments[-1:] if moments and moments[-1].step is None and moments[-1] not in kept else ()
    return (*kept, *failed)
