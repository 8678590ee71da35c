"""The runs of the backward engine: which stretch of the timeline each is, and which call started it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.wording import ordinal
from explorer.trace import Step, Trace

FORWARD = "forward"
# They start the engine to compare what it gives with finite differences.
COMPARISONS = frozenset({"gradcheck", "gradgradcheck"})


@dataclass(frozen=True, eq=False)
class Runs:
    """What is known about each run of the engine, in their order."""

    trace: Trace

    @cached_property
    def orders(self) -> tuple[int, ...]:
        """For each run the order of the derivatives that it computes: 2 where it runs nodes that a run made."""
        found: list[int] = [1] * len(self.trace.engine_runs)
        for event in self.trace.backward:
            made_by = self.trace.graph.nodes[event.index].run if event.index >= 0 else -1
            if 0 <= made_by < len(found) and 0 <= event.run < len(found):
                found[event.run] = max(found[event.run], found[made_by] + 1)
        return tuple(found)

    @cached_property
    def phases(self) -> tuple[str, ...]:
        """For each run the name of its stretch of the timeline; a run inside another belongs to that one's."""
        names: list[str] = []
        plain = 0
        for number, run in enumerate(self.trace.engine_runs):
            order = self.orders[number]
            if 0 <= run.parent < number:
                names.append(names[run.parent])
                continue
            if order > 1:
                names.append("double backward" if order == 2 else f"backward of order {order}")
                continue
            again = self._same_call(number, names)
            plain += not again
            names.append(again or ("backward" if plain == 1 else f"{ordinal(plain)} backward"))
        return tuple(names)

    def _same_call(self, number: int, names: Sequence[str]) -> str:
        """Return the stretch of an earlier run that the same call started (`jacobian`, `gradcheck`); "" for none."""
        line, call = self.trace.engine_runs[number].line, self.calls[number]
        for earlier in range(number):
            same = self.trace.engine_runs[earlier].line == line and self.orders[earlier] == 1
            if same and self.calls[earlier] == call and (call is not None or self._between(earlier, number)):
                return names[earlier]
        return ""

    def _between(self, earlier: int, later: int) -> bool:
        """Tell whether no step ended between the starts of two runs: one call that is no step started both."""
        return self.trace.engine_runs[earlier].clock == self.trace.engine_runs[later].clock

    @cached_property
    def calls(self) -> tuple[int | None, ...]:
        """For each run the index of the step that started it; None when that did not come to its end."""
        ends = [run.clock for run in self.trace.engine_runs]
        for event in self.trace.backward:
            if 0 <= event.run < len(ends):
                ends[event.run] = max(ends[event.run], event.clock)
        return tuple(
            None if run.error else self._call(run.line, end)
            for run, end in zip(self.trace.engine_runs, ends, strict=True)
        )

    def step_of(self, run: int) -> Step | None:
        """Return the step that started a run, or None."""
        call = self.calls[run] if 0 <= run < len(self.calls) else None
        return None if call is None else self.trace.steps[call]

    def during(self, index: int) -> int:
        """Return the run that was under way when a step ended, its own included; -1 when none was."""
        return self._runs_of_steps.get(index, -1)

    def root_name(self, run: int) -> str:
        """Return the name of the tensor that a run started from; "" when it has none or there are more."""
        started = self.trace.engine_runs[run]
        return self.names.get(started.roots[0], "") if len(started.roots) == 1 else ""

    @cached_property
    def names(self) -> dict[int, str]:
        """The first name that each tensor was bound to, by the tensor's number."""
        found: dict[int, str] = {}
        for bindings in self.trace.bindings:
            for binding in bindings:
                found.setdefault(binding.state.tensor, binding.name)
        return found

    @cached_property
    def _runs_of_steps(self) -> dict[int, int]:
        found: dict[int, int] = {}
        last = len(self.trace.steps) - 1
        for number, run in enumerate(self.trace.engine_runs):
            call = self.calls[number]
            end = call if call is not None else (last if run.error else run.clock - 1)
            for index in range(run.clock, end + 1):
                found.setdefault(index, number)
        return found

    def _call(self, line: int, first: int) -> int | None:
        """Return the first step from `first` on that stands on a line, and that may have started the engine."""
        own = (step for step in self.trace.steps[first:] if step.line <= line <= step.end_line)
        return next((step.index for step in own if step.kind == "backward" or step.op == "grad" or step.details), None)
