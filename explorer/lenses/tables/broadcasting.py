"""Shapes lined up from the right: what an element by element operation stretches, and what does not fit."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.lenses.tables.accidents import accident_of
from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, dims_text, list_text, shape_text, words
from explorer.scene.tables import Table

Shape = tuple[int, ...]

_TITLE = "Shapes lined up from the right"

LOSSES = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "poisson_nll_loss"})
# These losses refuse operands of different shapes.
STRICT = frozenset({"binary_cross_entropy", "binary_cross_entropy_with_logits"})
ELEMENTWISE = LOSSES | words(
    "add sub subtract mul multiply div divide true_divide truediv floor_divide floordiv remainder mod fmod pow "
    "float_power maximum minimum fmax fmin max min eq ne lt le gt ge not_equal less less_equal greater greater_equal "
    "where clamp clip clamp_min clamp_max lerp atan2 arctan2 hypot copysign nextafter logaddexp logaddexp2 xlogy ldexp "
    "heaviside gcd lcm isclose addcmul addcdiv masked_fill masked_scatter copy rsub "
    "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor and or xor lshift rshift"
)


def alignment(operation: Operation) -> Table | None:
    """Return the shapes of an operation's operands under each other; None when it broadcasts nothing.

    Every tensor argument is a row, a dimension a column; dimensions that torch puts in front are `1 (added)`.
    """
    if operation.op in STRICT:
        return _strict(operation)
    if operation.op not in ELEMENTWISE:
        return None
    numbers = _operands(operation)
    shapes = [operation.inputs[number].shape for number in numbers]
    if len(shapes) < 2 or len(set(shapes)) == 1:
        return None
    names = [operation.name(number) for number in numbers]
    return _stretching(operation, names, numbers) if operation.error is None else _failed(operation, names, shapes)


def _stretching(operation: Operation, names: Sequence[str], numbers: Sequence[int]) -> Table:
    shapes = [operation.inputs[number].shape for number in numbers]
    result = tuple(np.broadcast_shapes(*shapes))
    marks = tuple(
        (row, 1 + dim)
        for row, shape in enumerate(_padded(shapes, len(result)))
        for dim, size in enumerate(shape)
        if size != result[dim]
    )
    notes = [_stretch_note(operation, names, numbers, result)]
    accident = accident_of(operation, shapes, result, loss=operation.op in LOSSES)
    if accident is not None:
        notes.insert(0, accident.text)
    return Table(
        _TITLE,
        _header(len(result)),
        (*_rows(names, shapes, len(result)), ("result", *map(str, result))),
        marks,
        " ".join(note for note in notes if note),
        "plain" if accident is None else "warning",
        () if accident is None else accident.fixes,
    )


def misfit_columns(shapes: Sequence[Shape]) -> tuple[int, ...]:
    """Return the dimensions of the widest shape, counted from the right (-1 is the last), that do not broadcast."""
    rank = max(map(len, shapes), default=0)
    return tuple(
        -back for back in range(rank, 0, -1) if len({shape[-back] for shape in shapes if len(shape) >= back} - {1}) > 1
    )


def _operands(operation: Operation) -> list[int]:
    """Return the numbers of the tensor arguments that are lined up: not `out`, and of a loss the first two."""
    numbers = list(range(len(operation.inputs)))
    if operation.keywords.get("out") is not None:
        numbers = numbers[:-1]
    return numbers[:2] if operation.op in LOSSES else numbers


def _padded(shapes: Sequence[Shape], rank: int) -> list[Shape]:
    return [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]


def _header(rank: int) -> tuple[str, ...]:
    return ("", *(f"dim {dim - rank}" for dim in range(rank)))


def _rows(names: Sequence[str], shapes: Sequence[Shape], rank: int) -> tuple[tuple[str, ...], ...]:
    added = [["1 (added)"] * (rank - len(shape)) for shape in shapes]
    return tuple((name, *new, *map(str, shape)) for name, new, shape in zip(names, added, shapes, strict=True))


def _stretch_note(operation: Operation, names: Sequence[str], numbers: Sequence[int], result: Shape) -> str:
    """Say what is read again and again, and what copies in its place would take."""
    reads, costs = [], []
    for name, number in zip(names, numbers, strict=True):
        state = operation.inputs[number]
        if math.prod(result) > state.numel > 0:
            times = count_text(math.prod(result) // state.numel, "time")
            reads.append(f"{name} is read {times} over along {_stretched_dims(state.shape, result)}")
            costs.append(f"{math.prod(result) * state.itemsize:,} bytes")
    if not reads:
        return ""
    copies = "Real copies" if len(costs) > 1 else "A real copy"
    return (
        f"{list_text(reads)}, with stride 0: 0 bytes more. "
        f"{copies} of shape {shape_text(result)} would take {_each(costs)}."
    )


def _each(costs: Sequence[str]) -> str:
    return f"{costs[0]} each" if len(costs) > 1 and len(set(costs)) == 1 else list_text(costs)


def _stretched_dims(shape: Shape, result: Shape) -> str:
    sizes = _padded([shape], len(result))[0]
    return dims_text([dim - len(result) for dim, size in enumerate(sizes) if size != result[dim]])


def _failed(operation: Operation, names: Sequence[str], shapes: Sequence[Shape]) -> Table | None:
    rank = max(map(len, shapes))
    misfits = misfit_columns(shapes)
    rows = _rows(names, shapes, rank)
    if not misfits:
        return _growth(operation, names, shapes)
    sizes = [str(max(column)) for column in zip(*_padded(shapes, rank), strict=True)]
    result = ["does not fit" if dim - rank in misfits else size for dim, size in enumerate(sizes)]
    marks = [
        (row, 1 + rank + dim) for row, shape in enumerate(_padded(shapes, rank)) for dim in misfits if shape[dim] != 1
    ]
    pairs = [
        f"{list_text(sorted({shape[dim] for shape in shapes if len(shape) >= -dim} - {1}))} (dim {dim})"
        for dim in misfits
    ]
    note = f"Two sizes fit when they are equal or one of them is 1: {list_text(pairs)} do not."
    return Table(_TITLE, _header(rank), (*rows, ("result", *result)), tuple(marks), note, "error")


def _growth(operation: Operation, names: Sequence[str], shapes: Sequence[Shape]) -> Table | None:
    """Return the table of a write in place whose result would be larger than what is written."""
    result = tuple(np.broadcast_shapes(*shapes))
    if not operation.inplace or result == shapes[0]:
        return None
    rank = len(result)
    target = _padded(shapes[:1], rank)[0]
    marks = tuple(
        (len(shapes), 1 + dim) for dim in range(rank) if rank - dim > len(shapes[0]) or target[dim] != result[dim]
    )
    note = (
        f"The result would have shape {shape_text(result)}, and {names[0]} keeps its shape {shape_text(shapes[0])} "
        "when it is written in place: only the other operands may be stretched."
    )
    rows = (*_rows(names, shapes, rank), ("result", *map(str, result)))
    return Table(_TITLE, _header(rank), rows, marks, note, "error")


def _strict(operation: Operation) -> Table | None:
    """Return the two shapes of a loss that must be equal and are not."""
    shapes = [state.shape for state in operation.inputs[:2]]
    if len(set(shapes)) < 2:
        return None
    rank = max(map(len, shapes))
    padded = [("none",) * (rank - len(shape)) + tuple(map(str, shape)) for shape in shapes]
    rows = tuple((operation.name(row), *sizes) for row, sizes in enumerate(padded))
    marks = tuple((row, 1 + dim) for dim in range(rank) if padded[0][dim] != padded[1][dim] for row in range(2))
    note = f"{operation.op} stretches nothing: both shapes must be equal."
    return Table(_TITLE, _header(rank), rows, marks, note, "error")
