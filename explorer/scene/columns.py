"""Many objects of one class as columns: what they have in common is written once.

A tuple of at least `MANY` dataclasses that are `Columnar` is written as an object with a column for each field. Such a
column is one of

- a list with a value for each object;
- `{"all": value}`, when all have the same; not the first column, whose length is the number of objects;
- `{"values": […], "at": […]}`: the values that occur, and for each object which of them it has;
- `{"lengths": […], "rows": columns}` for a field that is itself a tuple of such dataclasses: how many each object has,
  and all of them, one object's after the other's (`rows` is a list when there are none at all).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

MANY = 32

Plain = Callable[[Any], Any]
"""Makes a JSON value of a field's value."""


class Columnar:
    """Marks a dataclass of which scenes hold many: all fields can be hashed, and none holds floats or arrays."""

    columnar: ClassVar[bool] = True


def is_columnar(kind: object) -> bool:
    """Tell whether many of a class are written as columns."""
    return getattr(kind, "columnar", False) is True


def columns_of(rows: Sequence[Any], plain: Plain) -> dict[str, Any]:
    """Return some objects of one class as columns.

    Args:
        rows: At least one.
        plain: Makes JSON values of what stands in the fields.
    """
    kind: Any = type(rows[0])
    written = [row.__dict__ for row in rows]
    columns: dict[str, Any] = {}
    for name, form in _forms(kind):
        values = [own[name] for own in written]
        if form == "rows":
            columns[name] = _nested(values, plain)
        elif form == "number":
            columns[name] = values if not columns or values.count(values[0]) < len(values) else {"all": values[0]}
        else:
            columns[name] = _told_apart(values, plain, alone=not columns)
    return columns


def _nested(values: list[tuple[Any, ...]], plain: Plain) -> dict[str, Any]:
    inner = [row for rows in values for row in rows]
    if not inner:
        return {"all": []}
    return {"lengths": [len(rows) for rows in values], "rows": columns_of(inner, plain)}


def _told_apart(values: list[Any], plain: Plain, *, alone: bool) -> Any:  # noqa: ANN401 - JSON values are of any type
    """Return a column of values of which some may be equal; `alone`: it has to say how many there are."""
    numbers: dict[Any, int] = {}
    at = [numbers.setdefault(value, len(numbers)) for value in values]
    if len(numbers) == len(at):
        return [plain(value) for value in values]
    if len(numbers) == 1 and not alone:
        return {"all": plain(values[0])}
    return {"values": [plain(value) for value in numbers], "at": at}


@cache
def _forms(kind: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    """Return (name, how its column is written) of a class's fields: `number`, `rows` or `value`."""
    hints = get_type_hints(kind)
    return tuple((own.name, _form(hints[own.name])) for own in fields(kind))


def _form(hint: Any) -> str:  # noqa: ANN401 - any type hint
    if hint in (int, bool):
        return "number"
    return "rows" if get_origin(hint) is tuple and is_columnar(get_args(hint)[0]) else "value"
