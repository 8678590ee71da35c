"""How shapes, numbers and lists are written in tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch

LONGEST_CODE = 32


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: names of operations."""
    return frozenset(text.split())


def shape_text(shape: Iterable[int]) -> str:
    """Write a shape as torch users do: `(4, 6)`, `(5,)`, `()`."""
    return str(tuple(int(size) for size in shape))


def code_text(text: str, longest: int = LONGEST_CODE) -> str:
    """Write a piece of a program on one line between backticks, cut when it is long."""
    flat = " ".join(text.split())
    return f"`{flat if len(flat) <= longest else flat[: longest - 1] + '…'}`"


def count_text(count: int, noun: str) -> str:
    """Write a number with its noun: `1 element`, `2,400 elements`."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def list_text(items: Iterable[object], joint: str = "and") -> str:
    """Write `a`, `a and b`, `a, b and c`."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def dims_text(dims: Sequence[int]) -> str:
    """Write dimensions with their noun: `dim 1`, `dims 0 and 2`."""
    return f"dim{'' if len(dims) == 1 else 's'} {list_text(dims)}"


def product_text(sizes: Sequence[int]) -> str:
    """Write a product with its value: `2 · 3 = 6`; a single size stands alone, and none is 1."""
    total = math.prod(sizes)
    return f"{' · '.join(str(size) for size in sizes)} = {total:,}" if len(sizes) > 1 else f"{total:,}"


def number_text(value: torch.Tensor) -> str:
    """Write a number to the last digit of its own precision: `0.99999994` for a float32 just below 1.

    Args:
        value: A tensor of one element, of any shape and dtype.
    """
    plain = value.detach().reshape(())
    # NumPy has no bfloat16; float32 holds its values
    plain = plain.float() if plain.dtype == torch.bfloat16 else plain
    return str(plain.numpy()[()])
