"""Shapes with a given number of elements that are close to one that was asked for."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_DIVISORS = 64


def divisors(number: int) -> list[int]:
    """Return the divisors of a positive number in ascending order.

    `divisors(12)` is [1, 2, 3, 4, 6, 12].
    """
    low = [d for d in range(1, math.isqrt(number) + 1) if number % d == 0] if number <= 1 << 36 else [1]
    return sorted({*low, *(number // d for d in low)})


def nearest_shapes(asked: Sequence[int], numel: int, shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield shapes of `numel` elements, those closest to `asked` first: one or two of its sizes are changed.

    `nearest_shapes((5, 5), 24, ())` starts with (4, 6) and (6, 4).

    Args:
        asked: The sizes asked for; one -1 is kept, impossible sizes are replaced.
        numel: How many elements there are.
        shape: The tensor's own shape, which is taken where the sizes asked for say nothing (two -1).
    """
    if numel < 1:
        return
    if list(asked).count(-1) > 1:
        yield from _with_one_unknown(asked, numel, shape)
        return
    fixed = [size for size in asked if size != -1]
    found = set(_changed(fixed, numel, exact=-1 not in asked))
    for sizes in sorted(found, key=lambda sizes: _distance(fixed, sizes)):
        rest = iter(sizes)
        yield tuple(-1 if size == -1 else next(rest) for size in asked)


def _with_one_unknown(asked: Sequence[int], numel: int, shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    places = [d for d, size in enumerate(asked) if size == -1]
    for kept in reversed(places):
        sizes = [1 if size == -1 and d != kept else size for d, size in enumerate(asked)]
        for d in places:
            known = math.prod(size for size in sizes if size != -1)
            own = shape[d] if d < len(shape) else 1
            if d != kept and known > 0 and own > 0 and numel % (known * own) == 0:
                sizes[d] = own
        yield tuple(sizes)


def _changed(asked: Sequence[int], numel: int, *, exact: bool) -> Iterator[tuple[int, ...]]:
    """Yield `asked` with one or two sizes changed so that it makes (or divides) `numel`."""
    for count in (1, 2):
        for places in itertools.combinations(range(len(asked)), count):
            others = math.prod(size for d, size in enumerate(asked) if d not in places)
            if others < 1 or numel % others:
                continue
            room = numel // others
            for sizes in _fillings(room, count, exact=exact):
                changed = list(asked)
                for d, size in zip(places, sizes, strict=True):
                    changed[d] = size
                yield tuple(changed)


def _fillings(room: int, count: int, *, exact: bool) -> Iterator[tuple[int, ...]]:
    if count == 1:
        yield from ((size,) for size in ([room] if exact else divisors(room)))
        return
    for first in divisors(room)[:_MOST_DIVISORS]:
        yield from ((first, *rest) for rest in _fillings(room // first, count - 1, exact=exact))


def _distance(asked: Sequence[int], sizes: Sequence[int]) -> tuple[float, int, tuple[int, ...]]:
    ratios = (abs(math.log(b / a)) if a > 0 else 1.0 for a, b in zip(asked, sizes, strict=True))
    changed = sum(a != b for a, b in zip(asked, sizes, strict=True))
    return round(sum(ratios), 6), changed, tuple(sizes)
