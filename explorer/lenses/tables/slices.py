"""The first slices of a tensor along some dimensions: what a table can show of a large one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

MOST_SLICES = 4

Place = tuple[int | slice, ...]


def first_slices(shape: Sequence[int], dims: Sequence[int]) -> Iterator[tuple[str, Place]]:
    """Yield the first slices that run along `dims`: as text (`[0, :]`), and as an index.

    Args:
        shape: Sizes of a tensor.
        dims: The dimensions that a slice covers, counted from the front.
    """
    outer = [range(1) if dim in dims else range(size) for dim, size in enumerate(shape)]
    for index in itertools.islice(itertools.product(*outer), MOST_SLICES):
        place = tuple(slice(None) if dim in dims else number for dim, number in enumerate(index))
        text = ", ".join(":" if isinstance(part, slice) else str(part) for part in place)
        yield f"[{text}]", place


def slices_left_out(shape: Sequence[int], dims: Sequence[int]) -> int:
    """Return how many slices `first_slices` does not yield."""
    count = math.prod(size for dim, size in enumerate(shape) if dim not in dims)
    return max(count - MOST_SLICES, 0)
