"""Makes steps of the program's calls of library functions, with what happens inside as details."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.calls import Call, tensors_in
from explorer.trace.graph import Origin
from explorer.trace.kinds import ASKS_FOR_GRADIENTS, ELEMENTS_ONLY, GRADIENT, operation_name, sets_attribute
from explorer.trace.model import Detail
from explorer.trace.running import updated_by
from explorer.trace.steps import Before, Made, written_by
from explorer.trace.values import version_of

if TYPE_CHECKING:
    from types import FrameType

    from explorer.trace.library import InnerCall, LibraryCall
    from explorer.trace.model import Position
    from explorer.trace.positions import SourceMap
    from explorer.trace.recorder import Recorder
    from explorer.trace.states import StateKeeper
    from explorer.trace.tensor_state import TensorState

MAX_DETAILS = 2_000
# what optimisers call inside their steps is listed up to this many calls, and then where a place in the text is new
MAX_OF_OPTIMISERS = 5_000
_OPTIMISERS = str(Path(torch.optim.__file__).parent)


class InsideRecorder:
    """Listens to library calls for a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._of_optimisers = 0

    def record(
        self, call: LibraryCall, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Run a torch call that the library makes inside `call`, and record it as a detail."""
        position = self._begin(call)
        op = operation_name(function)
        states = self._recorder.states
        if call.taken and not call.listed:
            return self._unlisted(call, op, function, arguments, keywords)
        if not call.taken or len(call.details) >= MAX_DETAILS:
            with states.graph.call(call.origin):
                result, _ = self._recorder.run(op, function, arguments, keywords, position)
                states.graph.note(tensors_in(result))
            states.forget()
            return result
        before = Before.of(states, tensors_in([arguments, keywords]))
        if op.endswith("_"):
            self._note_gradients(call, before)
        states.settle()
        call.origin.tracked |= any(state.requires_grad for state in before.states)
        call.origin.end = call.origin.end or self._recorder.ends.behind(before.states)
        with states.graph.call(call.origin):
            result, seconds = self._recorder.run(op, function, arguments, keywords, position)
            call.seconds += seconds or 0.0
            if op == "view_as" and _is_passed_on(result):
                states.expect_nodes([result])
                return result
            if sets_attribute(function) or op in ASKS_FOR_GRADIENTS:
                states.note_setting(before.tensors)
            self._add_detail(call, op, Call(function, arguments, keywords, result), before)
            states.settle()
        return result

    def _unlisted(
        self,
        call: LibraryCall,
        op: str,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
    ) -> Any:  # noqa: ANN401
        """Run a torch call inside `call`, and note only what it writes to."""
        states = self._recorder.states
        given = tensors_in([arguments, keywords])
        versions = [version_of(tensor) for tensor in given]
        with states.graph.call(call.origin):
            result, _ = self._recorder.run(op, function, arguments, keywords, self._begin(call))
            states.graph.note(tensors_in(result))
        if sets_attribute(function):
            states.note_setting(given)
        if op.endswith("_") and op not in ELEMENTS_ONLY:
            states.note_rearrangement()
        for tensor, version in zip(given, versions, strict=True):
            number = states.number_of(tensor)
            if number is not None and version_of(tensor) != version:
                states.note_write(tensor)
                call.written[number] = tensor
        return result

    def _note_gradients(self, call: LibraryCall, before: Before) -> None:
        """Note the gradients among the arguments of a call that may write to them, if nobody has read them before."""
        new = [pair for pair in zip(before.tensors, before.states, strict=True) if pair[1].tensor >= call.first_tensor]
        if new and call.owners is None:
            call.owners = self._recorder.states.owners_of_gradients()
        for tensor, state in new:
            leaf = (call.owners or {}).get(id(tensor))
            if leaf is not None and state.tensor not in call.gradients:
                call.gradients[state.tensor] = (self._recorder.states.state(leaf), state)

    def _add_detail(self, call: LibraryCall, op: str, made: Call, before: Before) -> None:
        states = self._recorder.states
        written = written_by(op, before, states)
        for tensor in written:
            number = states.state(tensor).tensor
            if number < call.first_tensor or number in call.gradients:
                call.written[number] = tensor
        module, path = self._recorder.library.modules.innermost
        name = type(module).__name__ if module is not None else ""
        outputs = tuple(states.state(tensor) for tensor in (*tensors_in(made.result),) or written)
        if outputs or op == GRADIENT:
            updated = updated_by(op, before, states)
            detail = Detail(op, path, name, is_module=False, inputs=before.states, outputs=outputs, call=made)
            call.details.append(replace(detail, updated=updated) if updated else detail)

    def _add_gradients(self, call: LibraryCall) -> None:
        """Add the gradients that a call wrote to to its details, as read from their leaves."""
        state = self._recorder.states.state
        for number in filter(call.written.__contains__, call.gradients):
            gradient = call.written[number]
            inputs, outputs = (state((call.owners or {})[id(gradient)]),), (state(gradient),)
            call.details.append(Detail(GRADIENT, "", "", is_module=False, inputs=inputs, outputs=outputs))

    def opened(self, call: LibraryCall) -> None:
        """Note a module's arguments before it runs."""
        self._begin(call)

    def closed(self, call: LibraryCall, result: object) -> None:
        """Make a step of a call that did something of its own."""
        results = _results(call, result)
        if not self._is_step(call, results):
            return
        position = self._begin(call)
        if not call.taken or call.before is None:
            return
        self._of_optimisers += len(call.details) if _is_optimiser(call) else 0
        recorder = self._recorder
        if call.module is None and not all(map(recorder.states.is_current, results)):
            recorder.states.note_rearrangement()  # `Function.apply` gives its node to what its forward returned
        recorder.settle_names()
        self._add_gradients(call)
        written = tuple(call.written.values())
        trained = tuple(tensor for tensor in written if tensor.requires_grad)
        first = call.first_storage
        made = Made(
            op=call.op,
            results=results or trained or written,
            written=_shows_write(call.before, results, written, recorder.states),
            details=tuple(call.details),
            module=call.path if call.module is not None else "",
            module_class="" if call.module is None else type(call.module).__name__,
            seconds=call.seconds or None,
            fresh=frozenset(range(first, recorder.states.storages.count)),
        )
        live = None if call.module is None else Call(call.module, call.arguments, call.keywords, result, call.generator)
        before = call.before if results else _with_gradients(call.before, call)
        with recorder.states.graph.call(call.origin):
            recorder.add(recorder.step(made, before, position, call.origin), live)

    def module_returned(self, call: LibraryCall, inner: InnerCall, result: object) -> None:
        """Add a module that ran inside `call` to its details."""
        self._begin(call)
        if call.taken and len(call.details) < MAX_DETAILS:
            states = self._recorder.states
            with states.graph.call(call.origin):
                outputs = tuple(states.state(tensor) for tensor in tensors_in(result))
                given = [states.state(tensor) for tensor in inner.given]
            inputs = tuple(_before(state, call.details[inner.begun :]) for state in given)
            name = type(inner.module).__name__
            call.details.append(Detail(name, inner.path, name, is_module=True, inputs=inputs, outputs=outputs))

    def _begin(self, call: LibraryCall) -> Position:
        """Find out about a call what is only needed if it becomes a step: where it stands, what goes in."""
        if call.position is not None:
            return call.position
        recorder, caller = self._recorder, call.caller
        call.position = position = recorder.map.position(caller.f_code, call.offset)
        call.op = type(call.module).__name__ if call.module is not None else _name(call.frame, recorder.map, position)
        call.taken = recorder.budget.takes(position, call.op)
        call.origin = Origin(call.op, position.line, recorder.map.text(position))
        if call.taken:
            many = self._of_optimisers >= MAX_OF_OPTIMISERS and _is_optimiser(call)
            call.listed = not many or recorder.budget.is_new(position)
            recorder.settle_names()
            call.before = Before.of(recorder.states, _given(call))
        return position

    def _is_step(self, call: LibraryCall, results: tuple[torch.Tensor, ...]) -> bool:
        """Tell whether a call did anything that its own steps do not show already."""
        if call.module is not None or call.written:
            return True
        states = self._recorder.states
        if call.details:
            return bool(results) or any(detail.op == GRADIENT for detail in call.details)
        return not all(states.is_current(tensor) for tensor in results)


def _is_passed_on(result: object) -> bool:
    """Tell whether a view is what `Function.apply` makes of an input that forward returned as it was.

    It requires a gradient though autograd is off, and gets its node only when apply returns.
    """
    return isinstance(result, torch.Tensor) and result.requires_grad and not torch.is_grad_enabled()


def _is_optimiser(call: LibraryCall) -> bool:
    """Tell whether a call is an optimiser's step: dozens of torch calls for each parameter, the same in each pass."""
    return call.op == "step" and call.frame.f_code.co_filename.startswith(_OPTIMISERS)


def _shows_write(
    before: Before, results: tuple[torch.Tensor, ...], written: tuple[torch.Tensor, ...], states: StateKeeper
) -> bool:
    """Tell whether a call wrote to what it was given or returns; a layer's own statistics are its own affair."""
    if not results or not written:
        return bool(written)
    touched = {states.storages.number(tensor) for tensor in (*before.tensors, *results)}
    return any(states.storages.number(tensor) in touched for tensor in written)


def _with_gradients(before: Before, call: LibraryCall) -> Before:
    """Add what a call wrote to if that is gradients only; and their leaves, if it was given no tensors."""
    if not call.written or not call.written.keys() <= call.gradients.keys():
        return before
    leaves, gradients = zip(*(call.gradients[number] for number in call.written), strict=True)
    return replace(before, states=(*(before.states or leaves), *gradients))


def _given(call: LibraryCall) -> tuple[torch.Tensor, ...]:
    """Return the tensors that go into a call: its arguments, or the parameters of the module that it changes."""
    if call.module is not None:
        return tuple(tensors_in([call.arguments, call.keywords]))
    values = call.frame.f_locals
    owner = values.get("self")
    if isinstance(owner, torch.nn.Module) and call.frame.f_code.co_name != "__init__":
        return tuple(tensors_in(list(owner.parameters())))
    return tuple(tensors_in(list(values.values())))


def _results(call: LibraryCall, result: object) -> tuple[torch.Tensor, ...]:
    """Return the tensors that a call returned, or made: a constructor returns nothing, `net.to(device)` the module."""
    found = tuple(tensors_in(result))
    if found or call.module is not None:
        return found
    if call.frame.f_code.co_name == "__init__":
        owner = call.frame.f_locals.get("self")
        made = list(owner.parameters()) if isinstance(owner, torch.nn.Module) else []
        return tuple(tensors_in(made))
    return tuple(tensors_in(list(result.parameters()) if isinstance(result, torch.nn.Module) else []))


def _before(state: TensorState, details: list[Detail]) -> TensorState:
    """Return the tensor as the first of these calls took it: it may have been written to since."""
    taken = (given for detail in details for given in detail.inputs if given.tensor == state.tensor)
    return next(taken, state)


def _name(frame: FrameType, source_map: SourceMap, position: Position) -> str:
    """Return what people call the function of this frame: a class name for constructors, else as in the text."""
    name = frame.f_code.co_name
    if name in ("__init__", "__new__", "__call__", "apply"):
        values = frame.f_locals
        owner = values.get("cls") or type(values.get("self"))
        return str(owner.__name__) if isinstance(owner, type) else name
    return source_map.callee(position) or name.strip("_")
