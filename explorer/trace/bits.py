"""The bits of one value, and what torch makes of it in every other dtype.

Nothing is converted here but by torch: a value is made from its bits by reading memory, cast with `Tensor.to`, and the
result is compared with it as numbers. Where C leaves a conversion undefined, this says what torch gave on this machine.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import torch

Number = int | float | bool
Outcome = Literal["exact", "rounded", "changed", "overflow", "undefined"]

_ORDERED = (
    *(torch.bool, torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64),
    *(torch.int64, torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2, torch.float8_e5m2fnuz),
    *(torch.float8_e8m0fnu, torch.bfloat16, torch.float16, torch.float32, torch.float64),
    *(torch.complex32, torch.complex64, torch.complex128),
)
DTYPES: dict[str, torch.dtype] = {str(dtype).removeprefix("torch."): dtype for dtype in _ORDERED}
"""Every dtype whose values are drawn, by its name without `torch.`; from few bits to many within each kind."""

_HEX = re.compile(r"[0-9a-f]+")
_SEVERITY: tuple[Outcome, ...] = ("exact", "rounded", "changed", "overflow", "undefined")


@dataclass(frozen=True)
class Cast:
    """What `.to(dtype)` makes of a value.

    Attributes:
        dtype: Name of the target, without `torch.`.
        parts: The result as text that reads back to the same number: one part, or real and imaginary.
        bits: Its bits in hexadecimal, most significant first; of a complex number those of the real part first.
        outcome: `exact`: the same number. `rounded`: the nearest that the target has, or towards zero. `changed`:
            another number, by rule. `overflow`: beyond the target's largest. `undefined`: C does not say; this is
            what torch gave here, for a tensor of one element.
        note: What happened, in a few words; "" where nothing did.
    """

    dtype: str
    parts: tuple[str, ...]
    bits: str
    outcome: Outcome
    note: str


@dataclass(frozen=True)
class Casts:
    """One value in all dtypes.

    Attributes:
        dtype: Name of its own dtype.
        bits: Its bits, as in `Cast.bits`.
        polar: Magnitude and phase (radians) of a complex number as text, from `torch.abs` and `torch.angle`; else ().
        casts: One for every other dtype, in the order of `DTYPES`.
    """

    dtype: str
    bits: str
    polar: tuple[str, ...]
    casts: tuple[Cast, ...]


def from_bits(dtype: torch.dtype, bits: str) -> torch.Tensor:
    """Return the 0-d tensor with these bits.

    Args:
        dtype: One of `DTYPES`.
        bits: As many lower-case hexadecimal digits as the dtype has, in the order of `Cast.bits`.

    Raises:
        ValueError: The digits are too few, too many, or no bool.
    """
    if not _HEX.fullmatch(bits) or len(bits) != 2 * dtype.itemsize:
        raise ValueError(f"{dtype} has {2 * dtype.itemsize} hexadecimal digits")
    if dtype == torch.bool and bits not in ("00", "01"):
        raise ValueError("a bool is 00 or 01")
    size = len(bits) // (2 if dtype.is_complex else 1)
    parts = [bytes.fromhex(bits[at : at + size]) for at in range(0, len(bits), size)]
    memory = b"".join(part if sys.byteorder == "big" else part[::-1] for part in parts)
    return torch.frombuffer(bytearray(memory), dtype=dtype)[0]


def bits_of(value: torch.Tensor) -> str:
    """Return the bits of a 0-d tensor on the CPU, as in `Cast.bits`."""
    plain = torch.view_as_real(value) if value.is_complex() else value.reshape(1)
    memory = bytes(plain.contiguous().view(torch.uint8).tolist())
    parts = [memory[at : at + plain.itemsize] for at in range(0, len(memory), plain.itemsize)]
    return "".join((part if sys.byteorder == "big" else part[::-1]).hex() for part in parts)


def casts(dtype: str, bits: str) -> Casts:
    """Cast the value with these bits to every other dtype.

    Args:
        dtype: A name of `DTYPES`.
        bits: As for `from_bits`.

    Raises:
        ValueError: There is no such dtype, or no such value.
    """
    if dtype not in DTYPES:
        raise ValueError(f"no dtype {dtype[:40]!r}")
    value = from_bits(DTYPES[dtype], bits)
    others = tuple(_cast(value, name, target) for name, target in DTYPES.items() if name != dtype)
    return Casts(dtype, bits, _polar(value), others)


def _polar(value: torch.Tensor) -> tuple[str, ...]:
    if not value.is_complex():
        return ()
    known = value.to(torch.complex64) if value.dtype == torch.complex32 else value
    return (repr(known.abs().item()), repr(known.angle().item()))


def _cast(value: torch.Tensor, name: str, target: torch.dtype) -> Cast:
    result = value.to(target)
    outcome, note = _compared(numbers(value), numbers(result), target)
    return Cast(name, tuple(map(_text, numbers(result))), bits_of(result), outcome, note)


def numbers(value: torch.Tensor) -> tuple[Number, ...]:
    """Return the number in a 0-d tensor as Python has it, exactly: one part, or real and imaginary."""
    if value.is_complex():
        real, imaginary = torch.view_as_real(value).double().tolist()
        return (real, imaginary)
    plain = value.double() if value.is_floating_point() else value
    number: Number = plain.item()
    return (number,)


def _text(number: Number) -> str:
    return str(number) if isinstance(number, int) else repr(number)


def _compared(before: tuple[Number, ...], after: tuple[Number, ...], target: torch.dtype) -> tuple[Outcome, str]:
    """Say what became of a number: of both parts of a complex one, the worse."""
    if target == torch.bool:
        return _to_bool(before)
    if len(after) == 2:
        padded = before if len(before) == 2 else (*before, 0.0)
        found = [_part(old, new, target) for old, new in zip(padded, after, strict=True)]
        return max(found, key=lambda one: _SEVERITY.index(one[0]))
    outcome, note = _part(before[0], after[0], target)
    if len(before) == 2 and before[1] != 0:
        note = "; ".join(filter(None, ["imaginary part dropped", note]))
        return ("changed" if outcome in ("exact", "rounded") else outcome), note
    return outcome, note


def _to_bool(before: tuple[Number, ...]) -> tuple[Outcome, str]:
    if before[0] in (0, 1) and not any(before[1:]):
        return _zero_sign(before[0])
    return "changed", "all but 0 is True"


def _zero_sign(before: Number) -> tuple[Outcome, str]:
    return ("changed", "the sign of zero is lost") if _is_negative_zero(before) else ("exact", "")


def _is_negative_zero(number: Number) -> bool:
    return number == 0 and math.copysign(1, number) < 0


def _part(before: Number, after: Number, target: torch.dtype) -> tuple[Outcome, str]:
    if target.is_floating_point or target.is_complex:
        return _to_float(before, after, torch.finfo(target).max)
    if isinstance(before, float):
        return _float_to_integer(before, int(after), target)
    if before == after:
        return "exact", ""
    return "changed", f"out of range: wraps, modulo 2^{8 * target.itemsize}"


def _float_to_integer(before: float, after: int, target: torch.dtype) -> tuple[Outcome, str]:
    limits = torch.iinfo(target)
    if not math.isfinite(before):
        return "undefined", "undefined in C"
    if not limits.min <= math.trunc(before) <= limits.max:
        return "undefined", "out of range: undefined in C"
    if before == after:
        return _zero_sign(before)
    return "rounded", "the fraction is dropped"


def _to_float(before: Number, after: Number, largest: float) -> tuple[Outcome, str]:
    if math.isnan(before):
        return ("exact", "stays NaN") if math.isnan(after) else ("changed", "it has no NaN")
    if before == after:
        return _zero_sign(before) if not _is_negative_zero(after) else ("exact", "")
    if math.isinf(before):
        return "overflow", f"it has no infinity: becomes {'NaN' if math.isnan(after) else 'its largest number'}"
    if not math.isfinite(after):
        return "overflow", f"too large: becomes {'NaN' if math.isnan(after) else 'infinite'}"
    if before == 0:
        return "changed", "it has no zero: becomes its smallest number"
    if (before < 0) != (after < 0) and after != 0:
        return "changed", "it has no sign"
    return _nearest(before, after, largest)


def _nearest(before: Number, after: Number, largest: float) -> tuple[Outcome, str]:
    """Say how far a finite number is from the one that it became."""
    if abs(before) > largest == abs(after):
        return "overflow", "too large: becomes its largest number"
    if after == 0:
        return "rounded", "too small: becomes 0"
    error = Fraction(after) - Fraction(before)
    if abs(error) > abs(before):
        return "rounded", "too small: becomes its smallest number"
    return "rounded", f"off by {float(error):.2g}"
