"""Live torch calls, kept beside a trace for provenance and lenses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.parameter import is_lazy

from explorer.swift import swift

if TYPE_CHECKING:
    from torch.autograd.graph import Node

    from explorer.trace.model import Position

# what most arguments are that are no tensors
_NO_TENSORS = frozenset({int, float, bool, str, type(None), torch.dtype, torch.Size})


@swift
@dataclass(frozen=True, eq=False)
class Call:
    """A torch call with its live arguments and result.

    `generator` is the state of the random generator before a call that may have drawn from it; else None.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    result: Any
    generator: torch.Tensor | None = None


@dataclass(frozen=True, eq=False)
class FailedCall:
    """A torch call that raised.

    Attributes:
        op: The operation's name, as in `Step.op`.
        arguments: Positional arguments, live; a method's tensor comes first.
        keywords: Keyword arguments, live.
        tensors: All tensors among the arguments, lists flattened, in order.
        error: What torch raised.
        source: The program's text.
        span: (line, column, end_line, end_column) of the program's own calling expression.
        module: The innermost nn.Module whose forward made the call; None outside of modules.
        module_path: Its path, as in `Detail.module`.
    """

    op: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    tensors: tuple[torch.Tensor, ...]
    error: BaseException
    source: str
    span: tuple[int, int, int, int]
    module: torch.nn.Module | None = None
    module_path: str = ""


def failed_call(
    call: tuple[str, tuple[Any, ...], dict[str, Any]],
    error: BaseException,
    source: str,
    position: Position,
    module: tuple[torch.nn.Module | None, str],
) -> FailedCall:
    """Return what is kept of a call that raised: its name and arguments, the program, where, inside which module."""
    op, arguments, keywords = call
    span = (position.line, position.column, position.end_line, position.end_column)
    tensors = tuple(tensors_in([arguments, keywords]))
    return FailedCall(op, arguments, keywords, tensors, error, source, span, *module)


def tensors_in(value: Any) -> list[torch.Tensor]:  # noqa: ANN401 - arguments are of any type
    """Return the tensors in `value`, going into lists, tuples and dicts in order."""
    found: list[torch.Tensor] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[torch.Tensor]) -> None:  # noqa: ANN401
    kind = type(value)
    if kind is torch.Tensor or kind is torch.nn.Parameter:
        found.append(value)
    elif isinstance(value, torch.Tensor):
        if not is_lazy(value):  # a lazy module's parameter has no shape yet
            found.append(value)
    elif kind not in _NO_TENSORS:
        for item in _items(value):
            if type(item) not in _NO_TENSORS:
                _collect(item, found)


def _items(value: Any) -> Iterable[Any]:  # noqa: ANN401
    kind = type(value)
    if kind is tuple or kind is list or isinstance(value, list | tuple):
        items: Iterable[Any] = value
        return items
    return value.values() if isinstance(value, dict) else ()


def node_of(tensor: torch.Tensor) -> Node | None:
    """Return the tensor's autograd node (`grad_fn`); None when it has none, or torch will not tell.

    torch refuses to look at a view that was made under `no_grad` and whose base was written to since.
    """
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def replace_tensors(value: Any, swap: Callable[[torch.Tensor], Any]) -> Any:  # noqa: ANN401
    """Return `value` with every tensor t in it replaced by `swap(t)`; other values are kept as they are."""
    if isinstance(value, torch.Tensor):
        return swap(value)
    if isinstance(value, list):
        return [replace_tensors(item, swap) for item in value]
    if type(value) is tuple:
        return tuple(replace_tensors(item, swap) for item in value)
    if isinstance(value, dict):
        return {key: replace_tensors(item, swap) for key, item in value.items()}
    return value
