"""Which moments of a run the lens shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from explorer.swift import swift
from explorer.trace import Binding, ProgramError, Step, TensorState, Trace


@swift
@dataclass(frozen=True, eq=False)
class Moment:
    """A stop of the timeline: a step, or the failure that ended the program (`step` is None).

    `names` are what the names held after it, `states` every tensor state that was seen then.
    """

    frame: int
    step: Step | None
    error: ProgramError | None
    names: tuple[Binding, ...]

    @cached_property
    def states(self) -> tuple[TensorState, ...]:
        """The results of the step and what the names hold after it."""
        results = self.step.outputs if self.step else ()
        return (*results, *(binding.state for binding in self.names))


def moments(trace: Trace, also: frozenset[str] = frozenset()) -> tuple[Moment, ...]:
    """Return the steps that made, wrote or looked at tensors in a way that can be seen, and the failure if any.

    Questions (`is_contiguous()`, `size()`) change nothing and are no stops.

    Args:
        trace: The run.
        also: Names of operations that are stops though they give no tensors.
    """
    seen = [
        (step, _visible(trace.bindings[step.index], step.activation))
        for step in trace.steps
        if step.outputs or step.kind in ("inplace", "backward") or step.op == "numpy" or step.op in also
    ]
    stops = [Moment(frame, step, None, names) for frame, (step, names) in enumerate(seen)]
    if stops and trace.error is None:
        # names bound after the last step (`y = x`) belong to its stop
        last = stops[-1]
        stops[-1] = Moment(last.frame, last.step, None, _visible(trace.bindings[-1], 0))
    if trace.error is not None and (stops or trace.error.operands):
        stops.append(Moment(len(stops), None, trace.error, trace.bindings[-1]))
    return tuple(stops)


def _visible(names: tuple[Binding, ...], activation: int) -> tuple[Binding, ...]:
    """Return the names that a frame can see: its own, and those of the top level that they do not hide."""
    own = tuple(name for name in names if name.activation == activation)
    hidden = {name.name for name in own}
    outer = tuple(name for name in names if name.activation == 0 and name.name not in hidden)
    return (*outer, *own)
