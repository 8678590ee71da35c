"""Records the torch calls of a running program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from explorer.trace.array_writes import ArrayWrites
from explorer.trace.arrays import ArrayKeeper
from explorer.trace.backward import BackwardRecorder
from explorer.trace.budget import MAX_STEPS, Budget
from explorer.trace.calls import Call, FailedCall, failed_call, tensors_in
from explorer.trace.ends import Ends
from explorer.trace.engine import engine_followed
from explorer.trace.frames import Activation, FrameTracker
from explorer.trace.garbage import collected_rarely
from explorer.trace.graph import Origin
from explorer.trace.inside import InsideRecorder
from explorer.trace.kinds import (
    ASKS_FOR_GRADIENTS,
    GRADIENT,
    TRANSFERS,
    is_dunder,
    is_question,
    operation_name,
    sets_attribute,
)
from explorer.trace.library import LibraryCalls
from explorer.trace.model import Graph, Position, Step
from explorer.trace.names import NameKeeper
from explorer.trace.positions import SourceMap, calling_frame, is_foreign
from explorer.trace.randomness import generator_before
from explorer.trace.running import updated_by
from explorer.trace.states import StateKeeper
from explorer.trace.steps import Before, Made, Place, step_of, written_by
from explorer.trace.timing import timed

if TYPE_CHECKING:
    from types import FrameType

Check = Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], None]


@dataclass(frozen=True)
class Subject:
    """What is recorded.

    Attributes:
        source: The program's text.
        filename: The filename that it was compiled with.
        namespace: The program's global names; read, never written.
    """

    source: str
    filename: str
    namespace: dict[str, Any]


class Recorder(TorchFunctionMode):
    """While entered, writes down every torch call that the program's text makes, and what the library does for it.

    Args:
        subject: The program.
        check: Called before each call with its name, function and arguments; raises to forbid it.
        max_steps: Steps to keep before long loops are folded; None keeps all.
        running: A frame of the program that has begun already.
    """

    def __init__(
        self,
        subject: Subject,
        check: Check | None = None,
        max_steps: int | None = MAX_STEPS,
        running: FrameType | None = None,
    ) -> None:
        super().__init__()
        self.source, self.namespace = subject.source, subject.namespace
        self.steps: list[Step] = []
        self.calls: list[Call | None] = []
        self.failed: FailedCall | None = None
        self.states = StateKeeper()
        self.ends = Ends()
        self.backward = BackwardRecorder(self.states, lambda: len(self.steps))
        self.names = NameKeeper(self.states)
        self.arrays = ArrayKeeper(self.states)
        self.budget = Budget(lambda: self.states.storages.held_bytes, max_steps)
        self.map = SourceMap(subject.source)
        self._filename = subject.filename
        self._check = check
        self._running = running
        self._inside = InsideRecorder(self)
        self._writes = ArrayWrites(self)
        self.library = LibraryCalls(subject.filename, self.states, self._inside)
        self.states.graph.module = lambda: self.library.modules.innermost[1]
        recording = frozenset({type(self).__torch_function__.__code__, type(self).record.__code__})
        self.frames = FrameTracker(self.map, subject.filename, self.library, recording, self._left)
        self._around = ExitStack()

    def __enter__(self) -> Recorder:
        """Begin to record."""
        self._around.enter_context(collected_rarely())
        self._around.enter_context(engine_followed(self))
        super().__enter__()  # type: ignore[no-untyped-call]
        self.frames.start(self._running)
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop recording, and note what the names hold."""
        self.frames.stop()
        super().__exit__(*exception)  # type: ignore[no-untyped-call]
        self._around.close()
        self.backward.stop()
        self.names.finish(self.namespace, len(self.steps))
        self.arrays.finish(self.namespace, len(self.steps))
        self.states.finish()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run a torch call for torch, and record it."""
        frame = sys._getframe(1)
        if is_question(func) and is_foreign(frame.f_code.co_filename, self._filename):
            return func(*args, **kwargs or {})
        paused = self.frames.pause()
        try:
            return self.dispatch(func, args, kwargs or {}, frame)
        finally:
            if paused:
                self.frames.resume()

    def dispatch(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any], frame: FrameType
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run `function`, called from `frame`, and record it as a step, or as a detail of one."""
        calling, own = calling_frame(frame, self._filename)
        if calling is not None and own:
            return self.record(function, arguments, keywords, calling)
        if calling is None or not self.library.open or is_question(function):
            return function(*arguments, **keywords)
        return self._inside.record(self.library.open[-1], function, arguments, keywords)

    def record(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        frame: FrameType,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run `function`, called at `frame`'s current instruction, and record it as a step."""
        position = self.map.position(frame.f_code, frame.f_lasti)
        op = operation_name(function)
        if is_question(function):
            return self._answer(op, function, arguments, keywords, position)
        if self.budget.takes(position, op):
            return self._record(op, function, arguments, keywords, position)
        with self.states.graph.call(Origin(op, position.line)):
            result, _ = self.run(op, function, arguments, keywords, position)
            self.states.graph.note(tensors_in(result))
        self.states.forget()
        self.arrays.refresh()
        return result

    def run(
        self,
        op: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        position: Position,
    ) -> tuple[Any, float | None]:
        """Check and make a call; return its result, and the seconds for what may be a transfer between devices.

        What it raises is kept in `failed`.
        """
        try:
            if self._check is not None:
                self._check(op, function, arguments, keywords)
            if op in TRANSFERS:
                return timed(lambda: function(*arguments, **keywords))
            return function(*arguments, **keywords), None
        except BaseException as error:
            if self.failed is not None and self.failed.error is error:
                raise  # the innermost call that failed is the one to tell of
            module = self.library.modules.innermost
            self.failed = failed_call((op, arguments, keywords), error, self.source, position, module)
            raise

    def add(self, step: Step, call: Call | None) -> None:
        """Add a step that has just ended."""
        if self.frames.stack:
            self.frames.stack[-1].stepped = True
        self.steps.append(step)
        self.calls.append(call)
        self.arrays.refresh()

    def settle_names(self) -> None:
        """Note the names after the newest step: another one begins."""
        self.arrays.settle(self.frames.stack, len(self.steps))
        self.names.settle(self.frames.stack, len(self.steps))

    def graph(self) -> Graph:
        """Return the autograd graph of all that was recorded."""
        return self.states.graph.graph(self.namespace, self.states.number_of)

    def _record(
        self,
        op: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        position: Position,
    ) -> Any:  # noqa: ANN401
        self._writes.note_writes()
        self.settle_names()
        before = Before.of(self.states, tensors_in([arguments, keywords]))
        generator = generator_before(op, function)
        self.states.settle()
        with self.states.graph.call(self._origin(op, position, before)) as origin:
            result, seconds = self.run(op, function, arguments, keywords, position)
            if sets_attribute(function) or op in ASKS_FOR_GRADIENTS:
                self.states.note_setting(before.tensors)
            written = written_by(op, before, self.states)
            results = tuple(tensors_in(result)) or written[:1]
            clears = op == GRADIENT and arguments[-1] is None
            if not results and is_dunder(function) and not clears:
                return result
            self._writes.note_call(arguments, result, (*results, *before.tensors))
            updated = updated_by(op, before, self.states)
            made = Made(op, results, written=bool(written), seconds=seconds, updated=updated)
            self.add(self.step(made, before, position, origin), Call(function, arguments, keywords, result, generator))
        return result

    def _answer(
        self,
        op: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        position: Position,
    ) -> Any:  # noqa: ANN401
        """Answer a question, such as reading an attribute.

        A tensor as the answer makes it a step (`x.T`), and so does a `.grad` that is None.
        """
        result, _ = self.run(op, function, arguments, keywords, position)
        self._writes.note_call(arguments, result, tensors_in(arguments))
        results = tuple(tensors_in(result))
        if (results or op == GRADIENT) and self.budget.takes(position, op):
            self.settle_names()
            # nothing was written: what goes in is now as it was before
            before = Before.of(self.states, tensors_in([arguments, keywords]))
            made = Made(op, results, written=False)
            with self.states.graph.call(self._origin(op, position, before)) as origin:
                self.add(self.step(made, before, position, origin), Call(function, arguments, keywords, result))
        return result

    def step(self, made: Made, before: Before, position: Position, origin: Origin) -> Step:
        """Describe a call that has just ended, at `position`, as the next step."""
        origin.step = len(self.steps)
        place = Place(position, self.map.text(position), self.frames.sites(position))
        step = step_of(made, before, self.states, len(self.steps), place)
        self.ends.note(origin, step.outputs)
        self.states.settle()
        return step

    def _origin(self, op: str, position: Position, before: Before) -> Origin:
        tracked = any(state.requires_grad for state in before.states)
        end = self.ends.behind(before.states)
        return Origin(op, position.line, self.map.text(position), tracked=tracked, end=end)

    def _left(self, activation: Activation) -> None:
        """Note the names of a function that returns."""
        with torch._C.DisableTorchFunction():
            self.names.leave(activation, len(self.steps))
