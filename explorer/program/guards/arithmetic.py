"""Arithmetic on plain Python values and NumPy arrays, kept from filling memory or running for ever.

Tensors are not touched: their sizes are checked by `explorer.program.limits` before each torch call.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.program.limits import LimitError, nested_size

MAX_BITS = 100_000
MAX_ITEMS = 1_000_000

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": operator.matmul,
    "<<": operator.lshift,
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


def binary(symbol: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - operands are of any type
    """Return `left symbol right`.

    Raises:
        LimitError: The result would be absurdly large.
    """
    _check(symbol, left, right)
    return _BINARY[symbol](left, right)


def inplace(symbol: str, left: Any, right: Any) -> Any:  # noqa: ANN401
    """Return what `left symbol= right` leaves in `left`."""
    _check(symbol, left, right)
    return _INPLACE[symbol](left, right)


def inplace_item(symbol: str, owner: Any, index: Any, right: Any) -> None:  # noqa: ANN401
    """Do `owner[index] symbol= right` as Python does: read, change in place, write back."""
    owner[index] = inplace(symbol, owner[index], right)


def inplace_attribute(symbol: str, owner: Any, name: str, right: Any) -> None:  # noqa: ANN401
    """Do `owner.name symbol= right`; the policy has checked that `name` may be written."""
    setattr(owner, name, inplace(symbol, getattr(owner, name), right))


def _check(symbol: str, left: Any, right: Any) -> None:  # noqa: ANN401
    if isinstance(left, torch.Tensor) or isinstance(right, torch.Tensor):
        return
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        _check_arrays(left, right)
    elif symbol == "*":
        _check_repetition(left, right)
        _check_repetition(right, left)
    elif symbol == "%" and isinstance(left, str | bytes):
        raise LimitError("formatting with % is not available here; use an f-string.")
    if symbol in ("**", "<<") and isinstance(left, int) and isinstance(right, int) and right > 0:
        bits = left.bit_length() * right if symbol == "**" else left.bit_length() + right
        if bits > MAX_BITS:
            raise LimitError(f"{left} {symbol} {right} would have about {bits:,} bits; the limit is {MAX_BITS:,}.")
    if symbol == "*" and isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() + right.bit_length()
        if bits > MAX_BITS:
            raise LimitError(f"the product would have about {bits:,} bits; the limit is {MAX_BITS:,}.")


def _check_repetition(items: Any, times: Any) -> None:  # noqa: ANN401
    if not isinstance(items, str | list | tuple) or not isinstance(times, int):
        return
    count = (len(items) if isinstance(items, str) else nested_size(items)) * times
    if count > MAX_ITEMS:
        raise LimitError(f"a {type(items).__name__} of {count:,} items is over the limit of {MAX_ITEMS:,} items.")


def _check_arrays(left: Any, right: Any) -> None:  # noqa: ANN401
    try:
        shape = np.broadcast_shapes(np.shape(left), np.shape(right))
    except ValueError:
        return  # NumPy explains it better when it refuses
    if np.prod(shape, dtype=float) > MAX_ITEMS * 64:
        raise LimitError(f"the NumPy result would have shape {shape}, over the limit of {MAX_ITEMS * 64:,} elements.")
