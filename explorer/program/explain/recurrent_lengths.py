"""Other lengths of a packed batch, written where a program has its own."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.site import UNKNOWN

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_LONGEST_LABEL = 60


def with_lengths(fault: Fault, node: ast.expr | None, change: Callable[[int], int], method: str) -> Iterator[Change]:
    """Yield the program with each length changed: numbers in a list are written anew, a tensor gets a method.

    Args:
        fault: The exception.
        node: The lengths as they are written; None yields nothing.
        change: From length to length.
        method: What does the same to a tensor, such as `.clamp(min=1)`.
    """
    value = fault.value(node)
    if isinstance(node, ast.List | ast.Tuple):
        if isinstance(value, tuple):
            yield _listed(fault, node, [_changed(fault, *pair, change) for pair in zip(node.elts, value, strict=True)])
    elif isinstance(value, list | tuple) and node is not None:
        code = f"torch.tensor({fault.text.text(node)}){method}"
        yield code, fault.text.replaced((fault.text.span(node), code))
    else:
        yield from fault.with_methods(node, method)


def first_lengths(fault: Fault, node: ast.expr | None, count: int) -> Iterator[Change]:
    """Yield the program with the first lengths only: a list is cut, anything else gets an index."""
    if isinstance(node, ast.List | ast.Tuple):
        yield _listed(fault, node, [fault.text.text(item) for item in node.elts[:count]])
    else:
        yield from fault.with_methods(node, f"[:{count}]")


def _changed(fault: Fault, item: ast.expr, value: object, change: Callable[[int], int]) -> str:
    """Return a length as it is to be written; one that stays is left as it stands."""
    fitting = change(value) if isinstance(value, int) else value
    return fault.text.text(item) if fitting == value or value is UNKNOWN else str(fitting)


def _listed(fault: Fault, node: ast.expr, items: list[str]) -> Change:
    code = f"[{', '.join(items)}]"
    label = code if len(code) < _LONGEST_LABEL else f"{code[: _LONGEST_LABEL - 2]}…"
    return label, fault.text.replaced((fault.text.span(node), code))
