"""Windows of large tensors against plain slicing: any geometry, any place, any dtype."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.compute.codec import decode_trace, encode_trace
from explorer.trace.parts import GoneError, live_of, place_window, read_part
from explorer.trace.values import to_numpy

DTYPES = ["float32", "float64", "float16", "bfloat16", "float8_e5m2", "int8", "int64", "uint8", "bool", "complex64"]
VIEWS = ("", ".t()", "[::3, 5:]", "[:, ::7]", "[None].expand(3, -1, -1)", ".view(2, 150, 300)", ".flatten()", "[7]")


@settings(max_examples=60)
@given(st.sampled_from(DTYPES), st.sampled_from(VIEWS), st.data())
def test_a_window_is_a_slice(dtype: str, view: str, data: st.DataObject) -> None:
    source = f"x = (torch.arange(90_000) % 251).view(300, 300).to(torch.{dtype})\ny = x{view}"
    state = explorer.run(source).names["y"]
    live = live_of(state)
    wanted = tuple(data.draw(st.integers(-5, size + 5)) for size in state.shape)
    first = place_window(state, wanted)
    assert all(
        0 <= index <= size - window for index, size, window in zip(first, state.shape, state.window, strict=True)
    )
    slices = tuple(slice(index, index + size) for index, size in zip(first, state.window, strict=True))
    expected = to_numpy(live[slices])
    found = read_part(state, first)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_conjugates_and_negatives_are_values() -> None:
    names = explorer.run("x = torch.randn(200, 200, dtype=torch.complex64)\ny = x.conj()\nz = y.imag").names
    for name, whole in (("y", names["x"]._live.conj()), ("z", names["x"]._live.conj().imag)):  # type: ignore[union-attr]
        np.testing.assert_array_equal(
            read_part(names[name], (100, 90)), whole[100:164, 90:154].resolve_neg().resolve_conj()
        )


def test_the_number_of_indices_is_checked() -> None:
    state = explorer.run("x = torch.zeros(300, 300)").names["x"]
    with pytest.raises(ValueError, match="3 indices for 2 dimensions"):
        place_window(state, (0, 0, 0))


def test_what_was_written_is_gone() -> None:
    trace = explorer.run("x = torch.zeros(300, 300)\nx[200, 200] = 1\ny = x.clone()\ny.data[0, 0] = 5")
    before, after = trace.steps[0].outputs[0], trace.names["x"]
    with pytest.raises(GoneError):
        read_part(before, (150, 150))
    assert read_part(after, (150, 150))[50, 50] == 1
    assert math.prod(read_part(after, (0, 0)).shape) == 64 * 64


def test_without_a_live_tensor_there_is_nothing_to_read() -> None:
    state = decode_trace(encode_trace(explorer.run("x = torch.zeros(300, 300)"))).names["x"]
    with pytest.raises(GoneError):
        read_part(state, (1, 1))


def test_inference_tensors_have_windows_too() -> None:
    state = explorer.run("with torch.inference_mode():\n    x = torch.arange(90_000).view(300, 300)").names["x"]
    assert torch.equal(torch.from_numpy(read_part(state, (10, 20)))[0], torch.arange(3020, 3084))
