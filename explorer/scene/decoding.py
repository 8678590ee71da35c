"""A Scene from bytes: what `explorer.scene.encoding` wrote, read as data that anybody may have written.

The classes' own type hints say what may stand where; anything else is refused. Arrays come with the type that they
were sent with, which for 64-bit integers that fit and for float16 is a smaller or larger one than they were made with.
"""

from __future__ import annotations

import json
import types
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from itertools import islice
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from explorer.scene.columns import is_columnar
from explorer.scene.encoding import ALIGNMENT, MAGIC, TYPES
from explorer.scene.model import Scene
from explorer.scene.relations import Array

T = TypeVar("T")

_NUMPY_TYPES = {code: np.dtype(name) for name, code in TYPES.items()}


class DecodingError(ValueError):
    """The bytes are not what the encoder writes."""


class Arrays:
    """The arrays behind a header: `{"type", "offset", "length"}` entries and the bytes that they lie in."""

    def __init__(self, entries: object, content: memoryview) -> None:
        if not isinstance(entries, list):
            raise DecodingError("the list of arrays is missing")
        self._entries = entries
        self._content = content
        self._read: dict[int, Array] = {}

    def __getitem__(self, number: object) -> Array:
        """Return an array: 1-d, read-only, in the bytes' own memory."""
        if type(number) is not int or not 0 <= number < len(self._entries):
            raise DecodingError(f"no array {number!r}")
        if number not in self._read:
            self._read[number] = self._array(self._entries[number])
        return self._read[number]

    def _array(self, entry: object) -> Array:
        if not isinstance(entry, dict):
            raise DecodingError("an array is described by an object")
        dtype = _NUMPY_TYPES.get(str(entry.get("type")))
        offset, length = entry.get("offset"), entry.get("length")
        if dtype is None or type(offset) is not int or type(length) is not int:
            raise DecodingError("an array has a type, an offset and a length")
        if offset < 0 or length < 0 or offset + length * dtype.itemsize > len(self._content):
            raise DecodingError("an array lies outside the bytes")
        return np.frombuffer(self._content, dtype=dtype, count=length, offset=offset) if length else np.empty(0, dtype)


