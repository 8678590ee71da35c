"""A Trace as bytes and back: plain data in, plain data out, whoever wrote the bytes.

The layout is that of `explorer.scene.encoding` with the mark `TXT1`. The header has the keys `root`, `objects` and
`arrays`. Objects that the trace holds more than once (a tensor's state, as a rule) are written once: `objects` lists
`[class name, field values]`, and `{"o": n}` stands for entry n. `{"a": n, "shape": […]}` stands for an array. Live
tensors and calls stay behind, as they do in `TensorState.__getstate__`.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from explorer.scene.decoding import Arrays, DecodingError, Reader, field_types, split
from explorer.scene.encoding import ALIGNMENT, TYPES
from explorer.trace import calls, model, values
from explorer.trace.model import Trace
from explorer.trace.values import Array, Contents

MAGIC = b"TXT1"

# modules whose names the model's annotations use
_NAMES = {**vars(calls), **vars(values), **vars(model)}
_DTYPES = {str(value): value for value in vars(torch).values() if isinstance(value, torch.dtype)}


def encode_trace(trace: Trace) -> bytes:
    """Return a trace, without its live tensors, in the layout that this module describes."""
    writer = _Writer()
    root = writer.plain(trace)
    header = {"root": root, "objects": writer.objects, "arrays": writer.arrays}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *writer.chunks])


def decode_trace(encoded: bytes) -> Trace:
    """Return the trace that `encode_trace` wrote.

    Raises:
        DecodingError: The bytes are not a trace.
    """
    header, content = split(encoded, MAGIC)
    reader = _TraceReader(Arrays(header.get("arrays"), content), header.get("objects"))
    try:
        trace: Trace = reader.read(header.get("root"), Trace)
    except (RecursionError, OverflowError):
        raise DecodingError("the header is nested too deeply, or a number is too large") from None
    if not trace.bindings or len(trace.bindings) <= len(trace.steps):
        raise DecodingError("names are missing after a step")
    return trace


class _Writer:
    """Turns dataclasses into JSON values, an object table and arrays."""

    def __init__(self) -> None:
        self.objects: list[list[Any]] = []
        self.arrays: list[dict[str, Any]] = []
        self.chunks: list[bytes] = []
        self._size = 0
        # by value where a class compares so (a place in the text), else by identity; what is written stays alive
        # here, so that no other object gets its id
        self._written: dict[Any, tuple[dict[str, Any], object]] = {}

    def plain(self, value: Any) -> Any:  # noqa: ANN401 - dataclasses hold values of any type
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, tuple | list):
            return [self.plain(item) for item in value]
        if isinstance(value, torch.dtype | torch.device):
            return str(value)
        key = value if _compares_by_value(value) else id(value)
        if key not in self._written:
            self._written[key] = (self._new(value), value)
        return self._written[key][0]

    def _new(self, value: Any) -> dict[str, Any]:  # noqa: ANN401
        if isinstance(value, np.ndarray):
            return self._array(value)
        if not is_dataclass(value):
            raise TypeError(f"a trace holds a {type(value).__name__}, which is not plain data")
        state = object.__getattribute__(value, "__getstate__")()
        entry: list[Any] = [type(value).__name__, [self.plain(state[field.name]) for field in fields(value)]]
        self.objects.append(entry)
        return {"o": len(self.objects) - 1}

    def _array(self, array: Array) -> dict[str, Any]:
        kept = array.astype(np.float32) if array.dtype == np.float16 else array
        raw = np.ascontiguousarray(kept).tobytes()
        self.arrays.append({"type": TYPES[kept.dtype.name], "offset": self._size, "length": array.size})
        padding = -len(raw) % ALIGNMENT
        self.chunks.append(raw + bytes(padding))
        self._size += len(raw) + padding
        node = {"a": len(self.arrays) - 1, "shape": list(array.shape)}
        return {**node, "half": True} if array.dtype == np.float16 else node


class _TraceReader(Reader):
    """Reads the object table; each entry becomes one object, however often it is referred to."""

    def __init__(self, arrays: Arrays, objects: object) -> None:
        super().__init__(arrays)
        if not isinstance(objects, list):
            raise DecodingError("the list of objects is missing")
        self._objects = objects
        self._read: dict[int, Any] = {}
        self._shaped: dict[tuple[int, tuple[int, ...], bool], Array] = {}

    def read_object(self, node: Any, kind: Any) -> Any:  # noqa: ANN401
        number = node.get("o") if isinstance(node, dict) else None
        if type(number) is not int or not 0 <= number < len(self._objects):
            raise DecodingError(f"no {kind.__name__}")
        if number not in self._read:
            self._read[number] = None  # an object within itself is no object
            self._read[number] = self._object(self._objects[number], kind)
        if type(self._read[number]) is not kind:
            raise DecodingError(f"object {number} is no {kind.__name__}")
        return self._read[number]

    def _object(self, entry: Any, kind: Any) -> Any:  # noqa: ANN401
        hints = _types(kind)
        if not isinstance(entry, list) or len(entry) != 2 or entry[0] != kind.__name__:
            raise DecodingError(f"no {kind.__name__}")
        if not isinstance(entry[1], list) or len(entry[1]) != len(hints):
            raise DecodingError(f"a {kind.__name__} has {len(hints)} fields")
        read = {name: self.read(node, hint) for node, (name, hint) in zip(entry[1], hints.items(), strict=True)}
        if kind is Contents:
            _check_contents(Contents(**read))
        return kind(**read)

    def read_array(self, node: Any) -> Array:  # noqa: ANN401
        if not isinstance(node, dict):
            raise DecodingError("no array")
        shape: tuple[int, ...] = self.read(node.get("shape"), tuple[int, ...])
        flat = self.arrays[node.get("a")]
        half = node.get("half") is True
        if any(size < 0 for size in shape) or math.prod(shape) != flat.size or len(shape) > 32:
            raise DecodingError("an array's shape does not fit its length")
        key = (node["a"], shape, half)
        if key not in self._shaped:
            self._shaped[key] = (flat.astype(np.float16) if half else flat).reshape(shape)
        return self._shaped[key]

    def read_other(self, node: Any, hint: Any) -> Any:  # noqa: ANN401
        if hint is torch.dtype and isinstance(node, str) and node in _DTYPES:
            return _DTYPES[node]
        if hint is torch.device and isinstance(node, str):
            try:
                return torch.device(node)
            except RuntimeError:
                raise DecodingError("no device") from None
        return super().read_other(node, hint)


def _compares_by_value(value: object) -> bool:
    return is_dataclass(value) and type(value).__hash__ is not object.__hash__


@cache
def _types(kind: Any) -> dict[str, Any]:  # noqa: ANN401
    return field_types(kind, _NAMES)


def _check_contents(contents: Contents) -> None:
    """Refuse contents that would be read outside their array, or that would fill memory when they are read."""
    window, stride, flat = contents.window, contents.stride, contents.flat
    if len(window) != len(stride) or flat.ndim != 1 or len(window) > 64:
        raise DecodingError("a window has one stride for each dimension")
    if contents.offset < 0 or any(size < 0 for size in window) or any(step < 0 for step in stride):
        raise DecodingError("a window lies after the start of its array")
    count = math.prod(window)
    if count > max(values.KEEP_ELEMENTS, flat.size):
        raise DecodingError("a window is larger than what is kept of a tensor")
    last = contents.offset + sum((size - 1) * step for size, step in zip(window, stride, strict=True))
    if count and last >= flat.size:
        raise DecodingError("a window lies outside its array")
