"""Records the torch calls of a running program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from explorer.trace.backward import BackwardRecorder
from explorer.trace.calls import Call, FailedCall, tensors_in
from explorer.trace.kinds import BACKWARD, kind_of, operation_name
from explorer.trace.model import Binding, Position, Step, TensorState
from explorer.trace.positions import SourceMap, program_frame
from explorer.trace.states import StateKeeper

if TYPE_CHECKING:
    from types import FrameType

Check = Callable[[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]], None]


class Recorder(TorchFunctionMode):
    """While entered, writes down every torch call that the text of the program makes itself.

    Args:
        source: The program's text.
        filename: The filename that it was compiled with.
        namespace: The program's global names; read, never written.
        check: Called before each call with its name, function and arguments; raises to forbid it.
    """

    def __init__(self, source: str, filename: str, namespace: dict[str, Any], check: Check) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.calls: list[Call] = []
        self.bindings: list[tuple[Binding, ...]] = []
        self.failed: FailedCall | None = None
        self.backward = BackwardRecorder()
        self.states = StateKeeper()
        self._source = source
        self._map = SourceMap(source)
        self._filename = filename
        self.namespace = namespace
        self._check = check

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run a torch call for torch, and record it when it is the program's own."""
        frame = program_frame(self._filename)
        if frame is None:
            return func(*args, **(kwargs or {}))
        return self.record(func, args, kwargs or {}, frame)

    def record(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        frame: FrameType,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run `function`, called at `frame`'s current instruction, and record it as a step."""
        position = self._map.position(frame.f_code, frame.f_lasti)
        op = operation_name(function)
        before = tuple(tensors_in([arguments, keywords]))
        self._note_names()
        inputs = tuple(self.states.state(tensor) for tensor in before)
        try:
            self._check(op, function, arguments, keywords)
            if op in BACKWARD:
                self.backward.watch(before, self.states)
            result = function(*arguments, **keywords)
        except Exception as error:
            span = (position.line, position.column, position.end_line, position.end_column)
            self.failed = FailedCall(op, arguments, keywords, before, error, self._source, span)
            raise
        if op in BACKWARD:
            self.states.note_gradients()
        self._add(Call(function, arguments, keywords, result), op, position, before, inputs)
        return result

    def finish(self) -> None:
        """Note what the names hold at the end of the program."""
        self._note_names()
        self.bindings.append(self._bound())

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the names that hold tensors now."""
        return {
            name: value
            for name, value in self.namespace.items()
            if isinstance(value, torch.Tensor) and not name.startswith("_")
        }

    def _add(
        self,
        call: Call,
        op: str,
        position: Position,
        before: tuple[torch.Tensor, ...],
        inputs: tuple[TensorState, ...],
    ) -> None:
        changed = [
            tensor
            for tensor, state in zip(before, inputs, strict=True)
            if not tensor.is_inference() and tensor._version != state.version
        ]
        results = list(tensors_in(call.result)) or changed[:1]
        if not results and _is_question(call.function):
            return
        known = {state.storage for state in inputs}
        fresh = {self.states.storage_number(t): t for t in results if not self.states.knows_storage(t)}
        known |= {self.states.storage_number(t) for t in results} - set(fresh)
        if op in ("numpy", "from_numpy"):
            for tensor in results or before:
                self.states.share_with_numpy(tensor)
        outputs = tuple(self.states.state(tensor) for tensor in results)
        kind = kind_of(op, inputs, outputs, known, written=bool(changed))
        self.steps.append(
            Step(
                index=len(self.steps),
                line=position.line,
                column=position.column,
                end_line=position.end_line,
                end_column=position.end_column,
                op=op,
                kind=kind,
                inputs=inputs,
                outputs=outputs,
                expression=self._map.text(position),
                bytes_new=sum(tensor.untyped_storage().nbytes() for tensor in fresh.values()),
            )
        )
        self.calls.append(call)

    def _note_names(self) -> None:
        """Write down the names after the newest step; the next step is about to begin, so they are settled."""
        if len(self.bindings) < len(self.steps):
            bound = self._bound()
            self.bindings += [bound] * (len(self.steps) - len(self.bindings))

    def _bound(self) -> tuple[Binding, ...]:
        return tuple(Binding(name, self.states.state(tensor)) for name, tensor in self.tensors().items())


def _is_question(function: Callable[..., Any]) -> bool:
    """Tell reading an attribute (`x.shape`) and Python's own questions (`len`, `repr`) from calls in the text."""
    name = getattr(function, "__name__", "")
    return name == "__get__" or (name.startswith("__") and name.endswith("__")) or name == "dim"
