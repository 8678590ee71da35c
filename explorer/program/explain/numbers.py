"""Numbers that should be whole: `/` gives a float even where it comes out even, and sizes must be integers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.text import dtype_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_NEEDS_INTEGER = re.compile(
    r"'float' object cannot be interpreted as an integer|indices must be integers or slices, not float"
    r"|slice indices must be integers|must be tuple of ints,? ?(?:but got|not) float|must be int, not float"
    r"|failed to unpack the object at pos \d+ with error \"type must be tuple of ints,but got float"
    r"|got \((?:[\w ]+, )*float[,)]|tensors used as indices must be long|valid indices \(got float\)"
    r"|takes 1 positional argument but \d+ were given|only integer tensors of a single element"
    r"|can't multiply sequence by non-int of type 'float'"
)


def explain_division_for_size(fault: Fault) -> Explanation | None:
    """Explain a float where a size, an index or a count is wanted, if a division in the text made it."""
    divisions = list(_divisions(fault)) if _wants_integer(fault) else []
    if not divisions:
        return None
    node = divisions[0]
    text = fault.text.text(node)
    left, right = fault.text.text(node.left), fault.text.text(node.right)
    return Explanation(
        f"{text} is a float, also where it comes out even ({_example(fault, node)}); sizes, indices and counts "
        "must be whole numbers.",
        f"`{left} // {right}` divides to a whole number, rounding down (-7 // 2 is -4; int(-7 / 2) cuts off: -3).",
        fault.fixes(lambda: _whole(fault, divisions)),
    )


def _wants_integer(fault: Fault) -> bool:
    return isinstance(fault.error, TypeError | IndexError) and bool(_NEEDS_INTEGER.search(fault.said))


def _divisions(fault: Fault) -> Iterator[ast.BinOp]:
    """Yield the divisions in the failing expression, then those that gave its names their values."""
    if fault.node is None:
        return
    inside = list(ast.walk(fault.node))
    names = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(fault.value(node), float)}
    names |= {n.attr for n in inside if isinstance(n, ast.Attribute) and isinstance(fault.value(n), float)}
    assigned = [
        node.value
        for node in ast.walk(fault.text.tree)
        if isinstance(node, ast.Assign) and _last_name(node.targets[0]) in names
    ]
    for root in [fault.node, *assigned]:
        for node in ast.walk(root):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                yield node


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _example(fault: Fault, node: ast.BinOp) -> str:
    left, right = fault.value(node.left), fault.value(node.right)
    if isinstance(left, int | float) and isinstance(right, int | float) and right:
        return f"{left} / {right} = {left / right}"
    return "6 / 2 is 3.0"


def _whole(fault: Fault, divisions: list[ast.BinOp]) -> Iterator[Change]:
    for node in divisions:
        left_end, right_start = fault.text.span(node.left)[1], fault.text.span(node.right)[0]
        between = fault.source[left_end:right_start]
        changed = fault.text.replaced(((left_end, right_start), between.replace("/", "//", 1)))
        start, end = fault.text.span(node)
        moved = end + len(changed) - len(fault.source)
        yield changed[start:moved], changed


def explain_float_for_integer(fault: Fault) -> Explanation | None:
    """Explain a float, or a tensor of floats, that is written or named where whole numbers are wanted."""
    if not _wants_integer(fault) or fault.matches("invalid combination of arguments"):
        return None
    inside = list(ast.walk(fault.node)) if fault.node is not None else []
    floats = [n for n in inside if isinstance(n, ast.expr) and isinstance(fault.value(n), float)]
    if not floats:
        return _float_indices(fault, inside)
    node = floats[0]
    value, text = fault.value(node), fault.text.text(node)

    def changes() -> Iterator[Change]:
        if isinstance(value, float) and value.is_integer() and isinstance(node, ast.Constant):
            yield str(int(value)), fault.text.replaced((fault.text.span(node), str(int(value))))
        else:
            yield f"int({text})", fault.text.replaced((fault.text.span(node), f"int({text})"))

    return Explanation(
        f"{text} is a float{'' if text == str(value) else f' ({value})'}; sizes, indices and counts must be whole "
        "numbers.",
        "Write it without a point; `int(…)` cuts off what stands behind the point.",
        fault.fixes(changes),
    )


def _float_indices(fault: Fault, inside: list[ast.AST]) -> Explanation | None:
    written = [node for node in inside if isinstance(node, ast.Name | ast.Attribute)]
    found = next(((node, value) for node in written if (value := _float_index(fault, node)) is not None), None)
    if found is None:
        return None
    node, value = found
    return Explanation(
        f"{fault.text.text(node)} has dtype {dtype_text(value)}, and indices must be whole numbers (or a mask of "
        "booleans). Dividing whole numbers with / gives floats.",
        "`.long()` converts; `//` divides to whole numbers.",
        fault.fixes(lambda: fault.with_methods(node, ".long()")),
    )


def _float_index(fault: Fault, node: ast.AST) -> torch.Tensor | None:
    """Return the tensor of floats that a node between square brackets stands for."""
    parent = fault.text.parents.get(node)
    if not isinstance(parent, ast.Subscript):
        return None
    value = fault.value(node)
    return value if parent.slice is node and isinstance(value, torch.Tensor) and value.is_floating_point() else None
