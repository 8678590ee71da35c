"""Make a FailedCall as the recorder does: run a program plainly, catch what torch raises, find the call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

import explorer
from explorer.program.explain import Explanation, Fault, explain
from explorer.trace.calls import FailedCall, tensors_in
from explorer.trace.model import Position, ProgramError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType

FILENAME = "<program>"
PRELUDE = """\
import torch
import torch.nn.functional as F
from torch import nn
x = torch.arange(24.0).reshape(4, 6)
b = x.t()
v = torch.arange(5.0)
w = torch.arange(4.0)
i = torch.arange(24).reshape(4, 6)
e = torch.ones(1, 3).expand(4, 3)
c = torch.ones(2, 3, 4)
m = torch.tensor([True, False, True, False, True, False])
p = torch.ones(3, requires_grad=True)
n = 3
"""


class _Watch(TorchFunctionMode):
    """Keeps the first torch call that raises, with the place in the program that made it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.failed: FailedCall | None = None

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        arguments: tuple[Any, ...] = (),
        keywords: dict[str, Any] | None = None,
    ) -> object:
        del types
        try:
            return function(*arguments, **(keywords or {}))
        except Exception as error:
            if self.failed is None:
                self.failed = self._failed(function, arguments, keywords or {}, error)
            raise

    def _failed(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        error: Exception,
    ) -> FailedCall:
        frame = sys._getframe(1)
        while frame.f_code.co_filename != FILENAME:
            assert frame.f_back is not None
            frame = frame.f_back
        span = _span(self.source, frame.f_code, frame.f_lasti)
        tensors = tuple(tensors_in([list(arguments), keywords]))
        return FailedCall(function.__name__, arguments, keywords, tensors, error, self.source, span)


def _span(source: str, code: CodeType, instruction: int) -> tuple[int, int, int, int]:
    """Return (line, column, end line, end column) of an instruction, columns in characters."""
    line, end_line, column, end_column = list(code.co_positions())[instruction // 2]
    assert line is not None
    assert end_line is not None
    lines = source.split("\n")
    start = len(lines[line - 1].encode()[:column].decode())
    return line, start, end_line, len(lines[end_line - 1].encode()[:end_column].decode())


def run(source: str) -> FailedCall | None:
    """Run a program and return the call that failed, or None."""
    watch = _Watch(source)
    try:
        with watch:
            exec(compile(source, FILENAME, "exec"), {"__name__": "program"})  # noqa: S102 - the tests' own text
    except Exception:
        if watch.failed is None:
            raise
    return watch.failed


def fails(program: str) -> FailedCall:
    """Run lines after the prelude; they must fail in a torch call."""
    call = run(PRELUDE + program)
    assert call is not None, f"{program} runs"
    return call


def explain_call(call: FailedCall) -> Explanation:
    """Explain a failing call by itself, without a program that could be run again."""
    return explain(Fault(call.error, call.source, Position(*call.span), FILENAME, failed=call))


def stopped(source: str, device: str = "cpu") -> ProgramError:
    """Run a whole program as the app does; it must stop with an error."""
    error = explorer.run(source, device=device).error
    assert error is not None, f"{source} runs"
    return error


def explained(program: str, prelude: str = PRELUDE) -> ProgramError:
    """Run lines after the prelude as the app does, and check that each fix runs in plain torch."""
    error = stopped(prelude + program)
    for fix in error.fixes:
        with torch.random.fork_rng(devices=[]):
            assert run(fix.source) is None, f"{fix.label} does not run"
    return error


def changed(error: ProgramError) -> list[str]:
    """Return what follows the prelude in each fix."""
    return [fix.source.removeprefix(PRELUDE) for fix in error.fixes]
