"""Run a changed program again, under the same policy and within a short time, to see whether the change mends it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal

import torch
from torch.overrides import TorchFunctionMode

from explorer.program.limits import AllocationCheck, max_bytes_from_environment
from explorer.program.output import Output
from explorer.program.settings import own_settings
from explorer.trace.kinds import operation_name

Verdict = Literal["ends", "passes", "fails"]

BUDGET_SECONDS = 0.3
_FILENAME = "<changed program>"


class _OutOfTimeError(BaseException):
    """The changed program had its time; no `except Exception` of the program's catches it."""


@dataclass(frozen=True)
class Inputs:
    """What a run starts from: names already bound, the device where tensors are made, the generators' seed."""

    names: Mapping[str, Any]
    device: str
    seed: int


@dataclass(eq=False)
class Rerun:
    """Tries changed programs.

    Attributes:
        inputs: What the program started from.
        line: Where it failed.
        breaks: How many line breaks its text has.
        passed: How often that line had been passed when it failed.
        left: Seconds left for all tries together.
    """

    inputs: Inputs
    line: int
    breaks: int
    passed: int = 0
    left: float = field(default=BUDGET_SECONDS)

    def verdict(self, source: str) -> Verdict:
        """Say whether a changed program ends well, passes the line that failed, or fails there again.

        One that runs out of time passes if it got by that line more often than the program did.
        """
        watch = _Watch(self.line + source.count("\n") - self.breaks, time.thread_time() + self.left)
        start = time.thread_time()
        try:
            _execute(source, self, watch)
        except _OutOfTimeError:
            return "passes" if watch.passed > self.passed else "fails"
        except BaseException as error:  # noqa: BLE001, RUF100 - a changed program may raise anything
            if isinstance(error, KeyboardInterrupt):
                raise
            return "passes" if _line_of(error) > watch.line else "fails"
        finally:
            self.left -= time.thread_time() - start
        return "ends"


class _Watch:
    """A trace function that counts how often a line was passed, and stops the program at its deadline."""

    def __init__(self, line: int, deadline: float) -> None:
        self.line = line
        self.passed = 0
        self._deadline = deadline
        self._there: set[FrameType] = set()

    def __call__(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        """Follow one event of the interpreter."""
        if frame.f_code.co_filename != _FILENAME:
            # nothing is raised here: the library may be about to put something global back in its place
            return None
        if time.thread_time() > self._deadline:
            raise _OutOfTimeError
        if event == "exception":
            self._there.discard(frame)
        elif event == "line" or (event == "return" and argument is not None):
            if frame in self._there:
                self.passed += 1
            self._there.discard(frame)
            if event == "line" and frame.f_lineno == self.line:
                self._there.add(frame)
        return self


class _Checked(TorchFunctionMode):
    """Refuses calls that would fill the memory, and stops the program at its deadline."""

    def __init__(self, check: AllocationCheck, deadline: float) -> None:
        super().__init__()
        self._check = check
        self._deadline = deadline

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever torch returns
        """Make one call."""
        del types
        if time.thread_time() > self._deadline:
            raise _OutOfTimeError
        self._check(operation_name(func), func, args, kwargs or {})
        return func(*args, **(kwargs or {}))


def _execute(source: str, rerun: Rerun, watch: _Watch) -> None:
    from explorer.program.guards.namespace import program_namespace  # noqa: PLC0415 - they import the explanations
    from explorer.program.policy import compile_program  # noqa: PLC0415

    code = compile_program(source, _FILENAME)
    namespace, _ = program_namespace(Output(_FILENAME), rerun.inputs.names)
    check = _Checked(AllocationCheck(max_bytes_from_environment(), rerun.inputs.device), watch._deadline)
    device = torch.device(rerun.inputs.device)
    tracer = sys.gettrace()
    with own_settings(device, rerun.inputs.seed), nullcontext() if device.type == "cpu" else device:
        # the program that failed may have changed them
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        sys.settrace(watch)
        try:
            with check:
                exec(code, namespace)  # noqa: S102 - compiled under the policy, as the program itself was
        finally:
            sys.settrace(tracer)


def _line_of(error: BaseException) -> int:
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == _FILENAME:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