class Reader:
    """Reads JSON values as what type hints say."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays

    def read(self, node: Any, hint: Any) -> Any:  # noqa: ANN401 - any JSON value, any type
        """Return the value of type `hint` that `node` stands for.

        Raises:
            DecodingError: It stands for none.
        """
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(node, get_args(hint))
        if origin is Literal:
            return _checked(node, node in get_args(hint), hint)
        if origin is tuple:
            return self._tuple(node, get_args(hint))
        if origin is np.ndarray:
            return self.read_array(node)
        if is_dataclass(hint):
            return self.read_object(node, hint)
        if hint is float:
            return float(_checked(node, type(node) in (int, float), hint))
        if hint in (int, str, bool, types.NoneType):
            return _checked(node, type(node) is hint, hint)
        return self.read_other(node, hint)

    def read_array(self, node: Any) -> Array:  # noqa: ANN401
        """Return the array that `node` stands for."""
        return self.arrays[node]

    def read_object(self, node: Any, kind: Any) -> Any:  # noqa: ANN401
        """Return the dataclass `kind` that `node` stands for: an object with its fields."""
        hints = _scene_types(kind)
        if not isinstance(node, dict) or not _needed(kind) <= node.keys():
            raise DecodingError(f"no {kind.__name__}")
        return kind(**{name: self.read(node[name], hint) for name, hint in hints.items() if name in node})

    def read_other(self, node: Any, hint: Any) -> Any:  # noqa: ANN401
        """Return a value of a type that this class does not know."""
        raise DecodingError(f"{node!r:.50} cannot be read as {hint}")

    def _one_of(self, node: Any, hints: tuple[Any, ...]) -> Any:  # noqa: ANN401
        if node is None and types.NoneType in hints:
            return None
        for hint in hints:
            try:
                return self.read(node, hint)
            except DecodingError:
                continue
        raise DecodingError("nothing that may stand here")

    def _tuple(self, node: Any, hints: tuple[Any, ...]) -> tuple[Any, ...]:  # noqa: ANN401
        if isinstance(node, dict) and is_columnar(hints[0]) and hints[1] is Ellipsis:
            return self._rows(node, hints[0])
        if not isinstance(node, list):
            raise DecodingError("no list")
        if len(hints) == 2 and hints[1] is Ellipsis:
            return tuple([self.read(item, hints[0]) for item in node])
        if len(node) != len(hints):
            raise DecodingError(f"{len(hints)} values are expected")
        return tuple([self.read(item, hint) for item, hint in zip(node, hints, strict=True)])

    def _rows(self, node: dict[str, Any], kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
        """Return the objects that columns stand for."""
        hints = _scene_types(kind)
        if node.keys() != hints.keys():
            raise DecodingError(f"columns for the fields of {kind.__name__} are expected")
        columns: list[Sequence[Any]] = []
        for name, hint in hints.items():
            columns.append(self._column(node[name], hint, len(columns[0]) if columns else None))
        return tuple([kind(*row) for row in zip(*columns, strict=True)])

    def _column(self, column: Any, hint: Any, count: int | None) -> Sequence[Any]:  # noqa: ANN401
        """Return the values of a column; `count`: how many there have to be, None for the first."""
        if isinstance(column, dict) and column.keys() == {"all"} and count is not None:
            return [self.read(column["all"], hint)] * count
        if isinstance(column, list):
            values = [self.read(value, hint) for value in column]
        elif isinstance(column, dict) and column.keys() == {"values", "at"}:
            values = _chosen(self._tuple(column["values"], (hint, ...)), column["at"])
        elif isinstance(column, dict) and column.keys() == {"lengths", "rows"}:
            values = _cut(self.read(column["rows"], hint), column["lengths"])
        else:
            raise DecodingError("no column")
        if count is not None and len(values) != count:
            raise DecodingError("the columns have different lengths")
        return values


def _chosen(values: Sequence[Any], places: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(places, list) or not all(type(at) is int and 0 <= at < len(values) for at in places):
        raise DecodingError("the places in a column are numbers of its values")
    return [values[at] for at in places]


def _cut(rows: Any, lengths: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """Return rows in stretches of these lengths."""
    if not isinstance(rows, tuple) or not isinstance(lengths, list):
        raise DecodingError("rows in a column come with their lengths")
    if not all(type(length) is int and length >= 0 for length in lengths) or sum(lengths) != len(rows):
        raise DecodingError("the lengths in a column do not add up to its rows")
    left = iter(rows)
    return [tuple(islice(left, length)) for length in lengths]


def field_types(kind: Any, names: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ANN401
    """Return the type of each field of a dataclass; `names` are names that its annotations need besides."""
    hints = get_type_hints(kind, localns=names)
    return {field.name: hints[field.name] for field in fields(kind)}


_scene_types = cache(field_types)


@cache
def _needed(kind: Any) -> frozenset[str]:  # noqa: ANN401
    """Return the fields that must be there: all, but for those of a sparse class that have a default."""
    sparse = getattr(kind, "sparse", False)
    return frozenset(own.name for own in fields(kind) if not sparse or own.default is MISSING)


def split(encoded: bytes, magic: bytes) -> tuple[dict[str, Any], memoryview]:
    """Return the header and the arrays' bytes of the layout that `explorer.scene.encoding` describes.

    Raises:
        DecodingError: It is not in that layout.
    """
    if encoded[:4] != magic or len(encoded) < ALIGNMENT:
        raise DecodingError(f"the bytes do not start with {magic.decode()}")
    end = ALIGNMENT + int.from_bytes(encoded[4:8], "little")
    try:
        header = json.loads(encoded[ALIGNMENT:end])
    except (ValueError, RecursionError):
        raise DecodingError("the header is not JSON") from None
    if not isinstance(header, dict):
        raise DecodingError("the header is not an object")
    return header, memoryview(encoded)[end:]


def decode(encoded: bytes) -> Scene:
    """Return the Scene that `encode` wrote.

    Raises:
        DecodingError: The bytes are not a Scene.
    """
    return decode_as(encoded, MAGIC, Scene)


def decode_as(encoded: bytes, magic: bytes, kind: type[T]) -> T:
    """Return the dataclass that `encode_as` wrote.

    Raises:
        DecodingError: The bytes are none.
    """
    header, content = split(encoded, magic)
    try:
        value: T = Reader(Arrays(header.get("arrays"), content)).read(header, kind)
    except (RecursionError, OverflowError):
        raise DecodingError("the header is nested too deeply, or a number is too large") from None
    return value


def _checked(node: Any, holds: bool, hint: Any) -> Any:  # noqa: ANN401
    if not holds:
        raise DecodingError(f"no {hint}")
    return node
