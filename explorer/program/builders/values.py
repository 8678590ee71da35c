r"""Nested lists of numbers, as people paste them.

>>> nested_list("1 2 3\n4 5 6")
'[[1, 2, 3], [4, 5, 6]]'
>>> nested_list("tensor([[1., 2.]], dtype=torch.float64)")
'[[1.0, 2.0]]'
"""

from __future__ import annotations

import ast
import re

from explorer.program.builders.numerals import float_named, shown
from explorer.program.builders.problems import ArgumentProblem

# The values become program text, which has to fit into a link; larger arrays are uploaded.
MAX_VALUES = 4096
RAGGED = "All rows need the same length."
"""How the message about rows of different lengths ends."""
_WRAPPER = re.compile(r"(?:(?:torch|np|numpy)\.)?(?:tensor|array|Tensor|asarray)\(")
# NumPy prints arrays without commas.
_GAP = re.compile(r"(?<=[\]\w.])\s+(?=[\[\w.]|[+-]\S)")
_Nested = str | list["_Nested"]


def nested_list(text: str, advice: str = "") -> str:
    """Return the values as a Python list (or one number); an ArgumentProblem names the row that is wrong."""
    text = text.strip()
    if "..." in text or "…" in text:
        raise ArgumentProblem(f"{shown(text)} leaves values out ('...'). Paste all of them. {advice}".strip())
    tree = _expression(text) if _WRAPPER.match(text) or text[:1] in "[(" else _rows(text, advice)
    if tree is None:
        raise ArgumentProblem(f"{shown(text)} is not a list of numbers. {advice}".strip())
    nested = _numbers(tree, text, advice)
    _check_rows(nested, ())
    if _count(nested) > MAX_VALUES:
        count = _count(nested)
        raise ArgumentProblem(f"{count} values are too many to type (at most {MAX_VALUES}). Upload them as a file.")
    return _written(nested)


def _expression(text: str) -> ast.expr | None:
    """Parse a bracketed list, within `tensor(…)` or not, with commas or without."""
    # [-1 -2] without commas is a difference to Python
    for attempt in (text,) if "," in text else (_GAP.sub(", ", text), text):
        try:
            tree = ast.parse(attempt.replace("\n", " "), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if isinstance(tree, ast.Call) and tree.args and _WRAPPER.match(text):
            return tree.args[0]
        return tree
    return None


def _rows(text: str, advice: str) -> ast.expr:
    """Parse lines of numbers separated by commas, semicolons, tabs or spaces; one line is a flat list."""
    rows = [row.strip().rstrip(",") for row in re.split(r"[\n;]", text) if row.strip()]
    lists = []
    for row in rows:
        cells = row.split(",") if "," in row else row.split()
        if not all(cell.strip() for cell in cells):
            raise ArgumentProblem(f"{shown(row)} has an empty place between two commas. {advice}".strip())
        lists.append(ast.List([_cell(cell.strip(), text, advice) for cell in cells], ast.Load()))
    if not lists:
        raise ArgumentProblem(f"{shown(text)} holds no values. {advice}".strip())
    if len(lists) > 1:
        return ast.List(list(lists), ast.Load())
    only = lists[0]
    # one number alone is a 0-d tensor
    return only.elts[0] if len(only.elts) == 1 and "," not in text else only


def _cell(cell: str, text: str, advice: str) -> ast.expr:
    try:
        return ast.parse(cell, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _not_a_number(text, cell, advice) from None


def _numbers(tree: ast.expr, text: str, advice: str) -> _Nested:
    if isinstance(tree, ast.List | ast.Tuple):
        return [_numbers(item, text, advice) for item in tree.elts]
    written = ast.unparse(tree)
    if named := float_named(written):
        return named
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError):
        value = None
    if not isinstance(value, bool | int | float | complex):
        raise _not_a_number(text, written, advice)
    return written


def _not_a_number(text: str, item: str, advice: str) -> ArgumentProblem:
    inside = f": {shown(item)} is not a number" if item.strip() != text else ""
    return ArgumentProblem(f"{shown(text)} is not a list of numbers{inside}. {advice}".strip())


def _check_rows(nested: _Nested, path: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape; raise ArgumentProblem for the first row that differs from row 1 beside it."""
    if isinstance(nested, str):
        return ()
    shapes = [_check_rows(item, (*path, place + 1)) for place, item in enumerate(nested)]
    for place, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ArgumentProblem(_ragged(path, place + 1, shape, shapes[0]))
    return (len(nested), *shapes[0]) if nested else (0,)


def _ragged(path: tuple[int, ...], row: int, shape: tuple[int, ...], first: tuple[int, ...]) -> str:
    within = "".join(f" of block {place}" for place in reversed(path))
    if len(shape) == len(first) == 1:
        lengths = f"has {_values(shape[0])}, but row 1 has {_values(first[0])}"
    else:
        lengths = f"is {_described(shape)}, but row 1 is {_described(first)}"
    return f"Row {row}{within} {lengths}. {RAGGED}"


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _described(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single number"
    return f"a list of length {shape[0]}" if len(shape) == 1 else f"a list of shape {shape}"


def _count(nested: _Nested) -> int:
    return 1 if isinstance(nested, str) else sum(map(_count, nested))


def _written(nested: _Nested) -> str:
    return nested if isinstance(nested, str) else f"[{', '.join(map(_written, nested))}]"
