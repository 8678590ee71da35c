"""Arithmetic on plain Python values and NumPy arrays, kept from filling memory or running for ever.

Tensors are not touched: their sizes are checked by `explorer.program.limits` before each torch call.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.program.guards.attributes import AttributeGuard
from explorer.program.guards.bounds import check_bits, check_count, check_text
from explorer.program.guards.formatting import check_percent
from explorer.program.guards.writing import writable_attribute, writable_items
from explorer.program.limits import LimitError, nested_size

LARGEST_ARRAY = 64_000_000

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "*": operator.mul,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    "-": operator.sub,
    "/": operator.truediv,
    "//": operator.floordiv,
    "@": operator.matmul,
    ">>": operator.rshift,
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
}
_INPLACE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.iadd,
    "-": operator.isub,
    "*": operator.imul,
    "/": operator.itruediv,
    "//": operator.ifloordiv,
    "%": operator.imod,
    "**": operator.ipow,
    "@": operator.imatmul,
    "<<": operator.ilshift,
    ">>": operator.irshift,
    "|": operator.ior,
    "^": operator.ixor,
    "&": operator.iand,
}
# operands of these types cannot make a large result by any operator that has no check of its own
_HARMLESS = frozenset({torch.Tensor, torch.nn.Parameter, float, bool, complex})
_SEQUENCES = (str, bytes, list, tuple)


def binary(symbol: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - operands are of any type
    """Return `left symbol right`.

    Raises:
        LimitError: The result would be absurdly large.
    """
    if type(left) not in _HARMLESS and type(right) not in _HARMLESS:
        check(symbol, left, right)
    return BINARY[symbol](left, right)


def inplace(symbol: str, left: Any, right: Any) -> Any:  # noqa: ANN401
    """Return what `left symbol= right` leaves in `left`.

    Raises:
        LimitError: The result would be absurdly large.
    """
    if type(left) not in _HARMLESS and type(right) not in _HARMLESS:
        check(symbol, left, right)
    return _INPLACE[symbol](left, right)


def inplace_item(symbol: str, owner: Any, index: Any, right: Any) -> None:  # noqa: ANN401
    """Do `owner[index] symbol= right` as Python does: read, change in place, write back."""
    writable_items(owner)[index] = inplace(symbol, owner[index], right)


def inplace_attribute_guard(read: AttributeGuard) -> Callable[[str, Any, str, Any], None]:
    """Return what does `owner.name symbol= right`, reading through the attribute guard."""

    def inplace_attribute(symbol: str, owner: Any, name: str, right: Any) -> None:  # noqa: ANN401
        setattr(writable_attribute(owner, name), name, inplace(symbol, read(owner, name), right))

    return inplace_attribute


def check(symbol: str, left: Any, right: Any) -> None:  # noqa: ANN401
    """Refuse operands whose result would be absurdly large.

    Raises:
        LimitError: It would.
    """
    if isinstance(left, int) and isinstance(right, int):
        _check_numbers(symbol, int(left), int(right))
    elif isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        _check_arrays(left, right)
    elif symbol == "*":
        _check_repetition(left, right)
        _check_repetition(right, left)
    elif symbol == "+" and isinstance(left, _SEQUENCES) and isinstance(right, _SEQUENCES):
        _check_length(left, _length(left) + _length(right))
    elif symbol == "%" and isinstance(left, str | bytes):
        check_percent(left, right)


def _check_numbers(symbol: str, left: int, right: int) -> None:
    if symbol == "**" and right > 1 and abs(left) > 1:
        check_bits(f"the power {symbol}", left.bit_length() * float(right))
    elif symbol == "<<" and right > 0 and left:
        check_bits("the shifted number", left.bit_length() + right)
    elif symbol == "*":
        check_bits("the product", left.bit_length() + right.bit_length())


def _length(items: Any) -> int:  # noqa: ANN401
    # not len(): a program's own class may say anything
    base = next(kind for kind in (str, bytes, list, tuple) if isinstance(items, kind))
    return base.__len__(items)


def _check_length(items: Any, length: int) -> None:  # noqa: ANN401
    if isinstance(items, str | bytes):
        check_text(length)
    else:
        check_count(f"a {type(items).__name__}", length)


def _check_repetition(items: Any, times: Any) -> None:  # noqa: ANN401
    if not isinstance(items, _SEQUENCES) or not isinstance(times, int):
        return
    count = _length(items) if isinstance(items, str | bytes) else nested_size(items)
    _check_length(items, count * int(times))


def _check_arrays(left: Any, right: Any) -> None:  # noqa: ANN401
    if isinstance(left, torch.Tensor) or isinstance(right, torch.Tensor):
        return
    try:
        shape = np.broadcast_shapes(np.shape(left), np.shape(right))
    except ValueError:
        return  # NumPy explains it better when it refuses
    if math.prod(shape) > LARGEST_ARRAY:
        raise LimitError(f"the NumPy result would have shape {shape}, over the limit of {LARGEST_ARRAY:,} elements.")
