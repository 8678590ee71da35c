"""The library functions that a program calls, while they run.

`self.conv(x)`, `optimizer.step()` and `nn.Linear(3, 4)` call torch many times from inside the library. Each is
opened when its Python function begins, and closed when that returns; `explorer.trace.inside` makes steps of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch

from explorer.trace.calls import tensors_in
from explorer.trace.graph import Origin
from explorer.trace.modules import ModulePaths
from explorer.trace.randomness import generator_before

if TYPE_CHECKING:
    from types import FrameType

    from explorer.trace.model import Detail, Position
    from explorer.trace.states import StateKeeper
    from explorer.trace.steps import Before
    from explorer.trace.tensor_state import TensorState

_LocalTrace = Callable[["FrameType", str, Any], Any]


class LibraryCall:
    """A library function that the program has called and that has not returned yet.

    Attributes:
        frame: The function's own frame.
        caller: The program's frame that called it, and `offset` where in its code that stands.
        module: The module, when the program does not write its forward itself; `path` is its path.
        arguments: Positional arguments of a module's call.
        keywords: Keyword arguments of a module's call.
        generator: State of the random generator before a module's call that may draw from it.
        first_tensor: Number of the first tensor that was not seen before the call.
        first_storage: Number of the first storage that was not seen before the call.
        op: What it is called; "" until it is first needed, as are all that follow.
        position: The calling expression.
        origin: It, as what makes autograd nodes.
        taken: Whether the budget lets it be recorded; None: not asked yet.
        listed: Whether what happens inside becomes details.
        before: The tensor arguments before the call.
        details: What happened inside.
        owners: Leaves by the ids of their `.grad`; None: not looked up yet.
        gradients: Leaf and `.grad` as they were before the call wrote there, where nobody had seen the `.grad` before;
            by its number.
        written: Tensors from before the call that were written to, by their number.
        seconds: How long the transfers between devices inside it took.
    """

    def __init__(
        self, frame: FrameType, caller: FrameType, states: StateKeeper, module: torch.nn.Module | None = None
    ) -> None:
        self.frame = frame
        self.caller = caller
        self.offset = caller.f_lasti
        self.module = module
        self.path = ""
        self.arguments: tuple[Any, ...] = ()
        self.keywords: dict[str, Any] = {}
        self.generator: torch.Tensor | None = None
        self.first_tensor, self.first_storage = states.tensor_count, states.storages.count
        self.op = ""
        self.position: Position | None = None
        self.origin = Origin("", 0)
        self.taken: bool | None = None
        self.listed = True
        self.before: Before | None = None
        self.details: list[Detail] = []
        self.owners: dict[int, torch.Tensor] | None = None
        self.gradients: dict[int, tuple[TensorState, TensorState]] = {}
        self.written: dict[int, torch.Tensor] = {}
        self.seconds = 0.0


@dataclass(frozen=True, eq=False)
class InnerCall:
    """The call of a module by library code.

    Attributes:
        module: The module.
        path: Its path in the outermost one.
        given: The tensors that it took.
        begun: How many details the open library call had before it.
    """

    module: torch.nn.Module
    path: str
    given: tuple[torch.Tensor, ...]
    begun: int


class Listener(Protocol):
    """Who is told of library calls."""

    def opened(self, call: LibraryCall) -> None:
        """A module's call begins."""

    def closed(self, call: LibraryCall, result: object) -> None:
        """A call has returned."""

    def module_returned(self, call: LibraryCall, inner: InnerCall, result: object) -> None:
        """A module that was called inside `call` has returned."""


class LibraryCalls:
    """The library calls that are open, innermost last.

    Args:
        filename: The program's filename: a module whose `forward` stands there is no library code.
        states: The tensors that were seen so far.
        listener: Told of calls that begin and end.
    """

    def __init__(self, filename: str, states: StateKeeper, listener: Listener) -> None:
        self.open: list[LibraryCall] = []
        self.modules = ModulePaths()
        self._filename = filename
        self._states = states
        self._listener = listener

    def enter(self, frame: FrameType, caller: FrameType) -> _LocalTrace:
        """Open the call of a library function by the program."""
        call = LibraryCall(frame, caller, self._states)
        self.open.append(call)
        return _until_return(frame, lambda result, raised: self._leave(call, result, raised=raised))

    def enter_module(self, frame: FrameType, caller: FrameType | None) -> _LocalTrace:
        """Open the call of a module, by the program or (`caller` is None) from inside another library call."""
        values = frame.f_locals
        module = values["self"]
        own = self._is_own(module)
        path = self.modules.push(module)
        if caller is None:
            return self._enter_inner(frame, module, own=own)
        call = LibraryCall(frame, caller, self._states, None if own else module)
        call.path, call.arguments, call.keywords = path, values["args"], values["kwargs"]
        self.open.append(call)
        if not own:
            with torch._C.DisableTorchFunction():
                call.generator = generator_before("", module)
                self._listener.opened(call)

        def leave(result: object, raised: bool) -> None:
            self._leave(call, result, raised=raised)
            self.modules.pop(module)

        return _until_return(frame, leave)

    def _enter_inner(self, frame: FrameType, module: torch.nn.Module, *, own: bool) -> _LocalTrace:
        around = self.open[-1] if self.open else None
        values = frame.f_locals
        given = tuple(tensors_in([values["args"], values["kwargs"]]))
        begun = 0 if around is None else len(around.details)

        def leave(result: object, raised: bool) -> None:
            path = self.modules.pop(module)
            if around is not None and not raised and not own:
                with torch._C.DisableTorchFunction():
                    self._listener.module_returned(around, InnerCall(module, path, given, begun), result)

        return _until_return(frame, leave)

    def _leave(self, call: LibraryCall, result: object, *, raised: bool) -> None:
        if call in self.open:
            del self.open[self.open.index(call) :]
        if not raised:
            with torch._C.DisableTorchFunction():
                self._listener.closed(call, result)

    def _is_own(self, module: torch.nn.Module) -> bool:
        """Tell whether the program wrote the module's `forward` itself: its calls are steps of their own."""
        code = getattr(type(module).forward, "__code__", None)
        return code is not None and code.co_filename == self._filename


def _until_return(frame: FrameType, leave: Callable[[Any, bool], None]) -> _LocalTrace:
    """Return a trace function that calls `leave` with the frame's result, and whether it raised."""
    frame.f_trace_lines = False
    raised = False

    def local(_frame: FrameType, event: str, arg: Any) -> _LocalTrace:  # noqa: ANN401
        nonlocal raised
        if event == "exception":
            raised = True
        elif event == "return":
            # a function that caught what was raised and returned None looks the same; no recorded one does
            leave(arg, raised and arg is None)
        return local

    return local
