"""Where steps stand that are no ordinary forward steps: in a Function of the program, in a hook, on a gradient."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.runs import Runs
from explorer.trace import Step, Trace


@dataclass(frozen=True, eq=False)
class Standing:
    """Looks up where the steps of a trace stand."""

    trace: Trace
    runs: Runs

    def method(self, step: Step) -> tuple[str, str] | None:
        """Return (class, `forward` or `backward`) of the program's own `autograd.Function` that a step stands in."""
        for site in step.stack:
            owner, _, last = site.function.rpartition(".")
            name = owner.rpartition(".")[2]
            if last in ("forward", "backward") and name in self._classes:
                return name, last
        return None

    def node(self, step: Step) -> int:
        """Return the node of the trace that a step inside a Function or a hook works for; -1 for none."""
        method = self.method(step)
        if method is not None and method[1] == "forward":
            made = self._functions.get(method[0], [])
            place = bisect_right([index for index, _ in made], step.index - 1)
            return made[place][1] if place < len(made) else -1
        if self.in_engine(step):
            place = bisect_right(self._clocks, step.index)
            return self.trace.backward[place].index if place < len(self._clocks) else -1
        return -1

    def in_engine(self, step: Step) -> bool:
        """Tell whether the engine called what the step stands in: the program's Functions, hooks, checkpoints."""
        run = self.runs.during(step.index)
        return run >= 0 and self.runs.calls[run] != step.index

    def leaf_of_gradient(self, tensor: int) -> int:
        """Return the tensor whose `.grad` the program, or the library for it, read as this tensor; -1 for none."""
        return self._gradients.get(tensor, -1)

    @cached_property
    def _classes(self) -> frozenset[str]:
        """Names of the program's own Functions, also of those that no node of the graph stands for."""
        try:
            tree = ast.parse(self.trace.source)
        except SyntaxError:
            return frozenset()
        classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
        own = {node.name for node in classes if any(ast.unparse(base).endswith("Function") for base in node.bases)}
        return frozenset(own | self._functions.keys())

    @cached_property
    def _functions(self) -> dict[str, list[tuple[int, int]]]:
        """The (step, node) pairs of each Function's nodes, by its class name."""
        found: dict[str, list[tuple[int, int]]] = {}
        for number, node in enumerate(self.trace.graph.nodes):
            if node.custom:
                found.setdefault(node.name.removesuffix("Backward"), []).append((node.step, number))
        return {name: sorted(pairs) for name, pairs in found.items()}

    @cached_property
    def _clocks(self) -> list[int]:
        return [event.clock for event in self.trace.backward]

    @cached_property
    def _gradients(self) -> dict[int, int]:
        steps = self.trace.steps
        read = [(step.inputs, step.outputs) for step in steps if step.op == "grad" and step.kind == "view"]
        inner = [(one.inputs, one.outputs) for step in steps for one in step.details if one.op == "grad"]
        return {made[0].tensor: given[0].tensor for given, made in [*read, *inner] if len(given) == len(made) == 1}
