"""On which frame the page opens: where it becomes interesting."""

from __future__ import annotations

import re

from explorer.lenses.autograd.timeline import Timeline
from explorer.trace import Step, Trace

_LOOK = re.compile(r"#\s*look\b")


def opens_on(trace: Trace, line: Timeline, remarkable: frozenset[int] = frozenset()) -> int:
    """Return the frame to open on.

    It is the error; the last one of a line that says `# look`; the first where something is wrong; the first in which
    a gradient is sent.

    Args:
        trace: The run.
        line: Its timeline.
        remarkable: Numbers in `Trace.backward` of the events where something is wrong.

    Returns:
        -1 for the last frame.
    """
    if trace.error is not None and line.stops and line.stops[-1].moment is not None:
        return -1
    marked = {number for number, text in enumerate(trace.source.split("\n"), 1) if _LOOK.search(text)}
    looked = [stop.frame for stop in line.stops if marked & _lines(trace, stop.event, stop.steps)]
    if looked:
        return looked[-1]
    wrong = [stop.frame for stop in line.stops if stop.event in remarkable]
    if wrong:
        return wrong[0]
    sending = (
        stop.frame
        for stop in line.stops
        if stop.event >= 0 and any(gradient is not None for gradient in trace.backward[stop.event].gradients_out)
    )
    return next(sending, -1)


def _lines(trace: Trace, event: int, steps: tuple[Step, ...]) -> set[int]:
    """Return the lines of the program that a stop is about."""
    lines = {line for step in steps for line in range(step.line, step.end_line + 1)}
    if event >= 0:
        node = trace.backward[event].index
        lines.add(trace.graph.nodes[node].line if node >= 0 else 0)
    return lines - {0}
