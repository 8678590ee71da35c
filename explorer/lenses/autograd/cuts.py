"""What autograd does not follow: numbers and tensors that went in as constants, and where the graph was cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from explorer.lenses.autograd.drafts import Canvas, Draft, Key, Line
from explorer.lenses.autograd.makers import FREEZES, Maker
from explorer.lenses.autograd.nodes import Sources
from explorer.lenses.autograd.wording import flat
from explorer.lenses.shapes.places import span_of
from explorer.lenses.tables.words import words
from explorer.scene.graphs import EdgeKind
from explorer.trace import Step, TensorState
from explorer.trace.model import GraphNode

# Calls that take tracked tensors and give others that are no function of them for autograd, and are not meant to be.
_APART = words(
    "backward clip_grad_norm_ clip_grad_value_ grad gradgradcheck gradcheck numpy retain_grad step zero_grad"
)
_DETACHES = frozenset({"detach", "detach_", "data"})
# Operators that people write between numbers and tensors.
_OPERATORS = words(
    "add div floor_divide fmod mul pow remainder rpow rsub sub true_divide radd rmul rdiv rtruediv truediv"
)
# In larger graphs the numbers among the operands are left out.
MOST_NODES = 60
MOST_CUTS = 400
# Of the writes into an untracked tensor so many are followed.
MOST_WRITES = 8


@dataclass(frozen=True)
class Cut:
    """Why what came out of a step is not tracked.

    Attributes:
        label: What stands at the edge: `detach()`, `no_grad`, `not differentiable`.
        note: What it means, in a sentence.
        is_cut: Whether something was cut off, rather than having no derivative.
    """

    label: str
    note: str
    is_cut: bool = True


def cut_of(step: Step, output: TensorState) -> Cut | None:
    """Return why a result of a step with tracked inputs is not tracked; None when it is, or was never meant to be."""
    tracked = [given for given in step.inputs if given.requires_grad]
    if not tracked or output.requires_grad or step.op in _APART or step.kind == "create":
        return None
    line = f"on line {step.line}"
    if step.op in _DETACHES:
        word = ".data" if step.op == "data" else f"{step.op}()"
        return Cut(f"{word} line {step.line}", f"{word} {line} cuts the graph here: no gradient flows back.")
    if step.op in FREEZES:
        return Cut(f"frozen line {step.line}", f"requires_grad_(False) {line} freezes it: no gradient is computed.")
    if output.is_inference:
        return Cut(f"inference_mode line {step.line}", f"Made under inference_mode {line}: autograd recorded nothing.")
    if not (output.dtype.is_floating_point or output.dtype.is_complex):
        kind = str(output.dtype).removeprefix("torch.")
        return Cut("", f"Results of dtype {kind} have no derivative: no gradient flows back.", is_cut=False)
    return Cut(f"no_grad line {step.line}", f"Made under no_grad {line}: autograd recorded nothing.")


@dataclass(eq=False)
class Untracked:
    """Draws the constants and the cuts into a canvas that has the trace's graph."""

    sources: Sources
    canvas: Canvas
    _drawn: set[int] = field(default_factory=set)
    _joined: set[tuple[int, int]] = field(default_factory=set)

    def draw(self) -> None:
        """Add all that there is to be seen of them."""
        for number, node in enumerate(self.sources.trace.graph.nodes):
            self._operands(number, node)
        for step in self.cutting[:MOST_CUTS]:
            for output in step.outputs:
                if cut_of(step, output) is not None:
                    self._plain(output)
        for state in self._asked:
            self._plain(state, whole=True)

    @cached_property
    def cutting(self) -> list[Step]:
        """The steps that cut the graph, in their order."""
        return [
            step for step in self.sources.trace.steps if not self.sources.standing.method(step) and self._cuts(step)
        ]

    @cached_property
    def _asked(self) -> list[TensorState]:
        """Untracked tensors that a gradient was asked of, or that the failing call took."""
        trace = self.sources.trace
        roots = {root for run in trace.engine_runs for root in run.roots}
        # as each was last: a result of an own Function is untracked inside of its forward, and then has a node
        last = {state.tensor: state for step in trace.steps for state in step.outputs if state.tensor in roots}
        found = {tensor: state for tensor, state in last.items() if state.node < 0}
        error = trace.error
        if error is not None and error.op in ("backward", "grad", "run_backward"):
            found |= {state.tensor: state for state in error.operands if not state.requires_grad}
        return [state for state in found.values() if not state.requires_grad]

    def _cuts(self, step: Step) -> bool:
        found = (cut_of(step, output) for output in step.outputs)
        return any(cut is not None and cut.is_cut for cut in found)

    @cached_property
    def _producers(self) -> dict[int, list[Step]]:
        """For each untracked tensor the step that made it, and the writes into it after that."""
        found: dict[int, list[Step]] = {}
        for step in self.sources.trace.steps:
            if not self.sources.standing.method(step):
                for output in step.outputs:
                    if not output.requires_grad and (output.tensor not in found or step.kind == "inplace"):
                        found.setdefault(output.tensor, []).append(step)
        return found

    def _made_by(self, state: TensorState) -> Step | None:
        """Return the step that made an untracked tensor, or took it off the graph."""
        return next(iter(self._producers.get(state.tensor, ())), None)

    @cached_property
    def _descends(self) -> set[int]:
        """The untracked tensors that were computed from a tracked one."""
        found: set[int] = set()
        for step in self.sources.trace.steps:
            if step.op in _APART or step.kind == "create" or self.sources.standing.method(step):
                continue
            if any(given.requires_grad or given.tensor in found for given in step.inputs):
                found.update(output.tensor for output in step.outputs if not output.requires_grad)
        return found

    def _operands(self, number: int, node: GraphNode) -> None:
        """Draw what went into a node without needing a gradient."""
        maker = self.sources.makers.of(number)
        if maker.state is None or maker.step is None or node.run >= 0:
            return
        target = self.canvas.places[number]
        frame = self.canvas.drafts[target].first_frame
        inputs = maker.step.inputs if maker.detail is None or node.custom else maker.detail.inputs
        for given in inputs:
            source = None if given.requires_grad else self._plain(given)
            if source is not None:
                taker = self.canvas.places[self._taker(number, maker.step, given)]
                self._join_once(source, taker, frame)
        made = self.sources.makers.results_of.get(maker.step.index, ())
        if len(self.sources.trace.graph.nodes) <= MOST_NODES and number == (made[-1] if made else -1):
            self._numbers(maker, target, frame)

    def _join_once(self, source: int, target: int, frame: int) -> None:
        if (source, target) not in self._joined:
            self._joined.add((source, target))
            self.canvas.join(Line(source, target, "constant", frame))

    def _taker(self, result: int, step: Step, given: TensorState) -> int:
        """Return which of the nodes that a call made took a constant: the one that saved it, or lacks a gradient."""
        nodes = self.sources.trace.graph.nodes
        made = [number for number in self.sources.makers.results_of.get(step.index, ()) if number <= result]
        saved = (n for n in made if any(s.state is not None and s.state.tensor == given.tensor for s in nodes[n].saved))
        lacking = (n for n in (result, *made) if self._followed.get(n, 0) < nodes[n].inputs)
        return next(saved, next(lacking, result))

    @cached_property
    def _followed(self) -> Counter[int]:
        """For each node how many of its gradients are sent on."""
        return Counter(maker for maker, _ in self.sources.trace.graph.edges)

    def _numbers(self, maker: Maker, target: int, frame: int) -> None:
        """Draw the numbers that an operator took."""
        step, calls = maker.step, self.sources.trace.calls
        call = calls[step.index] if step is not None and calls is not None and maker.detail is None else None
        if step is None or call is None or step.op.strip("_") not in _OPERATORS:
            return
        for place, value in enumerate(call.arguments):
            if isinstance(value, int | float | complex) and not isinstance(value, bool):
                key = Key("number", step.index, place)
                span = span_of(step.position)
                draft = Draft(key, "", flat(str(value)), "constant", "", frame, span=span, home=(step, ""))
                self.canvas.join(Line(self.canvas.add(draft), target, "constant", frame))

    def _plain(self, state: TensorState, *, whole: bool = False) -> int | None:
        """Draw an untracked tensor, and how it hangs together with tracked ones; return its number.

        Args:
            state: The tensor.
            whole: Whether all that it was computed from is drawn too.
        """
        waiting = [state]
        while waiting:
            here = waiting.pop()
            if here.tensor in self._drawn:
                continue
            self._drawn.add(here.tensor)
            self.canvas.add(self._draft(here))
            if whole or here.tensor in self._descends:
                for step in self._producers.get(here.tensor, ())[:MOST_WRITES]:
                    waiting += self._behind(here, step)
        return self.canvas.numbers.get(Key("plain", state.tensor))

    def _behind(self, state: TensorState, step: Step) -> list[TensorState]:
        """Draw what a step that made or wrote an untracked tensor took, and the edges; return the untracked ones."""
        given = [one for one in step.inputs if not one.requires_grad and one.tensor != state.tensor]
        for one in given:
            self.canvas.add(self._draft(one))
        self._join(state, step)
        return given

    def _join(self, state: TensorState, step: Step) -> None:
        """Draw the edges into an untracked tensor from what it was made of."""
        target = self.canvas.numbers[Key("plain", state.tensor)]
        frame = self.sources.timeline.frame_after(step.index)
        cut = cut_of(step, state)
        for given in step.inputs:
            source = self.canvas.numbers.get(self.sources.key_of(given))
            if source is None or source == target or (step.op in FREEZES and given.tensor != state.tensor):
                continue
            if given.requires_grad and cut is not None:
                kind: EdgeKind = "cut" if cut.is_cut else "constant"
                self.canvas.join(Line(source, target, kind, frame, label=cut.label, note=cut.note))
            elif not given.requires_grad:
                self.canvas.join(Line(source, target, "constant", frame))

    def _draft(self, state: TensorState) -> Draft:
        sources = self.sources
        step = self._made_by(state)
        owned = sources.makers.in_module(state)
        name = sources.runs.names.get(state.tensor, "")
        expression = "" if step is None else flat(step.expression)
        made = step is not None and step.kind != "create" and owned is None
        shown = made and not (name and expression.isidentifier())  # `for x in inputs` makes x
        label = expression if shown else (owned[0] if owned else name) or expression or "tensor"
        first = step.index if step is not None else sources.makers.first_step.get(state.tensor, 0)
        return Draft(
            key=Key("plain", state.tensor),
            name="",
            label=label,
            kind="constant" if owned is None else ("parameter" if owned[1] else "buffer"),
            shape=str(tuple(state.shape)),
            first_frame=sources.timeline.frame_after(first),
            names=(name,) if name else (),
            span=None if step is None else span_of(step.position),
            home=(step, "") if step is not None and made else None,
            note=_constant_note(owned),
            made=step,
        )


def _constant_note(owned: tuple[str, bool] | None) -> str:
    if owned is None:
        return ""
    path, parameter = owned
    if parameter:
        return f"{path} is frozen: its requires_grad is False, so no gradient is computed for it."
    return f"{path} is a buffer: the module keeps it, and no gradient is computed for it."
