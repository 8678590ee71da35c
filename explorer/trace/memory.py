"""Copies of a tensor's memory, made without torch: for a small tensor its calls cost many times the copying."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

# what NumPy reads as it is
DTYPES: dict[torch.dtype, np.dtype[np.generic]] = {
    dtype: np.dtype(str(dtype).removeprefix("torch."))
    for dtype in (
        *(torch.float32, torch.float64, torch.float16, torch.complex64, torch.complex128, torch.bool),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8),
        *(torch.uint16, torch.uint32, torch.uint64),
    )
}


def copied(
    tensor: torch.Tensor, size: tuple[int, ...], stride: tuple[int, ...], offset: int
) -> npt.NDArray[np.generic] | None:
    """Return a copy of the elements that these sizes and strides read from the tensor's storage.

    NumPy is shown the address, not the tensor: a storage that it has looked at in torch's way can no longer be resized.

    Args:
        tensor: A CPU tensor of one of `DTYPES`, with a storage.
        size: Sizes.
        stride: Strides, in elements.
        offset: Where the first element lies in the storage, in elements.

    Returns:
        An array of shape `size`, in memory of its own; None when the storage has no memory, or too little.
    """
    storage = tensor.untyped_storage()
    address = storage.data_ptr()
    if not address:
        return None
    dtype = DTYPES[tensor.dtype]
    step = dtype.itemsize
    memory = _block(storage.nbytes())(address)
    try:
        # NumPy refuses what would reach beyond the memory
        there = np.ndarray(size, dtype, memory, offset * step, [one * step for one in stride])
    except (TypeError, ValueError):
        return None
    return there.copy()


def beginning(storage: torch.UntypedStorage, count: int, dtype: torch.dtype) -> npt.NDArray[np.generic] | None:
    """Return a copy of the first `count` elements of a CPU storage, read as `dtype`; None when it has no memory."""
    address = storage.data_ptr()
    if not address:
        return None
    known = DTYPES[dtype]
    there: npt.NDArray[np.generic] = np.ndarray((count,), known, _block(count * known.itemsize)(address))
    return there.copy()


def elements(tensor: torch.Tensor) -> npt.NDArray[np.generic] | None:
    """Return a copy of a tensor's elements, without a look at its storage.

    Args:
        tensor: A CPU tensor of one of `DTYPES`, strided.

    Returns:
        An array of the tensor's shape, in memory of its own; None when there are no elements in memory.
    """
    address = tensor.data_ptr()
    if not address:
        return None
    shape, dtype = tensor.shape, DTYPES[tensor.dtype]
    step = dtype.itemsize
    if tensor.is_contiguous():
        there: npt.NDArray[np.generic] = np.ndarray(shape, dtype, _block(tensor.numel() * step)(address))
        return there.copy()
    strides = tensor.stride()
    reach = 1 + sum((size - 1) * one for size, one in zip(shape, strides, strict=True))
    memory = _block(reach * step)(address)
    return np.ndarray(shape, dtype, memory, 0, [one * step for one in strides]).copy()


def elements_at_once(tensor: torch.Tensor) -> npt.NDArray[np.generic] | None:
    """Return a copy of the elements of any tensor, as `elements`; None where they are not one piece of plain memory."""
    dtype = DTYPES.get(tensor.dtype)
    if dtype is None or not tensor.is_cpu or tensor.is_neg() or (dtype.kind == "c" and tensor.is_conj()):
        return None
    try:
        address = tensor.data_ptr()
    except RuntimeError:  # without memory of its own: sparse, or made by `torch.func`
        return None
    if not address or not tensor.is_contiguous():
        return None
    there: npt.NDArray[np.generic] = np.ndarray(tensor.shape, dtype, _block(tensor.numel() * dtype.itemsize)(address))
    return there.copy()


@lru_cache(maxsize=1024)  # making the type costs more than the copy
def _block(nbytes: int) -> Callable[[int], Any]:
    """Return what shows so many bytes at an address as a buffer."""
    return (ctypes.c_char * nbytes).from_address
