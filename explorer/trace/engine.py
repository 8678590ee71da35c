"""Keeps the recorder listening while the backward engine runs.

torch switches function modes off inside a recorded call, and with them the steps of what the engine calls back:
the `backward` of the program's own `autograd.Function`s, and its hooks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from explorer.trace.backward import Start
from explorer.trace.threads import device_threads_followed

if TYPE_CHECKING:
    from explorer.trace.recorder import Recorder


# the one function through which all of torch's ways to run the engine go
_ENTRANCE = "_engine_run_backward"


class _Listening(TorchFunctionMode):
    """Passes torch calls on to a recorder that is switched off higher up in the same call."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        frame = sys._getframe(1)
        if frame.f_code.co_name == _ENTRANCE:
            # torch's own, in C++: it may hold the lock of a view's node, for which a look at that view would wait
            return func(*args, **kwargs or {})
        return self._recorder.dispatch(func, args, kwargs or {}, frame)


@contextmanager
def _heard(recorder: Recorder, outputs: Iterable[torch.Tensor]) -> Iterator[None]:
    """Let `recorder` hear of the torch calls that the engine makes, if it does not already."""
    if torch._C._len_torch_function_stack() > 0:
        yield
        return
    with (
        recorder.frames.resumed(),
        device_threads_followed(recorder.frames.called, outputs),
        _Listening(recorder),
    ):
        yield


@contextmanager
def engine_followed(recorder: Recorder) -> Iterator[None]:
    """Let `recorder` know of every run of the backward engine, whichever function of torch starts it."""
    original = getattr(torch.autograd, _ENTRANCE)

    def run(outputs: Any, gradients: Any, retain: Any, create: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        start = Start(
            roots=tuple(outputs),
            gradients=tuple(gradients),
            inputs=tuple(inputs or ()),
            retain_graph=bool(retain),
            create_graph=bool(create),
            accumulates=bool(kwargs.get("accumulate_grad")),
            line=recorder.frames.line,
        )
        with torch._C.DisableTorchFunction():
            recorder.backward.begin(start)
        raised: BaseException | None = None
        try:
            with _heard(recorder, outputs):
                return original(outputs, gradients, retain, create, inputs, *args, **kwargs)
        except BaseException as error:
            raised = error
            raise
        finally:
            with torch._C.DisableTorchFunction():
                recorder.backward.end(raised)

    setattr(torch.autograd, _ENTRANCE, run)
    try:
        yield
    finally:
        setattr(torch.autograd, _ENTRANCE, original)
