"""The ways through the picture from a tensor to what backward started from, and where they are cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.drafts import Key, Line
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.wording import and_text
from explorer.trace import TensorState

_LINE = re.compile(r"in line (\d+)")
_NOT_REACHED = "not reached by backward"
_MOST_CUTS = 3


@dataclass(frozen=True, eq=False)
class Ways:
    """Follows the edges of the picture.

    Attributes:
        naming: The picture, and names in it.
    """

    naming: Naming

    def behind(self, numbers: Iterable[int]) -> frozenset[int]:
        """Return the drawn nodes that some nodes were computed from, themselves included, also through cuts."""
        return self._followed(numbers, self._into, cuts=True)

    def reason(self, state: TensorState, said: str | None = None) -> str:
        """Return why a tensor has no gradient: what the trace says, and where the way to the root was cut.

        Args:
            state: The tensor.
            said: What is known since that state; None: what it says itself.
        """
        said = state.grad_reason if said is None else said
        number = self.naming.canvas.numbers.get(self.naming.sources.key_of(state))
        if not said.startswith(_NOT_REACHED) or number is None:
            return said
        root = self._root_behind(said)
        if number not in root:
            return f"{said.partition(':')[0]}: what it started from was not computed from it"
        lines = [line for line in self._cuts(number) if line.target in root]
        cuts = dict.fromkeys(line.label.replace(" line ", " on line ") for line in lines)
        if not cuts:
            return said
        return f"{said.partition(':')[0]}: cut off by {and_text(list(cuts)[:_MOST_CUTS])}"

    def _root_behind(self, said: str) -> frozenset[int]:
        """Return what the roots of the run of the engine that a reason speaks of were computed from."""
        named = _LINE.search(said)
        line = int(named[1]) if named else 0
        if line not in self._roots:
            runs = [run for run in self.naming.sources.trace.engine_runs if run.line == line]
            self._roots[line] = self.behind(self.drawn(runs[-1].roots)) if runs else frozenset()
        return self._roots[line]

    @cached_property
    def _roots(self) -> dict[int, frozenset[int]]:
        return {}

    def drawn(self, tensors: Iterable[int]) -> list[int]:
        """Return the drawn nodes of tensors, by their numbers."""
        wanted, numbers = set(tensors), self.naming.canvas.numbers
        states = (s for step in self.naming.sources.trace.steps for s in (*step.outputs, *step.inputs))
        keys = {self.naming.sources.key_of(state) for state in states if state.tensor in wanted}
        keys |= {Key(what, tensor) for what in ("leaf", "plain") for tensor in wanted}
        return [numbers[key] for key in keys if key in numbers]

    def _cuts(self, start: int) -> list[Line]:
        """Return the cut edges that the ways from a node come to first."""
        reached = self._followed([start], self._out_of, cuts=False)
        return [line for line in self.naming.canvas.lines if line.kind == "cut" and line.source in reached]

    def _followed(
        self, start: Iterable[int], edges: dict[int, list[tuple[int, bool]]], *, cuts: bool
    ) -> frozenset[int]:
        seen = set(start)
        waiting = list(seen)
        while waiting:
            for number, is_cut in edges.get(waiting.pop(), ()):
                if number not in seen and (cuts or not is_cut):
                    seen.add(number)
                    waiting.append(number)
        return frozenset(seen)

    @cached_property
    def _into(self) -> dict[int, list[tuple[int, bool]]]:
        found: dict[int, list[tuple[int, bool]]] = {}
        for line in self.naming.canvas.lines:
            found.setdefault(line.target, []).append((line.source, line.kind == "cut"))
        return found

    @cached_property
    def _out_of(self) -> dict[int, list[tuple[int, bool]]]:
        found: dict[int, list[tuple[int, bool]]] = {}
        for line in self.naming.canvas.lines:
            found.setdefault(line.source, []).append((line.target, line.kind == "cut"))
        return found
