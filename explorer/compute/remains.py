"""What a run leaves in a process that serves many, although nobody asks for it any more."""

from __future__ import annotations

import contextlib
import gc
from types import FunctionType

import torch
from torch.autograd.function import FunctionCtx

from explorer.program.guards.attributes import program_function


def let_go() -> None:
    """Break the cycles of runs that are over, for Python's collector, which does not see all of them.

    They go through torch's graph, in C++: a tensor's hook, or the `backward` of an `autograd.Function`, holds on to the
    program's names, those to tensors, and these to the graph with the hook. Each such run would keep its memory.
    Objects that were frozen (`gc.freeze`) are passed by.
    """
    for value in gc.get_objects():
        kind = type(value)
        if kind is FunctionType:
            if program_function(value):
                value.__globals__.clear()
        elif issubclass(kind, FunctionCtx):
            vars(value).clear()
        elif issubclass(kind, torch.Tensor):
            _bare(value)


def _bare(tensor: torch.Tensor) -> None:
    """Take from a tensor what may lead back to it."""
    with contextlib.suppress(RuntimeError), torch._C.DisableTorchFunction():  # wrappers of torch.func have no gradient
        if tensor._backward_hooks:
            tensor._backward_hooks.clear()
        tensor.grad = None
