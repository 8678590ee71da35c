"""A Scene as bytes: a JSON header and the arrays, 8-byte aligned.

Layout: the 4 bytes `TXS1`, the header's length as a little-endian uint32, the header (UTF-8 JSON, padded with
spaces to a multiple of 8), then each array at an offset that is a multiple of 8 from the end of the header.
The header is `dataclasses.asdict` of the scene with every array replaced by its index in `header["arrays"]`,
and every `Run` by `{"first": n}`; of a dataclass that is `sparse`, fields with their default are left out. Many objects
of one class may be written as columns (`explorer.scene.columns`).
`header["arrays"]` lists `{"type", "offset", "length"}`. Types are `f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1` (b1: bool, one
byte each) and `c8 c16` (complex: real and imaginary interleaved; length counts complex numbers). NaN and infinities
travel as bits, never through JSON.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.scene.collection import uncollected
from explorer.scene.columns import MANY, columns_of, is_columnar

if TYPE_CHECKING:
    from explorer.scene.model import Scene
    from explorer.scene.relations import Array

MAGIC = b"TXS1"
ALIGNMENT = 8

TYPES = {
    "float32": "f4",
    "float64": "f8",
    "int8": "i1",
    "int16": "i2",
    "int32": "i4",
    "int64": "i8",
    "uint8": "u1",
    "uint16": "u2",
    "uint32": "u4",
    "uint64": "u8",
    "bool": "b1",
    "complex64": "c8",
    "complex128": "c16",
}


class _Arrays:
    """Collects arrays; equal ones by identity are stored once."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.chunks: list[bytes] = []
        self._size = 0
        self._seen: dict[int, int] = {}

    def add(self, array: Array) -> int:
        if id(array) in self._seen:
            return self._seen[id(array)]
        narrow = _narrow(np.ascontiguousarray(array))
        raw = narrow.tobytes()
        self.entries.append({"type": TYPES[narrow.dtype.name], "offset": self._size, "length": narrow.size})
        padding = -len(raw) % ALIGNMENT
        self.chunks.append(raw + bytes(padding))
        self._size += len(raw) + padding
        self._seen[id(array)] = len(self.entries) - 1
        return self._seen[id(array)]


def _narrow(array: Array) -> Array:
    """Return 64-bit integers as 32-bit ones where every value fits: half the bytes, no BigInt in the browser.

    float16 becomes float32: not every browser has arrays of the former.
    """
    if array.dtype == np.float16:
        return array.astype(np.float32)
    if array.dtype != np.int64 or array.size == 0:
        return array
    limits = np.iinfo(np.int32)
    fits = limits.min <= int(array.min()) and int(array.max()) <= limits.max
    return array.astype(np.int32) if fits else array


_Plan = tuple[tuple[str, Any], ...]
_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


def _plain(value: Any, arrays: _Arrays) -> Any:  # noqa: ANN401 - JSON values are of any type
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is tuple or kind is list:
        if len(value) >= MANY and is_columnar(type(value[0])):
            return columns_of(value, lambda item: _plain(item, arrays))
        return [_plain(item, arrays) for item in value]
    if isinstance(value, np.ndarray):
        return arrays.add(value)
    if kind not in _PLANS:
        _PLANS[kind] = _plan(kind)
    plan = _PLANS[kind]
    if plan is None:
        return value
    read = value.__dict__
    return {name: _plain(read[name], arrays) for name, default in plan if default is _ALWAYS or read[name] != default}


_ALWAYS = object()
_PLANS: dict[type, _Plan | None] = {}


def _plan(kind: type) -> _Plan | None:
    """Return the fields of a dataclass, with the value for which each is left out; None for other types.

    Of most classes none is left out (`_ALWAYS`); of a sparse one those that have their default.
    """
    if not is_dataclass(kind):
        return None
    sparse = getattr(kind, "sparse", False)
    return tuple((own.name, own.default if sparse else _ALWAYS) for own in fields(kind))


def encode(scene: Scene) -> bytes:
    """Return `scene` in the layout that this module describes."""
    return encode_as(scene, MAGIC)


def is_mostly_text(encoded: bytes) -> bool:
    """Tell whether an encoded value is for the greater part its header, which packs well; numbers hardly do."""
    return 2 * int.from_bytes(encoded[4:8], "little") > len(encoded)


def encode_as(value: object, magic: bytes) -> bytes:
    """Return a dataclass in the layout that this module describes, with another mark in the place of `TXS1`."""
    arrays = _Arrays()
    with uncollected():
        header = _plain(value, arrays)
    header["arrays"] = arrays.entries
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    return b"".join([magic, len(text).to_bytes(4, "little"), text, *arrays.chunks])
