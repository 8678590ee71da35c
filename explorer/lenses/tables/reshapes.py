"""The arithmetic of a new shape: what -1 stands for, or why the elements do not fill it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, product_text, shape_text
from explorer.scene.tables import Table

_TITLE = "What -1 stands for"
_ASKED = re.compile(r"(?:shape '?|sizes )[\[(](-?\d+(?:, -?\d+)*),?[\])]")


def missing_size(operation: Operation) -> Table | None:
    """Return how the size written as -1 follows from the others; None when the call has no such arithmetic."""
    if operation.op not in ("reshape", "view", "unflatten") or not operation.inputs:
        return None
    asked = _asked(operation)
    total = _total(operation)
    if asked is None or total is None or list(asked).count(-1) > 1 or min(asked, default=0) < -1:
        return None
    if operation.error is not None:
        return _failing(asked, total)
    return _fitting(operation, asked, total) if -1 in asked else None


def _asked(operation: Operation) -> tuple[int, ...] | None:
    """Return the sizes as they were asked for; those of a failed call also from torch's own words."""
    if operation.op == "unflatten":
        given = operation.argument(2, "sizes", "unflattened_size")
    elif "shape" in operation.keywords:
        given = operation.keywords["shape"]
    elif len(operation.arguments) == 2:
        given = operation.arguments[1]
    else:
        given = operation.arguments[1:]
    sizes = _integers(given)
    if sizes is None and operation.error is not None:
        found = _ASKED.search(operation.error.detail)
        sizes = tuple(int(size) for size in found[1].split(", ")) if found else None
    return sizes


def _integers(given: Any) -> tuple[int, ...] | None:  # noqa: ANN401 - whatever the program wrote
    values = given if isinstance(given, tuple | list) else (given,)
    return tuple(values) if values and all(type(value) is int for value in values) else None


def _total(operation: Operation) -> int | None:
    """Return how many elements the new sizes must hold: all, or those of the dimension that is unflattened."""
    state = operation.inputs[0]
    if operation.op != "unflatten":
        return state.numel
    dim = operation.argument(1, "dim")
    rank = len(state.shape)
    return state.shape[dim] if type(dim) is int and -rank <= dim < rank else None


def _known(asked: Sequence[int]) -> list[int]:
    return [size for size in asked if size != -1]


def _fitting(operation: Operation, asked: tuple[int, ...], total: int) -> Table | None:
    known = _known(asked)
    product = math.prod(known)
    if product == 0 or total % product:
        return None
    found = total // product
    full = tuple(found if size == -1 else size for size in asked)
    if operation.op == "unflatten":
        dim = operation.argument(1, "dim") % len(operation.inputs[0].shape)
        held = f"dim {dim} has size {total:,}"
        note = f"unflatten({shape_text(asked)}) splits it into {shape_text(full)}."
    else:
        held = count_text(total, "element")
        note = f"{shape_text(asked)} means {shape_text(full)}."
    row = (held, product_text(known) if known else "none", _division(total, known, str(found)))
    return Table(_TITLE, ("to be placed", "given sizes", "-1"), (row,), ((0, 2),), note)


def _division(total: int, known: Sequence[int], result: str) -> str:
    below = " · ".join(str(size) for size in known)
    below = f"({below})" if len(known) > 1 else below
    return f"{total} / {below} = {result}" if known else str(total)


def _failing(asked: tuple[int, ...], total: int) -> Table | None:
    known = _known(asked)
    product = math.prod(known)
    if -1 not in asked:
        return None if product == total else _other_count(asked, total)
    header = ("to be placed", "given sizes", "-1")
    if product == 0:
        row = (f"{total:,}", product_text(known), "any")
        note = "With a size of 0 among the others, every size would do for -1, so torch refuses to choose."
        return Table(_TITLE, header, (row,), ((0, 2),), note, "error")
    if total % product == 0:
        return None
    below = total // product
    row = (f"{total:,}", product_text(known), f"{total} / {product} = {below}, remainder {total % product}")
    note = f"{total:,} is not divisible by {product:,}: {product} · {below} = {product * below} and "
    note += f"{product} · {below + 1} = {product * (below + 1)}."
    return Table(_TITLE, header, (row,), ((0, 2),), note, "error")


def _other_count(asked: tuple[int, ...], total: int) -> Table:
    note = f"Shape {shape_text(asked)} has {math.prod(asked):,} places for {count_text(total, 'element')}."
    row = (f"{total:,}", product_text(asked))
    return Table("Elements and places", ("to be placed", "places"), (row,), ((0, 1),), note, "error")
