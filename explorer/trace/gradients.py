"""Copies of gradients while the engine runs."""

from __future__ import annotations

import math
import weakref
from typing import TYPE_CHECKING

import numpy as np
import torch

from explorer.trace import values
from explorer.trace.memory import elements_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from explorer.trace.values import Array

    Arrays = tuple[Array | None, ...]
    Shapes = tuple[tuple[int, ...] | None, ...]

# beyond this, the events of a long run have shapes and no values
MAX_BYTES = 256 * 1024**2
# of large gradients that are copied whole, so that each window of them can be looked at: of one, and of all
MOST_WHOLE_BYTES = 16 * 1024**2
MAX_WHOLE_BYTES = 64 * 1024**2
# of a sparse gradient
MOST_ROWS = 64


# in which norms are summed up: squares of half precision overflow, and sums of complex64 are not added in pairs
_WIDER = {torch.float16: torch.float32, torch.bfloat16: torch.float32, torch.complex64: torch.complex128}

# what was copied: of which tensor, at which version; its values, None where there are none; its sizes
_Copy = tuple["Callable[[], torch.Tensor | None]", int, "Array | None", "tuple[int, ...] | None"]
_NOTHING: _Copy = (lambda: None, 0, None, None)


class GradientCopies:
    """Copies gradients, each once for as long as it lives unchanged: what leaves a node arrives at the next one."""

    def __init__(self) -> None:
        self._bytes = 0
        self._whole_bytes = 0
        self._known: dict[int, _Copy] = {}
        self._norms: dict[int, tuple[_Copy, float]] = {}

    def array(self, gradient: torch.Tensor | None) -> Array | None:
        """Return the values of a gradient, of a large one the window; None where there is none, or no values."""
        return None if gradient is None else self._copy(gradient)[2]

    def of(self, gradients: Iterable[torch.Tensor | None]) -> tuple[Arrays, Shapes, bool]:
        """Return the values of gradients, as `array` does, their sizes, and whether those are all of their elements.

        None stands where there is no gradient.
        """
        arrays: list[Array | None] = []
        shapes: list[tuple[int, ...] | None] = []
        whole = True
        for gradient in gradients:
            _, _, array, shape = _NOTHING if gradient is None else self._copy(gradient)
            arrays.append(array)
            shapes.append(shape)
            whole = whole and (gradient is None or (array is not None and array.shape == shape))
        return tuple(arrays), tuple(shapes), whole

    def accumulated(self, leaf: torch.Tensor, incoming: torch.Tensor | None) -> Array | None:
        """Return the values of a leaf's `.grad`: a first gradient is taken over, not copied."""
        grad = leaf.grad
        found = None if grad is None or incoming is None else self._find(incoming)
        if grad is None or incoming is None or found is None or found[2] is None:
            return self.array(grad)
        if not _is_taken_over(grad, incoming):
            return self.array(grad)
        self._known[id(grad)] = (weakref.ref(grad), values.version_of(grad), *found[2:])
        return found[2]

    def norm(self, gradient: torch.Tensor | None) -> float | None:
        """Return the Euclidean norm of a gradient of which only a window is copied; None of others.

        In the gradient's own precision, but for those of which torch's sum would overflow or lose digits.
        """
        if gradient is None or gradient.numel() <= values.KEEP_ELEMENTS or not values.has_values(gradient):
            return None
        copy, key = self._copy(gradient), id(gradient)
        known = self._norms.get(key)
        if known is None or known[0] is not copy:
            known = self._norms[key] = (copy, _norm(gradient))
        return known[1]

    def norms(self, gradients: tuple[torch.Tensor | None, ...]) -> tuple[float | None, ...]:
        """Return the norms of gradients, as `norm` does; () where it has none."""
        found = tuple([self.norm(gradient) for gradient in gradients])
        return () if all(norm is None for norm in found) else found

    def _copy(self, gradient: torch.Tensor) -> _Copy:
        key, version = id(gradient), values.version_of(gradient)
        known = self._known.get(key)
        if known is not None and known[0]() is gradient and known[1] == version:
            return known
        array = self._values(gradient) if self._bytes < MAX_BYTES else None
        if array is None:
            shape = tuple(gradient.shape)
        else:
            self._bytes += array.nbytes
            shape = array.shape if array.size == gradient.numel() else tuple(gradient.shape)
        copy = self._known[key] = (weakref.ref(gradient), version, array, shape)
        return copy

    def _values(self, gradient: torch.Tensor) -> Array | None:
        """Return a copy of a gradient; of a large one the window, behind which lies the whole (see `whole_of`)."""
        count = gradient.numel()
        if count <= values.KEEP_ELEMENTS:
            found = elements_at_once(gradient)
            if found is not None:
                return found
        if not values.has_values(gradient):
            return None
        room = min(MOST_WHOLE_BYTES, MAX_WHOLE_BYTES - self._whole_bytes)
        if count <= values.KEEP_ELEMENTS or count * gradient.itemsize > room:
            return values.window_array(gradient)
        whole = values.to_numpy(gradient)
        self._whole_bytes += whole.nbytes
        return whole[tuple(slice(0, size) for size in values.window_of(tuple(gradient.shape)))]

    def _find(self, gradient: torch.Tensor) -> _Copy | None:
        known = self._known.get(id(gradient))
        if known is None or known[0]() is not gradient or known[1] != values.version_of(gradient):
            return None
        return known


def whole_of(array: Array, shape: tuple[int, ...]) -> Array | None:
    """Return all values of a tensor of which `array` is what was recorded; None where only a window was.

    Args:
        array: All values, or the window.
        shape: Sizes of the tensor.
    """
    if array.shape == shape:
        return array
    behind = array.base
    if not isinstance(behind, np.ndarray) or behind.size != math.prod(shape):
        return None
    return behind if behind.shape == shape else behind.reshape(shape)


def rows_of(gradients: tuple[torch.Tensor | None, ...]) -> tuple[tuple[int, ...] | None, ...]:
    """Return the first rows that sparse gradients hold, as they hold them: one that is there twice comes twice.

    Args:
        gradients: Of a node; None where there is none.

    Returns:
        For each gradient its rows, None of one that is not sparse; () where none is.
    """
    found = tuple([_rows(one) if one is not None and one.is_sparse else None for one in gradients])
    return () if all(rows is None for rows in found) else found


def _rows(gradient: torch.Tensor) -> tuple[int, ...] | None:
    if gradient.is_meta or gradient.sparse_dim() != 1:
        return None
    rows: list[int] = gradient.detach()._indices()[0, :MOST_ROWS].tolist()
    return tuple(rows)


def _norm(gradient: torch.Tensor) -> float:
    with torch.no_grad():
        return float(torch.linalg.vector_norm(gradient, dtype=_WIDER.get(gradient.dtype)))


def _is_taken_over(grad: torch.Tensor, incoming: torch.Tensor) -> bool:
    """Tell whether two gradients are the same elements of the same memory; `incoming` has values."""
    if not values.has_values(grad) or grad.data_ptr() != incoming.data_ptr():
        return False
    return grad.dtype == incoming.dtype and grad.shape == incoming.shape and grad.stride() == incoming.stride()
