"""What lenses about one kind of layer ask of a call: what it is called, its module, which state is which argument."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any

import torch

from explorer.trace import Step, TensorState, Trace

_NAME = re.compile(r"[A-Za-z_][\w.]*(\[[^\]]*\])*")
MAX_LABEL = 40
# methods of a module that return the module itself
_ITSELF = frozenset(
    {"to", "train", "eval", "requires_grad_", "float", "double", "half", "bfloat16", "cpu", "cuda", "apply"}
)


def states_of(given: dict[str, Any], states: tuple[TensorState, ...]) -> dict[str, TensorState]:
    """Return the states of a call's tensor arguments by name: they are recorded in the order of the arguments."""
    tensors = [name for name, value in given.items() if isinstance(value, torch.Tensor)]
    return dict(zip(tensors, states, strict=False))


def module_of(step: Step, path: str, trace: Trace) -> torch.nn.Module | None:
    """Return the live module at a path, that the step's own module holds."""
    live = None if trace.calls is None else trace.calls[step.index]
    if live is None or not isinstance(live.function, torch.nn.Module):
        return None
    inner = path[len(step.module) :].removeprefix(".") if path.startswith(step.module) else path
    try:
        return live.function.get_submodule(inner)
    except AttributeError:  # a module that hangs in no other, such as one made in the middle of forward
        return None


def label_of(step: Step, path: str) -> str:
    """Return what people call a layer: its path inside the module that the program calls, or the expression."""
    if not step.module_class:
        return _short(step.expression)
    if step.module:
        return path
    callee = _callee(step.expression)
    name = callee if _NAME.fullmatch(callee) and not callee.startswith(("nn.", "torch.")) else step.module_class
    return f"{name}.{path}" if path else name


@lru_cache(maxsize=1024)
def _callee(expression: str) -> str:
    """Return what an expression calls: `m` of `m(x)` and of `m.to(device)(x)`; "" where that is no name."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # such as a piece of a longer line
        return expression.partition("(")[0].strip()
    node = node.func if isinstance(node, ast.Call) else node
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ITSELF:
        node = node.func.value
    return "" if isinstance(node, ast.Call) else ast.unparse(node)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_LABEL else flat[: MAX_LABEL - 1] + "…"
