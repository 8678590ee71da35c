"""The frames: what each stop of the timeline says and shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.lenses.autograd.backward_words import BackwardWords
from explorer.lenses.autograd.drafts import Key
from explorer.lenses.autograd.forward_words import ForwardWords
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.plates import Plates
from explorer.lenses.autograd.timeline import Stop
from explorer.lenses.autograd.ways import Ways
from explorer.lenses.autograd.wording import and_text, count_text
from explorer.lenses.shapes.places import callers, details, span_of, where
from explorer.scene import Frame, Span
from explorer.scene.graphs import Plate
from explorer.trace import ProgramError, Step


@dataclass(eq=False)
class Frames:
    """Makes frames from stops."""

    naming: Naming
    plates: Plates
    forward: ForwardWords = field(init=False)
    backward: BackwardWords = field(init=False)

    def __post_init__(self) -> None:
        self.forward = ForwardWords(self.naming.sources, Ways(self.naming))
        self.backward = BackwardWords(self.naming)
        self._names: tuple[tuple[str, int], ...] = ()

    def of(self, stop: Stop) -> Frame:
        """Return the frame of a stop; stops are to be asked for in order."""
        if stop.moment is not None:
            self._names = self.plates.panels.names_of(stop.moment.names)
            step, error = stop.moment.step, stop.moment.error
            return self._step(stop, step) if step is not None else self._failure(stop, error)
        return self._pass(stop) if stop.folded else self._event(stop)

    def _step(self, stop: Stop, step: Step) -> Frame:
        panels = self.plates.panels
        return Frame(
            op=step.op.strip("_"),
            kind=step.kind,
            sentence=self.forward.describe(step),
            why=self.forward.explain(step),
            span=self.naming.sources.spans[step.index],
            results=panels.grids_of(step.outputs),
            inputs=panels.grids_of(step.inputs),
            names=self._names,
            callers=callers(step),
            where=where(step),
            details=details(step),
            phase=stop.phase,
            node=self._node_of(step),
            plates=self._plates(stop, step),
        )

    def _plates(self, stop: Stop, step: Step) -> tuple[Plate, ...]:
        """Return the plates of a step; of one that started the engine with what it left in the leaves."""
        runs = self.naming.sources.runs
        started = runs.during(step.index)
        own = self.plates.of_step(step, stop.frame)
        ended = started >= 0 and runs.calls[started] == step.index
        return (*own, *self.plates.of_run(started, stop.frame)) if ended else own

    def _node_of(self, step: Step) -> int:
        """Return the node that a step made, or the one that it is about; -1 for none."""
        canvas, sources = self.naming.canvas, self.naming.sources
        inside = sources.standing.node(step)
        if inside >= 0 and not any(state.requires_grad for state in step.outputs):
            return canvas.places[inside]
        run = sources.runs.during(step.index)
        states = (*step.outputs, *step.inputs)
        if run >= 0 and sources.runs.calls[run] == step.index and not step.outputs:
            roots = sources.trace.engine_runs[run].roots
            states = tuple(state for state in step.inputs if state.tensor in roots)
        owners = (Key("leaf", sources.standing.leaf_of_gradient(state.tensor)) for state in states)
        keys = (*(key for key in owners if key.number >= 0), *map(sources.key_of, states))
        return next((canvas.numbers[key] for key in keys if key in canvas.numbers), -1)

    def _event(self, stop: Stop) -> Frame:
        event = self.naming.sources.trace.backward[stop.event]
        plates = self.plates.of_event(stop)
        return Frame(
            op=event.node,
            kind="backward",
            sentence=self.backward.describe(stop.event),
            why=self.backward.explain(stop.event),
            span=self._span(event.run),
            results=self.plates.side(stop.event, "out"),
            inputs=self.plates.side(stop.event, "in"),
            names=self._names,
            phase=stop.phase,
            node=self.naming.number(event),
            plates=plates,
        )

    def _span(self, run: int) -> Span | None:
        """Return the call that started the engine, or its line."""
        step = self.naming.sources.runs.step_of(run)
        if step is not None:
            return self.naming.sources.spans[step.index]
        trace = self.naming.sources.trace
        line = trace.engine_runs[run].line if 0 <= run < len(trace.engine_runs) else 0
        lines = trace.source.split("\n")
        return Span(line, 0, line, len(lines[line - 1])) if 0 < line <= len(lines) else None

    def _failed_phase(self) -> str:
        """Return the stretch of the run of the engine that stopped the program; "" when none did."""
        runs = self.naming.sources.trace.engine_runs
        return self.naming.sources.runs.phases[-1] if runs and runs[-1].error else ""

    def _pass(self, stop: Stop) -> Frame:
        done = [
            count_text(len(stop.steps), "step") if stop.steps else "",
            count_text(len(stop.events), "node") + " by the engine" if stop.events else "",
        ]
        last = stop.steps[-1] if stop.steps else None
        run = self.naming.sources.trace.backward[stop.events[0]].run if stop.events else -1
        return Frame(
            op=stop.folded,
            kind="pass",
            sentence=f"{stop.folded.capitalize()} of the loop on line {stop.line}: {and_text(filter(None, done))} ran.",
            why="",
            span=span_of(last.position) if last is not None else self._span(run),
            results=(),
            inputs=(),
            names=self._names,
            phase=stop.phase,
        )

    def _failure(self, stop: Stop, error: ProgramError | None) -> Frame:
        assert error is not None  # noqa: S101 - a moment has a step or an error; this is for the type checker
        panels = self.plates.panels
        return Frame(
            op=error.op or error.kind,
            kind="error",
            sentence=f"{error.op or 'The next line'} failed on line {error.line}; everything before it ran.",
            why="",
            span=Span(error.line, error.column, error.end_line or error.line, error.end_column),
            results=(),
            inputs=panels.grids_of(error.operands),
            names=self._names,
            phase=self._failed_phase() or stop.phase,
            plates=self.plates.of_tensors(error.operands, stop.frame),
        )
