"""Copies of gradients while the engine runs."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from explorer.trace import values

if TYPE_CHECKING:
    import torch

    from explorer.trace.values import Array

# beyond this, the events of a long run have shapes and no values
MAX_BYTES = 256 * 1024**2


class GradientCopies:
    """Copies gradients, each once for as long as it lives unchanged: what leaves a node arrives at the next one."""

    def __init__(self) -> None:
        self._bytes = 0
        self._known: dict[int, tuple[weakref.ref[torch.Tensor], int, Array]] = {}

    def array(self, gradient: torch.Tensor | None) -> Array | None:
        """Return the values of a gradient, of a large one the window; None where there is none, or no values."""
        if gradient is None:
            return None
        found = self._find(gradient)
        if found is not None or self._bytes >= MAX_BYTES or not values.has_values(gradient):
            return found
        found = values.window_array(gradient)
        self._bytes += found.nbytes
        self._keep(gradient, found)
        return found

    def accumulated(self, leaf: torch.Tensor, incoming: torch.Tensor | None) -> Array | None:
        """Return the values of a leaf's `.grad`: a first gradient is taken over, not copied."""
        grad = leaf.grad
        found = None if grad is None or incoming is None else self._find(incoming)
        if grad is not None and incoming is not None and found is not None and _is_taken_over(grad, incoming):
            self._keep(grad, found)
            return found
        return self.array(grad)

    def _find(self, gradient: torch.Tensor) -> Array | None:
        known = self._known.get(id(gradient))
        if known is None or known[0]() is not gradient or known[1] != values.version_of(gradient):
            return None
        return known[2]

    def _keep(self, gradient: torch.Tensor, array: Array) -> None:
        self._known[id(gradient)] = (weakref.ref(gradient), values.version_of(gradient), array)


def _is_taken_over(grad: torch.Tensor, incoming: torch.Tensor) -> bool:
    """Tell whether two gradients are the same elements of the same memory; `incoming` has values."""
    if not values.has_values(grad) or grad.data_ptr() != incoming.data_ptr():
        return False
    return grad.dtype == incoming.dtype and grad.shape == incoming.shape and grad.stride() == incoming.stride()
