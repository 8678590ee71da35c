"""What tensors, nodes and gradients are called in captions, labels and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.drafts import Canvas, Draft
from explorer.lenses.autograd.nodes import Sources, bare_name
from explorer.trace.model import BackwardEvent

_SIMPLE = re.compile(r"[\w.\[\]()]+")
_LONGEST = 24


@dataclass(frozen=True, eq=False)
class Naming:
    """Names for what the engine's events are about."""

    sources: Sources
    canvas: Canvas

    @cached_property
    def edges(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The trace's edges: (node, which of its gradients) → (node that it goes to, which of its results)."""
        graph = self.sources.trace.graph
        return {
            (maker, slot): (source, output)
            for (maker, source), (slot, output) in zip(graph.edges, graph.slots, strict=True)
        }

    @cached_property
    def senders(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """(run, node) → (event, which of its gradients) for each gradient that goes to the node, in order."""
        found: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for number, event in enumerate(self.sources.trace.backward):
            for slot in range(len(event.gradients_out)):
                to = self.edges.get((event.index, slot))
                if to is not None:
                    found.setdefault((event.run, to[0]), []).append((number, slot))
        return found

    def draft(self, event: BackwardEvent) -> Draft:
        """Return the drawn node that an event ran."""
        return self.canvas.drafts[self.number(event)]

    def number(self, event: BackwardEvent) -> int:
        """Return the number of the drawn node that an event ran."""
        return self.canvas.places[event.index]

    def target(self, event: BackwardEvent, slot: int) -> Draft | None:
        """Return the drawn node to which an event sent its gradient number `slot`; None when to none."""
        line = self.canvas.lines_of.get((event.index, slot))
        return None if line is None else self.canvas.drafts[self.canvas.lines[line].source]

    def result(self, draft: Draft, output: int) -> str:
        """Return what the program calls one of several results of a node."""
        return self.sources.names_of_results.get((draft.key.number, output)) or f"{tensor_name(draft)}[{output}]"

    def gradient(self, run: int, draft: Draft | None, node: int = -1, output: int = 0) -> str:
        """Return the label of a gradient with respect to a node's tensor: `∂out/∂y`.

        Args:
            run: The run of the engine.
            draft: The node.
            node: Its number in the trace when it has several results, else -1.
            output: Which result it is of.
        """
        started = self.sources.trace.engine_runs[run] if run >= 0 else None
        if draft is None:
            return "gradient"
        name = self.result(draft, output) if node >= 0 else tensor_name(draft)
        root = self.sources.runs.root_name(run) if started is not None else ""
        if not root or self.sources.runs.orders[run] > 1:
            return f"∇ {name}"
        given = started is not None and any(gradient is not None and gradient.ndim for gradient in started.gradients)
        return f"vᵀ∂{root}/∂{name}" if given else f"∂{root}/∂{name}"


def tensor_name(draft: Draft) -> str:
    """Return what the program calls a node's tensor: a name, or the expression in parentheses."""
    if draft.names:
        return draft.names[0]
    if len(draft.label) > _LONGEST:
        return f"{bare_name(draft.name) or 'tensor'}(…)"
    return draft.label if _SIMPLE.fullmatch(draft.label) else f"({draft.label})"


def node_text(draft: Draft) -> str:
    """Write a node with both names: `MulBackward0 of y * y`; a leaf's with its own."""
    if draft.key.what == "leaf":
        return f"AccumulateGrad of {draft.label}"
    line = f", line {draft.span.line}" if draft.span is not None else ""
    return f"{draft.name} ({draft.label}{line})"
