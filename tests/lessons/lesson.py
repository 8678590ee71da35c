"""An example as a lesson: its program, its trace, and the same program without the explorer."""

from __future__ import annotations

import contextlib
import io
import warnings
from functools import cache
from typing import Any

import torch

import explorer
from explorer.trace.model import BackwardEvent, Trace
from explorer.ui.examples.autograd import AUTOGRAD_EXAMPLES
from explorer.ui.examples.convolution import CONVOLUTION_EXAMPLES
from explorer.ui.examples.normalization import NORMALIZATION_EXAMPLES
from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES

_EXAMPLES = (*AUTOGRAD_EXAMPLES, *CONVOLUTION_EXAMPLES, *NORMALIZATION_EXAMPLES, *RECURRENT_EXAMPLES)
SOURCES = {example.title: example.source for example in _EXAMPLES}


@cache
def trace_of(title: str) -> Trace:
    """Return the trace of an example's program."""
    return explorer.run(SOURCES[title])


def ran(title: str) -> Trace:
    """Return the trace of an example that runs to its end."""
    trace = trace_of(title)
    assert trace.error is None
    return trace


def stopped(title: str) -> tuple[Trace, str]:
    """Return the trace of an example that torch stops, and all that is said about it."""
    trace = trace_of(title)
    assert trace.error is not None
    return trace, f"{trace.error.message} {trace.error.hint}"


def plainly(title: str) -> tuple[dict[str, Any], Exception | None]:
    """Run an example's program as ordinary Python; return its names, and what stopped it."""
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(SOURCES[title], names)  # noqa: S102 - the project's own examples
    except RuntimeError as error:
        return names, error
    return names, None


def events(trace: Trace, node: str, run: int | None = None) -> list[BackwardEvent]:
    """Return the runs of nodes with a name, in the engine's order."""
    return [event for event in trace.backward if event.node == node and run in (None, event.run)]


def grad(trace: Trace, name: str) -> list[Any]:
    """Return the gradient of a name at the end, as nested lists."""
    values = trace.names[name].grad
    assert values is not None
    return list(values.tolist()) if values.ndim else [values.item()]


def value(trace: Trace, name: str) -> Any:
    """Return what a name holds at the end, as a number or nested lists."""
    values = trace.names[name].values
    assert values is not None
    return values.tolist()


def line_of(title: str, text: str) -> int:
    """Return the number of the first line of an example that contains a text."""
    return next(number for number, line in enumerate(SOURCES[title].split("\n"), 1) if text in line)
