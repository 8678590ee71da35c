"""What plain Python does with a program: the truth that the engine is compared with."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

FILENAME = "<plain program>"
# where the Python functions stand that a program calls for their results: the last is a module's call
_FUNCTIONS = (
    torch.overrides.__file__,
    torch.functional.__file__,
    torch.nn.functional.__file__,
    torch.nn.init.__file__,
    torch.nn.modules.module.__file__,
)


@dataclass(frozen=True, eq=False)
class PlainRun:
    """What a program did under plain Python.

    Attributes:
        output: All that it printed, and the last bare expression as a notebook echoes it.
        error: The exception that ended it, or None.
        line: The innermost line of the program that the exception came through; 0 without one.
        tensors: The tensors that its module-level names hold at the end.
    """

    output: str
    error: Exception | None
    line: int
    tensors: dict[str, torch.Tensor]


class CallLines(TorchFunctionMode):
    """Collects the lines of a program on which it calls a function or a module of torch that computes tensors.

    Reading an attribute computes nothing. What constructors, samplers, printing and the like compute for
    themselves is not counted: the program never sees it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: set[int] = set()

    def __torch_function__(
        self, function: Callable[..., Any], types: object, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and function.__name__ != "__get__":
            self.found |= _calling_line(sys._getframe(1))
        return result


def _calling_line(frame: FrameType | None) -> set[int]:
    """Return the line of the program that a torch call was made for; nothing when the program did not ask for it."""
    called: FrameType | None = None
    while frame is not None and frame.f_code.co_filename != FILENAME:
        called, frame = frame, frame.f_back
    if frame is None or (called is not None and called.f_code.co_filename not in _FUNCTIONS):
        return set()
    return {frame.f_lineno}


def run_plain(source: str, preamble: str = "", seed: int = 0) -> PlainRun:
    """Run a program as a notebook cell would, and leave all global state as it was.

    Args:
        source: The program.
        preamble: Code that is run before it in the same namespace.
        seed: What all random generators start from.

    Raises:
        SyntaxError: It is not Python.
    """
    body, last = _split(source)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(preamble, namespace)  # noqa: S102 - the corpus is ours
    output, error = io.StringIO(), None
    with _seeded(seed), contextlib.redirect_stdout(output):
        try:
            exec(compile(body, FILENAME, "exec"), namespace)  # noqa: S102
            if last is not None:
                _echo(eval(compile(last, FILENAME, "eval"), namespace))  # noqa: S307
        except Exception as raised:  # a program may raise anything; the engine must stop at the same place
            error = raised
    tensors = {name: value for name, value in namespace.items() if isinstance(value, torch.Tensor)}
    return PlainRun(output.getvalue(), error, _line(error), tensors)


def lines_that_call_torch(source: str, preamble: str = "") -> set[int]:
    """Return the lines of a program on which torch is called."""
    lines = CallLines()
    with lines:
        run_plain(source, preamble)
    return lines.found


def _split(source: str) -> tuple[ast.Module, ast.Expression | None]:
    tree = ast.parse(source, FILENAME)
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return tree, None
    return ast.Module(tree.body[:-1], []), ast.Expression(tree.body[-1].value)


def _echo(value: object) -> None:
    if value is not None:
        print(repr(value))


def _line(error: Exception | None) -> int:
    if error is None:
        return 0
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILENAME]
    return (lines[-1] if lines else 0) or 0


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]), np.printoptions(), warnings.catch_warnings(), _settings_put_back():
        # programs use the global generators, so these are what is seeded and put back
        python, numpy = random.getstate(), np.random.get_state()
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


@contextlib.contextmanager
def _settings_put_back() -> Iterator[None]:
    dtype, printing = torch.get_default_dtype(), copy.copy(torch._tensor_str.PRINT_OPTS)
    deterministic, anomaly = torch.are_deterministic_algorithms_enabled(), torch.is_anomaly_enabled()
    gradients = torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        torch.use_deterministic_algorithms(deterministic)
        torch.autograd.set_detect_anomaly(anomaly)
        torch._tensor_str.PRINT_OPTS = printing
