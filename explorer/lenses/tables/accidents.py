"""Broadcasts that are probably an accident, and programs without them."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, shape_text

Shape = tuple[int, ...]

# Between a column and a row of equal length these are rarely meant; `+` and `*` make tables on purpose.
_SUSPECT = frozenset({"sub", "subtract", "eq", "ne", "not_equal"})
_ARITHMETIC = frozenset({"add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "truediv"})
# torch itself warns of operands of different shapes in these.
_WARNED = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class Accident:
    """What probably went wrong, and (label, whole program) of changes without it."""

    text: str
    fixes: tuple[tuple[str, str], ...]


def accident_of(operation: Operation, shapes: Sequence[Shape], result: Shape, *, loss: bool) -> Accident | None:
    """Return what is suspicious about a broadcast; None when nothing is.

    Args:
        operation: The call.
        shapes: Shapes of the operands that are lined up.
        result: What they broadcast to.
        loss: Whether the call compares predictions with targets.
    """
    if len(shapes) != 2:
        return None
    left, right = shapes
    for column, row in ((0, 1), (1, 0)):
        if _is_column_of(shapes[column], shapes[row]) and (loss or _unmeant(operation, column)):
            return _column_with_row(operation, shapes, column, result)
    if loss:
        return _loss(operation, left, right, result)
    for square, row in ((0, 1), (1, 0)):
        if operation.op in _ARITHMETIC and _is_square_of(shapes[square], shapes[row]):
            return _ambiguous(operation, row, shapes[row][0])
    return None


def _is_column_of(column: Shape, row: Shape) -> bool:
    """Tell whether one is (…, n, 1) and the other (…, n), with n above 1."""
    return len(column) > 1 and column[-1] == 1 and column[:-1] == row and row[-1] > 1


def _is_square_of(square: Shape, row: Shape) -> bool:
    return len(row) == 1 and row[0] > 1 and square[-2:] == (*row, *row)


def _unmeant(operation: Operation, column: int) -> bool:
    """Tell whether the program says nothing of wanting each of one with each of the other (`x[:, None] - x`)."""
    node = operation.operands[column]
    text = "" if node is None else operation.expression.segment(node)
    return operation.op in _SUSPECT and "None" not in text and "unsqueeze" not in text


def _column_with_row(operation: Operation, shapes: Sequence[Shape], column: int, result: Shape) -> Accident:
    row = 1 - column
    written = 0 if operation.inplace else None
    fixes = [
        *_changed(operation, column, "squeeze(-1)", written),
        *_changed(operation, row, "unsqueeze(-1)", written),
    ]
    rows = math.prod(shapes[row])
    text = (
        f"Probably an accident: {shape_text(shapes[column])} with {shape_text(shapes[row])} pairs each of the "
        f"{rows:,} values with {'every other' if len(shapes[row]) == 1 else 'others'}, {shape_text(result)} in all, "
        f"where {count_text(rows, 'pair')} may be meant.{_warned(operation)}"
    )
    return Accident(text, tuple(fixes))


def _loss(operation: Operation, left: Shape, right: Shape, result: Shape) -> Accident:
    text = (
        f"Probably an accident: a loss compares value by value, and the shapes {shape_text(left)} and "
        f"{shape_text(right)} differ. They are stretched to {shape_text(result)} first.{_warned(operation)}"
    )
    if [size for size in left if size != 1] != [size for size in right if size != 1]:
        return Accident(text, ())
    node = operation.operands[0]
    if node is None:
        return Accident(text, ())
    return Accident(text, tuple(_changed(operation, 1, f"view_as({operation.expression.segment(node)})", None)))


def _warned(operation: Operation) -> str:
    return " torch warns of it, too." if operation.op in _WARNED else ""


def _ambiguous(operation: Operation, row: int, length: int) -> Accident:
    name = operation.name(row)
    text = (
        f"Rows and columns are equally long, so both directions would fit: {name} runs along dim -1, its value j meets "
        f"column j of all {length:,} rows. With unsqueeze(1) its value i meets row i."
    )
    return Accident(text, tuple(_changed(operation, row, "unsqueeze(1)", 0 if operation.inplace else None)))


def _changed(operation: Operation, number: int, call: str, written: int | None) -> Iterator[tuple[str, str]]:
    """Yield the program with `.call` behind an operand, unless that is what is written, or is not known."""
    node: ast.expr | None = operation.operands[number]
    if node is None or number == written:
        return
    text, source = operation.expression.with_method(node, call)
    label = " ".join(text.split())
    yield label if len(label) <= _LONGEST_LABEL else f".{call}", source
