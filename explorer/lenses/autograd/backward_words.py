"""What the engine did at a node, and why it matters, in a sentence each with the numbers of the case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from explorer.lenses.autograd.naming import Naming, node_text, tensor_name
from explorer.lenses.autograd.wording import and_text, count_text, told, values_text
from explorer.scene.relations import Array
from explorer.trace.model import BackwardEvent

_MOST_TARGETS = 3
_MOST_PARTS = 4
_MOST_ROWS = 8
Shapes = tuple[tuple[int, ...] | None, ...]
Rows = tuple[tuple[int, ...] | None, ...]


@dataclass(frozen=True, eq=False)
class BackwardWords:
    """Sentences about nodes that the engine ran."""

    naming: Naming

    @cached_property
    def _first_of_run(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for number, event in enumerate(self.naming.sources.trace.backward):
            found.setdefault(event.run, number)
        return found

    def senders(self, event: BackwardEvent) -> list[int]:
        """Return the numbers of the events that sent a node its gradient, in order; one twice that sent two."""
        found = self.naming.senders.get((event.run, event.index), [])
        return [number for number, slot in found if self._is_sent(number, slot)]

    def _is_sent(self, number: int, slot: int) -> bool:
        event = self.naming.sources.trace.backward[number]
        return event.gradients_out[slot] is not None or _shape(event.shapes_out, slot) is not None

    def describe(self, number: int) -> str:
        """Say what a node received and sent."""
        event = self.naming.sources.trace.backward[number]
        draft = self.naming.draft(event)
        received = and_text(
            _told(gradient, event.shapes_in, event.rows_in, slot)
            for slot, gradient in enumerate(event.gradients_in)
            if gradient is not None or _shape(event.shapes_in, slot) is not None
        )
        if draft.key.what == "leaf":
            return self._accumulation(event, draft.label, received or "nothing")
        sent = [
            f"{_told(gradient, event.shapes_out, event.rows_out, slot)} to {self._receiver(event, slot)}"
            for slot, gradient in enumerate(event.gradients_out)
            if gradient is not None or _shape(event.shapes_out, slot) is not None
        ]
        more = (
            f" and more to {count_text(len(sent) - _MOST_TARGETS, 'other input')}" if len(sent) > _MOST_TARGETS else ""
        )
        listed = (and_text if not more else ", ".join)(sent[:_MOST_TARGETS]) if sent else "nothing"
        return f"{node_text(draft)} received {received or 'nothing'} and sent {listed}{more}."

    def explain(self, number: int) -> str:
        """Say why it matters; "" when there is nothing worth saying."""
        event = self.naming.sources.trace.backward[number]
        draft = self.naming.draft(event)
        if draft.key.what == "leaf":
            return self._accumulates(event, draft.label)
        if self._first_of_run.get(event.run) == number:
            return self._start(event)
        paths = self.senders(event)
        several = len(self.naming.sources.trace.graph.nodes[event.index].shapes) > 1 if event.index >= 0 else False
        if len(paths) > 1 and not several:
            times = f"{tensor_name(draft)} was used {len(paths)} times"
            return f"{times}: its gradient is the sum of what came back from each use."
        return ""

    def _receiver(self, event: BackwardEvent, slot: int) -> str:
        target = self.naming.target(event, slot)
        if target is None:
            return "an input that nothing waits for"
        output = self.naming.canvas.lines[self.naming.canvas.lines_of[event.index, slot]].output
        return tensor_name(target) if output < 0 else self.naming.result(target, output)

    def _accumulation(self, event: BackwardEvent, name: str, received: str) -> str:
        shape = _shape(event.shapes_in, 0)
        if event.grad_after is None and event.grad_before is None:
            return f"AccumulateGrad of {name} received {received}."
        before = "None" if event.grad_before is None else told(event.grad_before, shape)
        after = told(event.grad_after, shape)
        return f"AccumulateGrad adds {received} to {name}.grad: it was {before} and becomes {after}."

    def _accumulates(self, event: BackwardEvent, name: str) -> str:
        paths = self.senders(event)
        if event.grad_before is not None:
            return f"{name}.grad held a gradient already: gradients accumulate until they are zeroed."
        if len(paths) > 1:
            once = list(dict.fromkeys(paths))
            parts = [self._sent(sender, event.index) for sender in once[:_MOST_PARTS]]
            rest = [count_text(len(once) - _MOST_PARTS, "more gradient")] if len(once) > _MOST_PARTS else []
            places = count_text(len(paths), "place")
            return f"{name} was used in {places}: the engine added {and_text(parts + rest)} before."
        return ""

    def _sent(self, sender: int, receiver: int) -> str:
        """Return what an event sent to a node, in a few characters for each gradient."""
        trace = self.naming.sources.trace
        event = trace.backward[sender]
        sent = []
        for slot, gradient in enumerate(event.gradients_out):
            line = self.naming.canvas.lines_of.get((event.index, slot))
            target = None if line is None else self.naming.canvas.lines[line].source
            if target == self.naming.canvas.places[receiver]:
                sent.append(_told(gradient, event.shapes_out, event.rows_out, slot))
        return and_text(sent)

    def _start(self, event: BackwardEvent) -> str:
        if event.run < 0:
            return ""
        run = self.naming.sources.trace.engine_runs[event.run]
        root = self.naming.sources.runs.root_name(event.run) or "the root"
        given = run.gradients[0] if run.gradients else None
        if given is None:
            known = event.gradients_in[0] if event.gradients_in else None
            if known is None or known.size != 1:
                return ""  # torch.func starts with what it does not tell
            return f"Backward starts here with 1, the derivative of {root} by itself: a scalar needs no argument."
        return f"Backward starts here with the gradient that it was given: v = {values_text(given, None, 'of norm ')}."


def _told(gradient: Array | None, shapes: Shapes, rows: Rows, slot: int) -> str:
    """Write a gradient as a sentence names it; of a sparse one, which rows it has."""
    held, shape = rows[slot] if slot < len(rows) else None, _shape(shapes, slot)
    if held is None:
        return told(gradient, shape)
    more = ", …" if len(held) > _MOST_ROWS else ""
    return f"a sparse gradient of shape {shape} with rows [{', '.join(map(str, held[:_MOST_ROWS]))}{more}]"


def _shape(shapes: Shapes, slot: int) -> tuple[int, ...] | None:
    return shapes[slot] if slot < len(shapes) else None
