"""Which dimensions a view cannot merge: torch's own rule, with the pair that breaks it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Conflict:
    """Two dimensions that a view would have to walk with a single step, and cannot.

    Attributes:
        shape: Sizes of the tensor.
        stride: Its strides, in elements.
        new_shape: The shape asked for, without -1.
        dimensions: The two dimensions; only dimensions of size 1 stand between them.
        merged: The new dimension that reaches over both.
    """

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    new_shape: tuple[int, ...]
    dimensions: tuple[int, int]
    merged: int

    @property
    def needed(self) -> int:
        """The stride that the outer dimension would need."""
        inner = self.dimensions[1]
        return self.shape[inner] * self.stride[inner]


@dataclass(frozen=True)
class _Chunk:
    """Dimensions first..last that one step walks through; `numel` elements."""

    first: int
    last: int
    numel: int


def resolved(new_shape: Sequence[int], numel: int) -> tuple[int, ...]:
    """Return `new_shape` with its -1 worked out.

    Raises:
        ValueError: The shape does not hold `numel` elements.
    """
    known = math.prod(size for size in new_shape if size != -1)
    if list(new_shape).count(-1) == 1 and known and numel % known == 0:
        return tuple(numel // known if size == -1 else size for size in new_shape)
    if min(new_shape, default=0) < 0 or known != numel:
        raise ValueError(f"{numel} elements cannot take shape {tuple(new_shape)}")
    return tuple(new_shape)


def view_conflict(shape: Sequence[int], stride: Sequence[int], new_shape: Sequence[int]) -> Conflict | None:
    """Return why a tensor cannot be viewed with another shape, or None when it can.

    `view_conflict((6, 4), (1, 6), (3, 8))` finds dimensions 0 and 1: a walk through both needs
    stride[0] = 4 × 6 = 24, and stride[0] is 1. When `reshape` copies, this is its reason too.

    Args:
        shape: Sizes of the tensor.
        stride: Its strides, in elements.
        new_shape: The shape asked for; one size may be -1.

    Raises:
        ValueError: `new_shape` does not hold the tensor's elements.
    """
    numel = math.prod(shape)
    target = resolved(new_shape, numel)
    if numel == 0:
        return None
    place = len(target) - 1
    for chunk in _chunks(shape, stride):
        covered = 1
        while place >= 0 and (covered < chunk.numel or target[place] == 1):
            covered *= target[place]
            place -= 1
        if covered != chunk.numel:
            inner = next(d for d in range(chunk.first, chunk.last + 1) if shape[d] != 1)
            merged = next(d for d in range(place + 1, len(target)) if target[d] != 1)
            return Conflict(tuple(shape), tuple(stride), target, (chunk.first - 1, inner), merged)
    return None


def _chunks(shape: Sequence[int], stride: Sequence[int]) -> Iterator[_Chunk]:
    """Yield the chunks from the last to the first, as torch's computeStride cuts them."""
    last, numel = len(shape) - 1, 1
    for d in range(len(shape) - 1, -1, -1):
        numel *= shape[d]
        if d == 0 or (shape[d - 1] != 1 and stride[d - 1] != numel * stride[last]):
            yield _Chunk(d, last, numel)
            last, numel = d - 1, 1


def conflict_sentence(conflict: Conflict, name: str, asked: str) -> str:
    """Write a conflict as two sentences with its numbers.

    Args:
        conflict: What `view_conflict` returned.
        name: The tensor, as the program calls it.
        asked: The call that wants the new shape, as code, e.g. `view(3, 8)`.
    """
    outer, inner = conflict.dimensions
    size, step = conflict.shape[inner], conflict.stride[inner]
    return (
        f"{name} has shape {conflict.shape} and strides {conflict.stride}. "
        f"{asked} would have to merge dimensions {outer} and {inner} into one walk with a single step, "
        f"which needs stride[{outer}] = size[{inner}] × stride[{inner}] = {size} × {step} = "
        f"{conflict.needed}, "
        f"but stride[{outer}] is {conflict.stride[outer]}."
    )
