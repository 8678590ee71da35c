"""Arithmetic of indices: flat elements, indices in each dimension, cells of a window."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
Shape = tuple[int, ...]


def unravel(elements: Indices, shape: Shape) -> list[Indices]:
    """Return the index in each dimension of flat elements (row-major) of a tensor of this shape."""
    places: list[Indices] = []
    rest = elements
    for size in reversed(shape):
        places.insert(0, rest % max(size, 1))
        rest = rest // max(size, 1)
    return places


def ravel(places: Sequence[Indices | int], shape: Shape, count: int) -> Indices:
    """Return the flat elements (row-major) with these indices in each dimension, as an array of `count` numbers."""
    flat: Indices = np.zeros(count, np.int64)
    for place, size in zip(places, shape, strict=True):
        flat = flat * size + place
    return flat


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that tensors of these shapes are broadcast to.

    Raises:
        ValueError: They cannot be.
    """
    return tuple(np.broadcast_shapes(*shapes))


def stretched(shape: Shape, onto: Shape, elements: Indices) -> Indices:
    """Return the element of a tensor that stands at each element of the shape that it is broadcast to.

    Args:
        shape: Of the tensor.
        onto: The shape that it is broadcast to.
        elements: Flat elements of `onto`, 1-d.
    """
    if shape == onto:
        return elements
    places = unravel(elements, onto)[len(onto) - len(shape) :]
    kept = [place if size != 1 else 0 for place, size in zip(places, shape, strict=True)]
    return ravel(kept, shape, elements.size)


def window_elements(shape: Shape, window: Shape) -> Indices:
    """Return the flat elements of a tensor that its window shows, row-major in the window."""
    count = math.prod(window)
    cells = np.arange(count, dtype=np.int64)
    return cells if window == shape else ravel(unravel(cells, window), shape, count)


def window_cells(elements: Indices, shape: Shape, window: Shape) -> Indices:
    """Return the cells of a window in which flat elements stand; -1 for those outside, and for elements of -1."""
    if window == shape:
        return elements
    places = unravel(elements, shape)
    inside = elements >= 0
    for place, size in zip(places, window, strict=True):
        inside &= place < size
    return np.where(inside, ravel(places, window, elements.size), -1)


def combinations(sizes: Shape) -> list[Indices]:
    """Return all indices into dimensions of these sizes, one array a dimension, the last running fastest."""
    return unravel(np.arange(math.prod(sizes), dtype=np.int64), sizes)
