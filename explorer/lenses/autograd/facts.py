"""What the tensor of each node said of itself, from which frame on: for the inspector."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from explorer.lenses.autograd.drafts import Draft
from explorer.lenses.autograd.makers import ACCUMULATE
from explorer.lenses.autograd.memory import History, Memory, kept_bytes
from explorer.lenses.autograd.naming import Naming, tensor_name
from explorer.lenses.autograd.plates import Plates
from explorer.lenses.autograd.ways import Ways
from explorer.lenses.autograd.wording import count_text
from explorer.scene.graphs import TensorFacts
from explorer.scene.relations import Array
from explorer.trace import TensorState
from explorer.trace.model import BackwardEvent
from explorer.trace.reasons import NOT_YET, WITHOUT_VALUES, Pass, Wait, not_computed

MOST_FACTS = 6_000


@dataclass(frozen=True, eq=False)
class _Write:
    """A gradient that the engine wrote: in which frame, its values and shape; in words where it has no values."""

    frame: int
    values: Array | None
    shape: tuple[int, ...] | None
    text: str = ""


@dataclass(eq=False)
class Facts:
    """Makes the facts of nodes.

    Attributes:
        naming: The picture, and names in it.
        plates: The grids of values and gradients.
        memory: What tensors were at each frame.
    """

    naming: Naming
    plates: Plates
    memory: Memory

    def __post_init__(self) -> None:
        self.count = 0
        self.ways = Ways(self.naming)

    def of(self, draft: Draft) -> tuple[TensorFacts, ...]:
        """Return the facts of a node, in the order of frames; () where nobody held its tensor."""
        tensor = self._tensor(draft)
        history = self.memory.tensors.get(tensor)
        if history is None or self.count > MOST_FACTS:
            return ()
        found: list[TensorFacts] = []
        written = self._written.get(tensor) or self._retained(draft, history)
        for frame, state in zip(history.frames, history.states, strict=True):
            if draft.key.what != "node" or state.node == draft.key.number:
                # in the order of frames: a grid is first shown in the frame that asks for it first
                found += self._accumulated(draft, written, found, frame)
                _append(found, self._at(draft, max(frame, draft.first_frame), state))
        found += self._accumulated(draft, written, found, None)
        if draft.key.what == "leaf" and not written:
            self._passed_by(found, history.states[-1])
        self.count += len(found)
        return tuple(found)

    def _tensor(self, draft: Draft) -> int:
        if draft.key.what in ("leaf", "plain"):
            return draft.key.number
        state = self.naming.sources.makers.of(draft.key.number).state if draft.key.what == "node" else None
        return -1 if state is None else state.tensor

    @cached_property
    def _written(self) -> dict[int, list[_Write]]:
        """For each leaf the times that the engine wrote its `.grad`, in order."""
        found: dict[int, list[_Write]] = {}
        frames = self.naming.sources.timeline.frame_of_event
        for number, event in enumerate(self.naming.sources.trace.backward):
            if event.accumulated is None or number not in frames:
                continue
            shape = event.shapes_in[0] if event.shapes_in else None
            if event.grad_after is not None or shape is not None:
                text = "" if event.grad_after is not None else _without_values(event, shape)
                write = _Write(frames[number], event.grad_after, shape, text)
                found.setdefault(event.accumulated, []).append(write)
        return found

    @cached_property
    def _received(self) -> dict[int, list[tuple[int, BackwardEvent]]]:
        """For each node of the trace the (frame, event) pairs of its runs."""
        found: dict[int, list[tuple[int, BackwardEvent]]] = {}
        for number, frame in self.naming.sources.timeline.frame_of_event.items():
            event = self.naming.sources.trace.backward[number]
            found.setdefault(event.index, []).append((frame, event))
        return found

    def _retained(self, draft: Draft, history: History) -> list[_Write]:
        """Return the first time that the engine wrote the `.grad` of a tensor that is no leaf and retains it."""
        retaining = ((f, s) for f, s in zip(history.frames, history.states, strict=True) if s.retains_grad)
        since, state = next(retaining, (0, None))
        if state is None or draft.key.what != "node":
            return []
        for frame, event in self._received.get(draft.key.number, ()):
            values = event.gradients_in[state.output_nr] if state.output_nr < len(event.gradients_in) else None
            if frame > since and values is not None:
                return [_Write(frame, values, state.shape)]
        return []

    def _accumulated(
        self,
        draft: Draft,
        written: list[_Write],
        found: list[TensorFacts],
        before: int | None,
    ) -> list[TensorFacts]:
        """Return facts for the times that the engine wrote the `.grad`: after the last fact, before a frame."""
        made: list[TensorFacts] = []
        for write in written:
            frame = write.frame
            if found and frame > found[-1].frame and (before is None or frame < before):
                grid = self.plates.gradient(write.values, write.shape, f"{tensor_name(draft)}.grad", frame)
                facts = tuple(pair for pair in found[-1].facts if pair[0] != "grad")
                held = (("grad", write.text),) if write.text else ()
                made.append(TensorFacts(frame, (*facts, *held), found[-1].value, grid))
        return made

    def _passed_by(self, found: list[TensorFacts], state: TensorState) -> None:
        """Add facts for the runs of the engine that did not come to a leaf, and after which nobody looked at it."""
        for frame, done in self._passes:
            if not found or frame <= found[-1].frame or not found[-1].grad_reason.startswith(NOT_YET):
                continue
            said = not_computed(Wait(state.tensor, state.node, (done,), None, None))
            found.append(replace(found[-1], frame=frame, grad_reason=self.ways.reason(state, said)))

    @cached_property
    def _passes(self) -> list[tuple[int, Pass]]:
        """The last frame of each run of the engine that wrote gradients of leaves, and what ran in it."""
        trace, frames = self.naming.sources.trace, self.naming.sources.timeline.last_frame_of_run
        ran: dict[int, list[BackwardEvent]] = {}
        for event in trace.backward:
            ran.setdefault(event.run, []).append(event)
        found = []
        for number, run in enumerate(trace.engine_runs):
            events = ran.get(number, [])
            if number in frames and run.parent < 0 and any(event.accumulated is not None for event in events):
                nodes = frozenset(event.index for event in events)
                done = Pass(run.line, accumulates=True, chosen=run.inputs, nodes=nodes, failed=bool(run.error))
                found.append((frames[number], done))
        return found

    def _at(self, draft: Draft, frame: int, state: TensorState) -> TensorFacts:
        name = tensor_name(draft)
        grad = -1 if state.grad is None else self.plates.gradient(state.grad, state.shape, f"{name}.grad", frame)
        value = self.plates.panels.grid_of(state)
        reason = self.ways.reason(state)
        held = [("grad", reason.removeprefix(WITHOUT_VALUES))] if reason.startswith(WITHOUT_VALUES) else []
        facts = (*self._said(state), *held)
        return TensorFacts(frame, facts, -1 if value is None else value, grad, "" if held else reason)

    def _said(self, state: TensorState) -> list[tuple[str, str]]:
        """Return the (what, value) pairs of a tensor."""
        said = [
            ("requires_grad", str(state.requires_grad)),
            ("is_leaf", str(state.is_leaf)),
            ("grad_fn", state.grad_fn or "None"),
        ]
        if not state.is_leaf:
            said.append(("retains_grad", str(state.retains_grad)))
        said.append(("version", f"{state.version}{self._saved_versions(state)}"))
        if state.hooks:
            said.append(("hooks", str(state.hooks)))
        if state.is_inference:
            said.append(("is_inference", "True"))
        said += [("dtype", str(state.dtype).removeprefix("torch.")), ("device", str(state.device))]
        return [*said, *self._kept(state)]

    def _kept(self, state: TensorState) -> list[tuple[str, str]]:
        node = state.node
        graph = self.naming.sources.trace.graph.nodes
        if node < 0 or graph[node].name == ACCUMULATE or not graph[node].saved:
            return []
        total = kept_bytes(graph[node].saved)
        names = ", ".join(dict.fromkeys(saved.name for saved in graph[node].saved))
        return [("saved for backward", f"{names}: {count_text(total, 'byte')}")]

    @cached_property
    def _savers(self) -> dict[int, dict[tuple[str, int], None]]:
        """For each tensor (node, version) of those that saved it."""
        found: dict[int, dict[tuple[str, int], None]] = {}
        for node in self.naming.sources.trace.graph.nodes:
            for saved in node.saved:
                if saved.state is not None:
                    found.setdefault(saved.state.tensor, {})[node.name, saved.version] = None
        return found

    def _saved_versions(self, state: TensorState) -> str:
        older = [pair for pair in self._savers.get(state.tensor, ()) if pair[1] < state.version]
        return "" if not older else f" ({', '.join(f'{name} saved version {version}' for name, version in older[:3])})"


def _without_values(event: BackwardEvent, shape: tuple[int, ...] | None) -> str:
    """Describe a gradient that was written, and whose values are not recorded: sparse, or on `meta`."""
    if event.rows_in and event.rows_in[0] is not None:
        return f"a sparse gradient of shape {shape}"
    return f"a gradient of shape {shape}, without values"


def _append(found: list[TensorFacts], fact: TensorFacts) -> None:
    """Add a fact, unless it says what the last one says; one of the same frame takes its place."""
    if found and found[-1].frame >= fact.frame:
        found.pop()
    elif found and _content(found[-1]) == _content(fact):
        return
    found.append(fact)


def _content(fact: TensorFacts) -> tuple[object, ...]:
    return (fact.facts, fact.value, fact.grad, fact.grad_reason)
