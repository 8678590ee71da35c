"""The timeline: steps of the program and nodes that the engine ran, in the order in which they really happened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.folding import Item, Turn, folded
from explorer.lenses.autograd.runs import COMPARISONS, FORWARD, Runs
from explorer.lenses.shapes.timeline import Moment, moments
from explorer.swift import swift
from explorer.trace import Step, Trace

# The stretch of the timeline that joined passes of forward and backward belong to.
PASSES = "passes"
_ABOUT_GRADIENTS = {"retain_grad", "register_hook", "register_post_accumulate_grad_hook", "zero_grad", "grad"}
# Calls without tensors to show that matter here.
TELLING = frozenset(_ABOUT_GRADIENTS | COMPARISONS)
# Reading an attribute of a module is no stop.
_READS = frozenset({"getattr", "parameters", "named_parameters", "children", "modules"})
# Programs that never began have no stop for their failure.
_UNSTARTED = frozenset({"syntax", "policy"})


@swift
@dataclass(frozen=True, eq=False)
class Stop:
    """A frame of the timeline.

    Attributes:
        frame: Its number.
        phase: The stretch that it belongs to.
        moment: What it shows of the program: a step or the failure; None when the engine is at work, or in a pass.
        events: Numbers in `Trace.backward` of the nodes that the engine ran.
        steps: The steps that a folded pass stands for.
        folded: Which pass of a long loop it stands for, in words (`pass 37 of 500`); "" for what is no pass.
        line: Line of that loop.
    """

    frame: int
    phase: str
    moment: Moment | None = None
    events: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    folded: str = ""
    line: int = 0

    @property
    def event(self) -> int:
        """The node run of a frame that shows a single one; -1 otherwise."""
        return -1 if self.folded or not self.events else self.events[0]


@dataclass(frozen=True, eq=False)
class Timeline:
    """All frames, and where each step and each event is found on it.

    Attributes:
        stops: The frames.
        frame_of_step: For each step that is shown, alone or in a pass, its frame.
        frame_of_event: The same for the numbers in `Trace.backward`.
        left_out: How many steps and node runs have no frame.
        last_frame_of_run: For each run of the engine the last frame in which it ran a node.
    """

    stops: tuple[Stop, ...]
    frame_of_step: dict[int, int]
    frame_of_event: dict[int, int]
    left_out: int
    last_frame_of_run: dict[int, int]

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What is shown of the program alone, with the numbers of its frames."""
        return tuple(stop.moment for stop in self.stops if stop.moment is not None)

    def frame_after(self, step: int) -> int:
        """Return the frame of a step; of one that is no stop, the first later one."""
        found = self.frame_of_step.get(step)
        if found is None:
            place = bisect_left(self._steps, step)
            found = self.frame_of_step[self._steps[place]] if place < len(self._steps) else max(len(self.stops) - 1, 0)
        return found

    @cached_property
    def _steps(self) -> list[int]:
        return sorted(self.frame_of_step)


def timeline(trace: Trace, runs: Runs, kept: frozenset[int] = frozenset()) -> Timeline:
    """Return the frames of a run: at most about `folding.MAX_FRAMES`.

    Args:
        trace: The run.
        runs: Its runs of the engine.
        kept: Numbers in `Trace.backward` that get a frame of their own, whatever is folded around them.
    """
    groups, left_out = folded(tuple(_items(trace, runs)), kept)
    stops = []
    for frame, group in enumerate(groups):
        steps = tuple(item.moment.step for item in group.items if item.moment is not None and item.moment.step)
        events = tuple(item.event for item in group.items if item.moment is None)
        single = group.items[0].moment if not group.label else None
        moment = None if single is None else Moment(frame, single.step, single.error, single.names)
        phases = {item.phase for item in group.items}
        phase = phases.pop() if len(phases) == 1 else PASSES
        stops.append(Stop(frame, phase, moment, events, steps, group.label, group.line))
    return Timeline(
        tuple(stops),
        {step.index: stop.frame for stop in stops for step in stop.steps},
        {event: stop.frame for stop in stops for event in stop.events},
        left_out,
        {trace.backward[event].run: stop.frame for stop in stops for event in stop.events},
    )


def _items(trace: Trace, runs: Runs) -> Iterator[Item]:
    """Yield steps and node runs in real order: a node that ran before a step had ended comes before it."""
    waiting, failed = 0, trace.error is None or trace.error.kind in _UNSTARTED
    events, turns = trace.backward, [turns_of(step) for step in trace.steps]
    for moment in moments(trace, TELLING):
        if moment.step is not None and moment.step.op in _READS:
            continue
        failed = failed or moment.step is None
        last = moment.step.index if moment.step is not None else len(trace.steps)
        while waiting < len(events) and events[waiting].clock <= last:
            yield _engine_item(trace, runs, waiting, turns)
            waiting += 1
        run = -1 if moment.step is None else runs.during(moment.step.index)
        where = () if moment.step is None else turns[moment.step.index]
        yield Item(runs.phases[run] if run >= 0 else FORWARD, where, moment)
    yield from (_engine_item(trace, runs, number, turns) for number in range(waiting, len(events)))
    if not failed:
        yield Item(FORWARD, (), Moment(0, None, trace.error, trace.bindings[-1] if trace.bindings else ()))


def _engine_item(trace: Trace, runs: Runs, number: int, turns: list[tuple[Turn, ...]]) -> Item:
    """Return a node run as an item; it stands in the passes of loops of the step that made the node."""
    event = trace.backward[number]
    made = trace.graph.nodes[event.index].step if event.index >= 0 else -1
    if not 0 <= made < len(turns):
        started = runs.step_of(event.run)
        made = -1 if started is None else started.index
    phase = runs.phases[event.run] if 0 <= event.run < len(runs.phases) else "backward"
    return Item(phase, () if made < 0 else turns[made], None, number)


def turns_of(step: Step) -> tuple[Turn, ...]:
    """Return the passes of loops that a step stands in, those of the outermost function first."""
    return tuple(
        Turn(site.activation, iteration.line, iteration.number) for site in step.stack for iteration in site.iterations
    )
