"""On which frame the page opens: where it becomes interesting."""

from __future__ import annotations

import re

from explorer.lenses.autograd.timeline import Timeline
from explorer.trace import Step, Trace

_LOOK = re.compile(r"#\s*look\b")


def opens_on(
    trace: Trace, line: Timeline, remarkable: frozenset[int] = frozenset(), wrong: frozenset[int] = frozenset()
) -> int:
    """Return the frame to open on.

    It is the error; the last one of a line that says `# look`, or that stands under it (of a call that started the
    engine the last gradient that it left in a leaf); the first where something is wrong; the first in which a gradient
    is sent.

    Args:
        trace: The run.
        line: Its timeline.
        remarkable: Numbers in `Trace.backward` of the events where something is wrong.
        wrong: Indices of the steps where something is.

    Returns:
        -1 for the last frame.
    """
    if trace.error is not None and line.stops and line.stops[-1].moment is not None:
        return -1
    marked = _marked(trace.source)
    leaves = {state.tensor: step.line for step in reversed(trace.steps) for state in step.outputs}
    looked = [stop.frame for stop in line.stops if marked & _lines(trace, leaves, stop.event, stop.steps)]
    if looked:
        return _last_leaf(trace, line, looked[-1])
    found = [s.frame for s in line.stops if s.event in remarkable or wrong & {step.index for step in s.steps}]
    if found:
        return found[0]
    sending = (
        stop.frame
        for stop in line.stops
        if stop.event >= 0 and any(gradient is not None for gradient in trace.backward[stop.event].gradients_out)
    )
    return next(sending, -1)


def _lines(trace: Trace, leaves: dict[int, int], event: int, steps: tuple[Step, ...]) -> set[int]:
    """Return the lines of the program that a stop is about: of an AccumulateGrad the one that made the leaf."""
    lines = {line for step in steps for line in range(step.line, step.end_line + 1)}
    node = trace.backward[event].index if event >= 0 else -1
    if node >= 0:
        made = trace.graph.nodes[node]
        lines.add(leaves.get(made.tensor, 0) if made.tensor >= 0 else made.line)
    return lines - {0}


def _marked(source: str) -> set[int]:
    """Return the numbers of the lines that say `# look`; of one that says nothing else the next."""
    found = enumerate(source.split("\n"), 1)
    return {number + text.strip().startswith("#") for number, text in found if _LOOK.search(text)}


def _last_leaf(trace: Trace, line: Timeline, frame: int) -> int:
    """Return the frame of the last gradient that a run left in a leaf, of the frame of the call that started it."""
    moment = line.stops[frame].moment
    step = None if moment is None else moment.step
    if step is None or step.kind != "backward":
        return frame
    before = [stop.event for stop in line.stops[:frame] if stop.event >= 0]
    run = trace.backward[before[-1]].run if before else -1
    left = [s.frame for s in line.stops[:frame] if s.event >= 0 and _leaves_gradient(trace, s.event, run)]
    return left[-1] if left else frame


def _leaves_gradient(trace: Trace, event: int, run: int) -> bool:
    return trace.backward[event].run == run and trace.backward[event].accumulated is not None
