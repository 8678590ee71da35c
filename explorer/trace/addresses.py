"""Addresses of a tensor's elements in its storage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.trace.model import TensorState

Numbers = npt.NDArray[np.int64]


def addresses_of(state: TensorState, window: tuple[int, ...] | None = None, itemsize: int | None = None) -> Numbers:
    """Return the storage position of each element of the tensor (or of a corner of it), in its shape.

    Args:
        state: The tensor.
        window: How many indices of each dimension; all of them when None.
        itemsize: Count in elements of this many bytes instead of the tensor's own.
    """
    shape = state.shape if window is None else window
    positions = np.full(shape, state.storage_offset, dtype=np.int64)
    for axis, (size, stride) in enumerate(zip(shape, state.stride, strict=True)):
        along = np.arange(size, dtype=np.int64) * stride
        positions += along.reshape([-1 if d == axis else 1 for d in range(len(shape))])
    if itemsize is not None and itemsize != state.itemsize:
        positions = positions * state.itemsize // itemsize
    return positions
