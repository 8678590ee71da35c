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


class Gradients:
    """Copies gradients, each once for as long as it lives unchanged: what leaves a node arrives at the next one."""

    def __init__(self) -> None:
        self._bytes = 0
        self._known: dict[int, tuple[weakref.ref[torch.Tensor], int, Array]] = {}

    def array(self, gradient: torch.Tensor | None) -> Array | None:
        """Return the values of a gradient, of a large one the window; None where there is none, or no values."""
        if gradient is None or not values.has_values(gradient):
            return None
        version = values.version_of(gradient)
        known = self._known.get(id(gradient))
        if known is not None and known[0]() is gradient and known[1] == version:
            return known[2]
        if self._bytes >= MAX_BYTES:
            return None
        array = values.window_array(gradient)
        self._bytes += array.nbytes
        self._known[id(gradient)] = (weakref.ref(gradient), version, array)
        return array
