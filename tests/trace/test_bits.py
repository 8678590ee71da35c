"""Bits of values and their casts, against torch: all of 8 and 16 bits, generated ones of more."""

from __future__ import annotations

import itertools
import math
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.trace.bits import DTYPES, bits_of, casts, from_bits, numbers
from explorer.trace.values import to_numpy

SMALL = [name for name, dtype in DTYPES.items() if dtype.itemsize <= 2 and not dtype.is_complex and name != "bool"]
EIGHT = [name for name in SMALL if DTYPES[name].itemsize == 1]
LARGE = [name for name, dtype in DTYPES.items() if dtype.itemsize >= 4]


def all_codes(name: str) -> torch.Tensor:
    """Return a tensor with every value of a small dtype, in the order of their bits."""
    codes = np.arange(2 ** (8 * DTYPES[name].itemsize), dtype=np.uint8 if DTYPES[name].itemsize == 1 else np.uint16)
    return torch.from_numpy(codes).view(DTYPES[name])


def same(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Tell whether two tensors have the same bits."""
    return left.dtype == right.dtype and to_bytes(left) == to_bytes(right)


def to_bytes(value: torch.Tensor) -> list[int]:
    memory: list[int] = value.reshape(-1).view(torch.uint8).tolist()
    return memory


def unchanged(before: tuple[float, ...], after: tuple[float, ...]) -> bool:
    """Tell whether two numbers (one part, or two) are the same one; a missing imaginary part is a zero of any sign."""
    pairs = list(itertools.zip_longest(before, after))
    return all(part_unchanged(*pair) if None not in pair else pair in ((0, None), (None, 0)) for pair in pairs)


def part_unchanged(before: float, after: float) -> bool:
    if before == 0 == after:
        return math.copysign(1, before) == math.copysign(1, after)
    return before == after or (math.isnan(before) and math.isnan(after))


def casts_are_torchs(name: str, bits: str) -> None:
    """Compare all casts of one value with `.to`, and what is said about them with the numbers."""
    value = from_bits(DTYPES[name], bits)
    found = casts(name, bits)
    assert [cast.dtype for cast in found.casts] == [other for other in DTYPES if other != name]
    for cast in found.casts:
        result = value.to(DTYPES[cast.dtype])
        assert same(from_bits(DTYPES[cast.dtype], cast.bits), result), cast
        assert (cast.outcome == "exact") == unchanged(numbers(value), numbers(result)), (found, cast)
        assert bool(cast.note) or cast.outcome == "exact"


def test_every_drawn_dtype_is_there_once() -> None:
    excluded = ("q", "bits", "int1", "int2", "int3", "int4", "int5", "int6", "int7", "uint1", "uint2", "uint3")
    known = {str(value).removeprefix("torch.") for value in vars(torch).values() if isinstance(value, torch.dtype)}
    drawn = {n for n in known if n in DTYPES or not (n.startswith(excluded[:2]) or n.lstrip("u") in excluded)}
    assert set(DTYPES) == drawn - {"float4_e2m1fn_x2"}


@pytest.mark.parametrize("name", SMALL)
def test_bits_of_every_small_value(name: str) -> None:
    digits = 2 * DTYPES[name].itemsize
    values = all_codes(name)
    codes = [f"{code:0{digits}x}" for code in range(len(values))]
    assert [bits_of(value) for value in values] == codes
    assert same(torch.stack([from_bits(DTYPES[name], code) for code in codes]), values)


@pytest.mark.parametrize("name", EIGHT)
def test_casts_of_every_value_of_eight_bits(name: str) -> None:
    for code in range(256):
        casts_are_torchs(name, f"{code:02x}")


@given(st.sampled_from([name for name in DTYPES if name not in EIGHT and name != "bool"]), st.data())
def test_casts_of_generated_bits(name: str, data: st.DataObject) -> None:
    size = DTYPES[name].itemsize
    bits = data.draw(st.binary(min_size=size, max_size=size)).hex()
    casts_are_torchs(name, bits)


@given(st.sampled_from(["float32", "float64", "complex64", "complex128"]), st.floats(width=32), st.floats(width=32))
def test_bits_are_those_of_ieee_754(name: str, real: float, imaginary: float) -> None:
    code = ">f" if name in ("float32", "complex64") else ">d"
    value = torch.tensor(complex(real, imaginary) if name[0] == "c" else real, dtype=DTYPES[name])
    expected = struct.pack(code, real) + (struct.pack(code, imaginary) if name[0] == "c" else b"")
    if not math.isnan(real) and not math.isnan(imaginary):
        assert bits_of(value) == expected.hex()


@given(st.integers(-(2**63), 2**63 - 1))
def test_bits_of_integers_are_twos_complement(number: int) -> None:
    assert int(bits_of(torch.tensor(number)), 16) == number % 2**64


@given(st.floats(width=32), st.floats(width=32))
def test_magnitude_and_phase_are_torchs(real: float, imaginary: float) -> None:
    value = torch.tensor(complex(real, imaginary), dtype=torch.complex64)
    magnitude, phase = casts("complex64", bits_of(value)).polar
    assert magnitude == repr(value.abs().item())
    assert phase == repr(value.angle().item())


@pytest.mark.parametrize(
    ("dtype", "number", "target", "outcome", "note"),
    [
        ("float32", 300.0, "uint8", "undefined", "out of range: undefined in C"),
        ("float32", -1.0, "uint8", "undefined", "out of range: undefined in C"),
        ("float32", math.nan, "int64", "undefined", "undefined in C"),
        ("float32", math.inf, "float16", "exact", ""),
        ("float32", 70000.0, "float16", "overflow", "too large: becomes infinite"),
        ("float32", 500.0, "float8_e4m3fn", "overflow", "too large: becomes its largest number"),
        ("float32", 1e-9, "float16", "rounded", "too small: becomes 0"),
        ("float32", 0.1, "float16", "rounded", "off by -2.4e-05"),
        ("float32", 2.75, "int32", "rounded", "the fraction is dropped"),
        ("float32", -0.0, "int32", "changed", "the sign of zero is lost"),
        ("float32", 0.0, "float8_e8m0fnu", "changed", "it has no zero: becomes its smallest number"),
        ("float32", math.nan, "float16", "exact", "stays NaN"),
        ("int64", 2**53 + 1, "float64", "rounded", "off by -1"),
        ("int64", 300, "uint8", "changed", "out of range: wraps, modulo 2^8"),
        ("float64", 0.5, "bool", "changed", "all but 0 is True"),
        ("complex64", 1 + 2j, "float32", "changed", "imaginary part dropped"),
    ],
)
def test_what_is_said(dtype: str, number: complex, target: str, outcome: str, note: str) -> None:
    found = casts(dtype, bits_of(torch.tensor(number, dtype=DTYPES[dtype])))
    cast = next(cast for cast in found.casts if cast.dtype == target)
    assert (cast.outcome, cast.note) == (outcome, note)


@pytest.mark.parametrize(
    ("dtype", "bits"),
    [
        ("float32", ""),
        ("float32", "3f80000"),
        ("float32", "3f8000000"),
        ("float32", "3F800000"),
        ("float32", "0x3f8000"),
        ("bool", "02"),
        ("float33", "00"),
    ],
)
def test_what_is_no_value_is_refused(dtype: str, bits: str) -> None:
    with pytest.raises(ValueError, match=r"no dtype|hexadecimal|bool"):
        casts(dtype, bits)


@pytest.mark.parametrize("name", [*SMALL, "complex32"])
def test_recorded_values_can_be_told_apart_by_their_bits(name: str) -> None:
    """Widened for NumPy, every value is the same number, and each NaN keeps bits of its own."""
    values = all_codes("float16").view(torch.complex32) if name == "complex32" else all_codes(name)
    wide = to_numpy(values)
    for recorded, value in zip(wide[:: max(1, len(wide) // 512)], values[:: max(1, len(wide) // 512)], strict=True):
        expected = numbers(value)
        np.testing.assert_array_equal(expected[0] if len(expected) == 1 else complex(*expected), recorded)
    assert len(np.unique(wide.view(f"u{wide.itemsize}"))) == len(values)


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_is_recorded_as_torch_has_it(name: str) -> None:
    numbers_in = "[0.0, -0.0, 1.0, 2.5, 0.01, 240.0]"
    trace = explorer.run(f"import torch\nx = torch.tensor({numbers_in}).to(torch.{name})\ny = x.view(2, 3).t()\n")
    assert trace.error is None
    plain = torch.tensor([0.0, -0.0, 1.0, 2.5, 0.01, 240.0]).to(DTYPES[name])
    for state, expected in ((trace.names["x"], plain), (trace.names["y"], plain.view(2, 3).t())):
        assert str(state.dtype) == f"torch.{name}"
        assert state.values is not None
        found = torch.from_numpy(state.values.copy()).to(DTYPES[name])
        assert same(found.contiguous(), expected.contiguous())


def test_large_dtypes_have_exact_values() -> None:
    edges = {name: "00" * DTYPES[name].itemsize for name in LARGE} | {"uint64": "ff" * 8, "int64": "80" + "00" * 7}
    for name, bits in edges.items():
        recorded = to_numpy(from_bits(DTYPES[name], bits))
        assert numbers(torch.from_numpy(np.asarray(recorded)).to(DTYPES[name])) == numbers(
            from_bits(DTYPES[name], bits)
        )
