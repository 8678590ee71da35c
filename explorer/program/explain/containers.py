"""Lists, tuples and dictionaries: items that are not there, numbers of values that do not match names."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.names import did_you_mean
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.text import article, count_text, list_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_TOO_MANY = re.compile(r"too many values to unpack \(expected (\d+)")
_LONGEST_KEY = 60
_TOO_FEW = re.compile(r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)\)")


def explain_list_index(length: int, index: int, kind: str = "list") -> Explanation:
    """Explain an index outside a Python list or tuple.

    Args:
        length: How many items it has.
        index: The index asked for.
        kind: `list` or `tuple`.
    """
    if length == 0:
        return Explanation(f"The {kind} is empty, so it has no item {index}.")
    return Explanation(
        f"The {kind} has {count_text(length, 'item')}, so its indices are 0 … {length - 1}, or "
        f"-{length} … -1 "
        f"from the end. {index} is outside.",
        "The last item is [-1].",
    )


def explain_item(fault: Fault) -> Explanation | None:
    """Explain an IndexError or KeyError of Python's own containers."""
    node = _subscript(fault)
    if isinstance(fault.error, KeyError) and fault.error.args:
        return _key(fault, node)
    if isinstance(fault.error, IndexError) and "out of range" in fault.said and fault.failed is None:
        return _index(fault, node)
    return None


def _subscript(fault: Fault) -> ast.Subscript | None:
    node = fault.node
    node = node.targets[0] if isinstance(node, ast.Assign) else node
    return node if isinstance(node, ast.Subscript) else None


def _index(fault: Fault, node: ast.Subscript | None) -> Explanation | None:
    if node is None:
        return None
    owner, index = fault.value(node.value), fault.value(node.slice)
    kind = fault.said.split(" ", 1)[0]
    name = fault.text.text(node.value)
    if isinstance(owner, list | tuple) and isinstance(index, int):
        words = explain_list_index(len(owner), index, kind)
        message = words.message.replace(f"The {kind}", f"The {kind} {name}" if len(name) < 30 else f"The {kind}", 1)
        last = isinstance(node.slice, ast.Constant | ast.UnaryOp) and len(owner) > 0

        def changes() -> Iterator[Change]:
            if last:
                at = str(len(owner) - 1 if index > 0 else -len(owner))
                yield f"{name}[{at}]", fault.text.replaced((fault.text.span(node.slice), at))

        return Explanation(message, words.hint, fault.fixes(changes))
    return Explanation(
        f"The {kind} {name} has no item {fault.text.text(node.slice)}: it is too short.",
        f"Indices go from 0 to len({name}) - 1; [-1] is the last item.",
    )


def _key(fault: Fault, node: ast.Subscript | None) -> Explanation:
    key = fault.error.args[0]
    shown = repr(key) if isinstance(key, str | int | float | tuple) else f"of type {type(key).__name__}"
    shown = shown if len(shown) <= _LONGEST_KEY else f"{shown[: _LONGEST_KEY - 1]}…"
    owner = fault.value(node.value) if node is not None else UNKNOWN
    known = [one for one in owner if isinstance(one, str)] if isinstance(owner, dict) else []
    close = difflib.get_close_matches(key, known, n=2) if isinstance(key, str) else []
    name = fault.name(node.value if node is not None else None, "the dictionary")
    has = f" It has {list_text([repr(one) for one in known[:8]])}." if 0 < len(known) <= 8 else ""

    def changes() -> Iterator[Change]:
        for one in close if node is not None and isinstance(node.slice, ast.Constant) else []:
            yield f"[{one!r}]", fault.text.replaced((fault.text.span(node.slice), repr(one))) if node else ""

    start = "The dictionary" if name == "the dictionary" else f"The dictionary {name}"
    return Explanation(
        f"{start} has no key {shown}.{has}", did_you_mean(close) or "`.keys()` lists its keys.", fault.fixes(changes)
    )


def explain_unpacking(fault: Fault) -> Explanation | None:
    """Explain names on the left that are more or fewer than the values on the right."""
    if not isinstance(fault.error, ValueError | TypeError):
        return None
    many, few = _TOO_MANY.search(fault.said), _TOO_FEW.search(fault.said)
    single = fault.matches(r"cannot unpack non-iterable (\w+) object")
    if single is not None:
        return Explanation(
            f"Several names stand on the left of =, but the right side is {article(single[1])}, which cannot be taken "
            "apart.",
            "Write one name, or check what the right side returns.",
        )
    if many is None and few is None:
        return None
    statement = fault.statement
    value, target = _sides(statement)
    given = _count(fault.value(value)) if value is not None else None
    names = int(many[1]) if many else int(few[1]) if few else 0
    got = int(few[2]) if few else given
    counted = f"{count_text(got, 'value')} on the right" if got is not None else "more values on the right"
    return Explanation(
        f"{count_text(names, 'name')} on the left, {counted}.{_unpacked(fault, value)}",
        "Write as many names as values; `*rest` takes all that are left over, `_` is a name for what is not used.",
        fault.fixes(lambda: _starred(fault, target, got)) if many else (),
    )


def _sides(statement: ast.stmt | None) -> tuple[ast.expr | None, ast.expr | None]:
    if isinstance(statement, ast.Assign):
        return statement.value, statement.targets[0]
    if isinstance(statement, ast.For):
        return None, statement.target
    return None, None


def _count(value: object) -> int | None:
    if isinstance(value, torch.Tensor):
        return value.shape[0] if value.dim() else None
    return len(value) if isinstance(value, list | tuple | dict | str) else None


def _unpacked(fault: Fault, value: ast.expr | None) -> str:
    held = fault.value(value) if value is not None else UNKNOWN
    if isinstance(held, torch.Tensor):
        return f" A tensor of shape {shape_text(held.shape)} is taken apart along its first dimension."
    if isinstance(held, torch.Size):
        return f" The shape {shape_text(held)} has one size for each dimension."
    return ""


def _starred(fault: Fault, target: ast.expr | None, got: int | None) -> Iterator[Change]:
    if isinstance(target, ast.Tuple) and not any(isinstance(one, ast.Starred) for one in target.elts):
        end = fault.text.span(target.elts[-1])[1]
        missing = got - len(target.elts) if got is not None else 0
        if 0 < missing <= 3:
            code = ", _" * missing
            yield f"{fault.text.text(target)}{code}", fault.text.replaced(((end, end), code))
        yield f"{fault.text.text(target)}, *rest", fault.text.replaced(((end, end), ", *rest"))
