"""Matrix products: what torch makes of the shapes, and which sizes must agree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, list_text, shape_text
from explorer.scene.tables import Table

Shape = tuple[int, ...]

_RANKS: dict[str, Shape] = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}
_PRODUCTS = frozenset({"matmul", "linear", *_RANKS})
_TITLE = "What the product makes of the shapes"
_HEADER = ("", "shape", "taken as", "batch", "rows", "columns")
_SHAPE, _BATCH, _ROWS, _COLUMNS = 1, 3, 4, 5


@dataclass(frozen=True)
class Factor:
    """One side of a product as torch takes it: a batch of matrices.

    Attributes:
        shape: The tensor's own sizes.
        batch: Sizes before the matrices.
        rows: Rows of each matrix.
        columns: Columns of each.
        added: Where a vector gets its dimension of size 1: `in front`, `behind`, or "" for no vector.
    """

    shape: Shape
    batch: Shape
    rows: int
    columns: int
    added: str = ""

    @property
    def full(self) -> Shape:
        """Sizes with the added one."""
        return (*self.batch, self.rows, self.columns)


def left_factor(shape: Shape) -> Factor:
    """Return what a tensor of at least one dimension is as the left side."""
    return Factor(shape, (), 1, shape[0], "in front") if len(shape) == 1 else _matrices(shape)


def right_factor(shape: Shape) -> Factor:
    """Return what a tensor of at least one dimension is as the right side."""
    return Factor(shape, (), shape[0], 1, "behind") if len(shape) == 1 else _matrices(shape)


def product(operation: Operation) -> Table | None:
    """Return the table of a matrix product; None for other calls, and when it failed for another reason."""
    if operation.op not in _PRODUCTS or len(operation.inputs) < 2:
        return None
    first, second = (state.shape for state in operation.inputs[:2])
    if operation.op == "linear":
        second = second[::-1]
    names = _names(operation)
    ranks = _RANKS.get(operation.op)
    if not first or not second or (ranks and ranks != (len(first), len(second))):
        return _wrong_ranks(operation, names, (first, second)) if operation.error is not None else None
    left, right = left_factor(first), right_factor(second)
    if operation.error is None:
        return _fitting(operation, names, left, right)
    return _inner_misfit(names, left, right) or _batch_misfit(operation, names, left, right)


def _matrices(shape: Shape) -> Factor:
    return Factor(shape, shape[:-2], shape[-2], shape[-1])


def _names(operation: Operation) -> tuple[str, str]:
    if operation.op != "linear":
        return operation.name(0), operation.name(1)
    left, right = operation.operands[:2]
    return (
        "input" if left is None else operation.name(0),
        "weight, transposed" if right is None else f"{operation.name(1)}, transposed",
    )


def _fitting(operation: Operation, names: tuple[str, str], left: Factor, right: Factor) -> Table:
    batch = tuple(np.broadcast_shapes(left.batch, right.batch))
    output = operation.outputs[0].shape
    result = Factor(output, batch, left.rows, right.columns)
    each = count_text(left.columns, "product")
    total = math.prod(result.full)
    notes = [f"The inner sizes agree: {left.columns} columns meet {right.rows} rows."]
    if left.batch != right.batch and left.batch and right.batch:
        notes.append(
            f"The batch dimensions {shape_text(left.batch)} and {shape_text(right.batch)} "
            f"broadcast to {shape_text(batch)}."
        )
    if left.added or right.added:
        notes.append("The 1 that was put to a vector is taken away from the result.")
    notes.append(
        f"Each of {count_text(total, 'result')} is a sum of {each}: "
        f"{total:,} · {left.columns:,} = {count_text(total * left.columns, 'multiply–add')}."
    )
    rows = (*_rows(names, left, right), ("result", *_cells(result)))
    return Table(_TITLE, _HEADER, rows, ((0, _COLUMNS), (1, _ROWS)), " ".join(notes))


def _rows(names: tuple[str, str], left: Factor, right: Factor) -> tuple[tuple[str, ...], ...]:
    return (names[0], *_cells(left)), (names[1], *_cells(right))


def _cells(factor: Factor) -> tuple[str, ...]:
    taken = shape_text(factor.full) + (f": 1 put {factor.added}" if factor.added else "")
    batch = shape_text(factor.batch) if factor.batch else "none"
    return shape_text(factor.shape), taken, batch, str(factor.rows), str(factor.columns)


def _inner_misfit(names: tuple[str, str], left: Factor, right: Factor) -> Table | None:
    if left.columns == right.rows:
        return None
    note = (
        f"Row times column multiplies pair by pair, so the columns of {names[0]} ({left.columns}) must be as many as "
        f"the rows of {names[1]} ({right.rows})."
    )
    return Table(_TITLE, _HEADER, _rows(names, left, right), ((0, _COLUMNS), (1, _ROWS)), note, "error")


def _batch_misfit(operation: Operation, names: tuple[str, str], left: Factor, right: Factor) -> Table | None:
    backs = range(1, min(len(left.batch), len(right.batch)) + 1)
    pairs = [(left.batch[-back], right.batch[-back]) for back in backs]
    strict = operation.op == "bmm"
    bad = [f"{a} and {b}" for a, b in pairs if a != b and (strict or 1 not in (a, b))]
    if not bad:
        return None
    rule = "must be equal" if strict else "must be equal, or one of them 1"
    note = f"The matrices fit, their batches do not: sizes at the same place {rule}, not {list_text(bad)}."
    return Table(_TITLE, _HEADER, _rows(names, left, right), ((0, _BATCH), (1, _BATCH)), note, "error")


def _wrong_ranks(operation: Operation, names: tuple[str, str], shapes: tuple[Shape, Shape]) -> Table:
    wanted = _RANKS.get(operation.op)
    rows = tuple((name, shape_text(shape), "–", "–", "–", "–") for name, shape in zip(names, shapes, strict=True))
    if wanted is None:
        marks = tuple((row, _SHAPE) for row, shape in enumerate(shapes) if not shape)
        note = "A matrix product takes vectors, matrices and batches of matrices; a single number has no dimension."
    else:
        marks = tuple((row, _SHAPE) for row, shape in enumerate(shapes) if len(shape) != wanted[row])
        note = (
            f"{operation.op} takes {count_text(wanted[0], 'dimension')} on the left and {wanted[1]} on the right, "
            f"not {len(shapes[0])} and {len(shapes[1])}; matmul takes any."
        )
    return Table(_TITLE, _HEADER, rows, marks, note, "error")
