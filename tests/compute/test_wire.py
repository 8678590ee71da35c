"""What crosses from a run to the server: nothing lost of what is sent, and nothing but data taken from anybody."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.compute.codec import MAGIC, decode_trace, encode_trace
from explorer.scene.decoding import DecodingError, decode
from tests.programs import calls, dtypes, program, shapes

PROGRAM = """
w = torch.ones(2, 3, requires_grad=True)
y = (w * torch.arange(3.)).half().sum()
y.backward()
big = torch.zeros(300, 300)
print(w.grad)
torch.zeros(2, 3) @ torch.zeros(2, 3)
"""


def same(one: Any, other: Any, seen: dict[int, Any]) -> None:
    """Assert that two values are equal field by field, and that what was one object still is."""
    if is_dataclass(one) and not isinstance(one, type):
        assert type(one) is type(other)
        if id(one) in seen and type(one).__hash__ is object.__hash__:
            assert seen[id(one)] is other
            return
        seen[id(one)] = other
        for field in fields(one):
            if field.name not in ("_live", "calls"):
                same(getattr(one, field.name), getattr(other, field.name), seen)
    elif isinstance(one, tuple):
        assert isinstance(other, tuple)
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            same(left, right, seen)
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    else:
        assert (type(one), one) == (type(other), other)


@settings(max_examples=60)
@given(shapes, dtypes, calls)
def test_a_trace_arrives_as_it_left(shape: tuple[int, ...], dtype: str, chain: list[str]) -> None:
    trace = explorer.run(program(shape, dtype, chain))
    same(trace, decode_trace(encode_trace(trace)), {})


def test_gradients_large_tensors_and_errors_arrive() -> None:
    trace = explorer.run(PROGRAM)
    assert trace.error is not None
    assert trace.backward
    arrived = decode_trace(encode_trace(trace))
    same(trace, arrived, {})
    assert arrived.calls is None
    with pytest.raises(RuntimeError, match="run is over"):
        _ = arrived.names["big"].statistics


def test_no_live_tensor_is_left() -> None:
    arrived = decode_trace(encode_trace(explorer.run(PROGRAM)))
    assert all(state._live is None for step in arrived.steps for state in (*step.inputs, *step.outputs))
    with pytest.raises(ValueError, match="live tensors"):
        explorer.origins(arrived, 0)


@pytest.mark.parametrize("lens", explorer.LENSES)
def test_a_scene_arrives_as_it_left(lens: str) -> None:
    encoded = explorer.scene(explorer.run(PROGRAM), lens=lens).encode()
    assert decode(encoded).encode() == encoded


ENCODED = encode_trace(explorer.run(PROGRAM))
SCENE = explorer.scene(explorer.run(PROGRAM)).encode()


@settings(max_examples=200)
@given(st.data())
def test_spoilt_bytes_are_refused_or_read_as_data(data: st.DataObject) -> None:
    original, read = data.draw(st.sampled_from([(ENCODED, decode_trace), (SCENE, decode)]))
    spoilt = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(spoilt)))
    for candidate in (bytes(spoilt), bytes(spoilt[:cut])):
        try:
            arrived = read(candidate)
        except DecodingError:
            continue
        assert isinstance(arrived, explorer.Trace | explorer.Scene)


def tampered(**changes: Any) -> bytes:
    """Return the encoded trace with the first recorded contents changed."""
    end = 8 + int.from_bytes(ENCODED[4:8], "little")
    header = json.loads(ENCODED[8:end])
    names = ["flat", "offset", "stride", "window", "whole_storage", "head"]
    contents = next(entry for entry in header["objects"] if entry[0] == "Contents" and entry[1][3])
    for name, value in changes.items():
        contents[1][names.index(name)] = value
    text = json.dumps(header).encode()
    return MAGIC + len(text).to_bytes(4, "little") + text + ENCODED[end:]


@pytest.mark.parametrize(
    "changes",
    [
        {"offset": -1},
        {"offset": 10**9},
        {"stride": [10**6, 1]},
        {"stride": [-1, 1]},
        {"stride": [0, 0], "window": [10**6, 10**6]},
        {"stride": [1]},
        {"window": [-5, 5]},
        {"window": [2**70, 1]},
        {"flat": {"a": 10**6, "shape": [1]}},
        {"flat": {"a": 0, "shape": [-1]}},
        {"flat": {"a": 0, "shape": [10**12]}},
        {"flat": {"o": 0}},
        {"flat": "text"},
        {"whole_storage": 1},
        {"head": [1, 2]},
    ],
)
def test_a_window_outside_its_array_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DecodingError):
        decode_trace(tampered(**changes))


NO_TRACES = [
    b"",
    b"TXT1",
    MAGIC + b"\x02\0\0\0{}",
    MAGIC + b"\x02\0\0\0[]",
    MAGIC + b"\xff\xff\xff\xff",
    b"TXS1" + bytes(20),
    MAGIC + (60_000).to_bytes(4, "little") + b"[" * 60_000,
]


@pytest.mark.parametrize("content", NO_TRACES)
def test_what_is_no_trace_is_refused(content: bytes) -> None:
    with pytest.raises(DecodingError):
        decode_trace(content)
    with pytest.raises(DecodingError):
        decode(content.replace(MAGIC, b"TXS1"))


def test_an_object_within_itself_is_refused() -> None:
    header = {"root": {"o": 0}, "objects": [["Trace", [{"o": 0}] * len(fields(explorer.Trace))]], "arrays": []}
    text = json.dumps(header).encode()
    with pytest.raises(DecodingError):
        decode_trace(MAGIC + len(text).to_bytes(4, "little") + text)


def test_dtypes_and_devices_arrive() -> None:
    trace = explorer.run("x = torch.zeros(2, dtype=torch.bfloat16)\ny = torch.zeros(2, device='meta')")
    arrived = decode_trace(encode_trace(trace)).names
    assert (arrived["x"].dtype, arrived["y"].device) == (torch.bfloat16, torch.device("meta"))
