"""Names of dimensions through reshapes: dimensions that are only joined or split keep theirs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explorer.lenses.axes.probes import JOINT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explorer.lenses.axes.carry import Names


def through_reshape(before: tuple[int, ...], after: tuple[int, ...], names: Names) -> Names:
    """Carry names through a reshape.

    Both shapes are cut into the shortest stretches with equal products. A stretch of one dimension each keeps the
    name; several that become one join theirs; one that becomes several parts with it if its name has as many parts.
    Dimensions of size 1 and tensors without elements carry nothing.
    """
    if 0 in before or 0 in after or math.prod(before) != math.prod(after):
        return ("",) * len(after)
    found = [""] * len(after)
    long_before = [d for d, size in enumerate(before) if size != 1]
    long_after = [d for d, size in enumerate(after) if size != 1]
    for sources, targets in _stretches(before, after, long_before, long_after):
        own = _split([names[d] for d in sources], len(targets))
        for d, name in zip(targets, own, strict=True):
            found[d] = name
    return tuple(found)


def _stretches(
    before: tuple[int, ...], after: tuple[int, ...], sources: list[int], targets: list[int]
) -> Iterator[tuple[list[int], list[int]]]:
    left, right = 0, 0
    while left < len(sources) and right < len(targets):
        first_left, first_right = left, right
        one, other = before[sources[left]], after[targets[right]]
        while one != other:
            if one < other:
                left += 1
                one *= before[sources[left]]
            else:
                right += 1
                other *= after[targets[right]]
        left, right = left + 1, right + 1
        yield sources[first_left:left], targets[first_right:right]


def _split(names: list[str], count: int) -> list[str]:
    """Return the names of `count` dimensions that a stretch of named ones became."""
    if len(names) == count == 1:
        return names
    parts = JOINT.join(names).split(JOINT) if all(names) else []
    if count == 1:
        return [JOINT.join(parts)]
    return parts if len(names) == 1 and len(parts) == count else [""] * count
