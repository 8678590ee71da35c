"""Arguments that an operation starts with: they run for a tensor of a shape, and change it visibly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explorer.program.builders.numerals import joined

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields

Shape = tuple[int, ...]


def sizes(shape: Shape) -> str:
    """Return a shape as a field shows it."""
    return joined([str(size) for size in shape])


def factors(count: int) -> tuple[int, int]:
    """Return the two factors of a count that are closest to each other, the smaller one first."""
    if count < 1:
        return (count, 1)
    small = next(factor for factor in range(math.isqrt(count), 0, -1) if count % factor == 0)
    return (small, count // small)


def other_shape(shape: Shape) -> Shape:
    """Return another shape with as many elements: (4, 6) gives (6, 4), (24,) gives (4, 6)."""
    if len(shape) > 1 and shape != shape[::-1]:
        return shape[::-1]
    return factors(math.prod(shape)) if len(shape) == 1 else (math.prod(shape),)


def reshaped(shape: Shape) -> Fields:
    """Start for view and reshape."""
    return {"shape": sizes(other_shape(shape))}


def swapped(first: str, second: str, shape: Shape) -> Fields:
    """Start for transpose and its kin: dimensions 0 and 1."""
    return {first: "0", second: "1" if len(shape) > 1 else "0"}


def unflattened(shape: Shape) -> Fields:
    """Start for unflatten: the last dimension in two factors."""
    return {"dim": "-1", "sizes": sizes(factors(shape[-1] if shape else 1))}


def narrowed(shape: Shape) -> Fields:
    """Start for narrow: the first half of dimension 0."""
    size = shape[0] if shape else 0
    return {"dim": "0", "start": "0", "length": str(min(size, max(1, size // 2)))}


def selected(shape: Shape) -> Fields:
    """Start for select: index 0 of the first dimension that has one."""
    return {"dim": str(next((dim for dim, size in enumerate(shape) if size), 0)), "index": "0"}


def unfolded(shape: Shape) -> Fields:
    """Start for unfold: windows of two along the last dimension, overlapping by one."""
    return {"dimension": "-1", "size": str(min(2, shape[-1] if shape else 1)), "step": "1"}


def squeezed(shape: Shape) -> Fields:
    """Start for squeeze: the first dimension of size 1, or all of them."""
    return {"dim": next((str(dim) for dim, size in enumerate(shape) if size == 1), "")}


def needs(count: int, shape: Shape) -> str:
    """Say that a tensor has too few dimensions, or ""."""
    if len(shape) >= count:
        return ""
    return f"It needs at least {_dimensions(count)}; this tensor has {len(shape)}."


def allows(count: int, shape: Shape) -> str:
    """Say that a tensor has too many dimensions, or ""."""
    if len(shape) <= count:
        return ""
    return f"It takes at most {_dimensions(count)}; this tensor has {len(shape)}."


def selectable(shape: Shape) -> str:
    """Say why nothing can be selected, or ""."""
    return needs(1, shape) or ("" if any(shape) else "Every dimension of this tensor has size 0.")


def _dimensions(count: int) -> str:
    return "1 dimension" if count == 1 else f"{count} dimensions"
