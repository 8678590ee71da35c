"""What a trace keeps of a tensor's values: all of a small one, a window of a large one, statistics on demand.

The cost of recording a tensor must not grow with its size. A storage of up to `KEEP_ELEMENTS` elements is
copied once for each time it was written to, and all tensors that look at it share that copy. Of a larger one,
each tensor keeps a corner (`window_of`) and the storage its first `HEAD_ELEMENTS` elements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch._C import _functorch as functorch

from explorer.swift import swift
from explorer.trace.memory import DTYPES, beginning, copied, elements

Array = npt.NDArray[np.generic]

KEEP_ELEMENTS = 16_384
HEAD_ELEMENTS = 256
WINDOW_SIDE = 64
WINDOW_LINE = 1024
WINDOW_SLABS = 4

# what float32 holds exactly, in torch's own conversion: of these, each NaN but those of float8_e5m2 keeps its bits
_FLOAT32_HOLDS = {
    *(torch.bfloat16, torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu),
}


@swift
@dataclass(frozen=True, eq=False)
class Contents:
    """Recorded values and how a tensor reads them.

    Attributes:
        flat: 1-d array: a whole storage, or a window's values in order. States that share it saw the same write.
        offset: Where the tensor's first value lies in `flat`.
        stride: Step in `flat` for each dimension.
        window: How many indices of each dimension are there.
        whole_storage: Whether `flat` is the whole storage, so that positions in it are addresses.
        head: The first elements of a large storage; None when `flat` is all of it.
    """

    flat: Array
    offset: int
    stride: tuple[int, ...]
    window: tuple[int, ...]
    whole_storage: bool
    head: Array | None

    @cached_property
    def values(self) -> Array:
        """The window as an array of that shape (a copy, read-only)."""
        byte_strides = [step * self.flat.itemsize for step in self.stride]
        seen = np.lib.stride_tricks.as_strided(self.flat[self.offset :], self.window, byte_strides)
        copy = seen.copy()
        copy.flags.writeable = False
        return copy


@dataclass(frozen=True, eq=False)
class Statistics:
    """Numbers about all elements of a tensor; complex tensors are described by their magnitudes.

    `minimum`, `maximum`, `mean`, `std` (torch's, correction 1) and the histogram leave NaN and infinities out and
    are NaN when nothing is left. `histogram` counts elements in equal bins between `minimum` and `maximum`.
    """

    count: int
    minimum: float
    maximum: float
    mean: float
    std: float
    nan_count: int
    inf_count: int
    histogram: tuple[int, ...]


@lru_cache(maxsize=1024)
def window_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return how many indices of each dimension are kept: all of a small tensor, of a large one a bounded corner."""
    if math.prod(shape) <= KEEP_ELEMENTS:
        return shape
    if len(shape) == 1:
        return (min(shape[0], WINDOW_LINE),)
    rows_and_columns = tuple(min(size, WINDOW_SIDE) for size in shape[-2:])
    slabs: list[int] = []
    left = WINDOW_SLABS
    for size in reversed(shape[:-2]):
        kept = min(size, left)
        slabs.insert(0, kept)
        left = max(1, left // max(1, kept))
    return (*slabs, *rows_and_columns)


def to_numpy(tensor: torch.Tensor) -> Array:
    """Return a copy of `tensor`'s values in memory of its own, with the nearest exact NumPy dtype."""
    if _is_plain(tensor):
        found = elements(tensor)
        if found is not None:
            return found
        plain = tensor.detach()
    else:
        plain = _on_cpu(tensor)
    # the copy is what NumPy looks at: a storage that it has looked at can no longer be resized
    array: Array = plain.clone(memory_format=torch.contiguous_format).numpy()
    return array


def read_strided(tensor: torch.Tensor, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Array:
    """Return a copy of the elements that these sizes and strides read from the tensor's storage."""
    if not _is_plain(tensor):
        return to_numpy(tensor.detach().as_strided(size, stride, offset))
    found = copied(tensor, size, stride, offset)
    return _read_by_torch(tensor, size, stride, offset) if found is None else found


def _read_by_torch(tensor: torch.Tensor, size: tuple[int, ...], stride: tuple[int, ...], offset: int) -> Array:
    array: Array = torch.as_strided_copy(tensor.detach(), size, stride, offset).numpy()
    return array


def _is_plain(tensor: torch.Tensor) -> bool:
    """Tell whether NumPy could read the tensor's memory as it is."""
    return tensor.dtype in DTYPES and tensor.is_cpu and not tensor.is_conj() and not tensor.is_neg()


def _on_cpu(tensor: torch.Tensor) -> torch.Tensor:
    """Return the values as a CPU tensor of a dtype that NumPy has; it may share memory with `tensor`."""
    plain = tensor.detach()
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    return _widened(plain if plain.device.type == "cpu" else plain.cpu())


def _widened(plain: torch.Tensor) -> torch.Tensor:
    """Return the same numbers in a dtype that NumPy has, such that the bits of each NaN can be told again."""
    if plain.dtype in _FLOAT32_HOLDS:
        return plain.float()
    if plain.dtype == torch.float8_e5m2:  # the upper byte of a float16; converting would set the quiet bit of NaN
        return _float32_of(plain.view(torch.uint8).to(torch.int16).mul(256).view(torch.float16))
    if plain.dtype == torch.complex32:
        wide = torch.empty(plain.shape, dtype=torch.complex64)
        torch.view_as_real(wide).copy_(_float32_of(torch.view_as_real(plain)))
        return wide
    return plain


def _float32_of(halves: torch.Tensor) -> torch.Tensor:
    """Return float16 as float32 by NumPy, which keeps the bits of NaN; torch sets their quiet bit."""
    return torch.from_numpy(halves.numpy().astype(np.float32, order="C"))


def storage_bytes(tensor: torch.Tensor) -> int:
    """Bytes of its whole storage, also of one on `meta`, which takes none."""
    return tensor.untyped_storage().nbytes() if has_storage(tensor) else 0


def storage_length(tensor: torch.Tensor) -> int:
    """Number of `tensor.dtype` elements in its whole storage."""
    return tensor.untyped_storage().nbytes() // tensor.itemsize


def window_array(tensor: torch.Tensor) -> Array:
    """Return a copy of the part of a tensor that is kept: all of a small one, of a large one the window.

    Asks for no storage: from then on the engine would take a gradient to be shared, and not add to it in place.
    """
    if tensor.numel() <= KEEP_ELEMENTS:
        return to_numpy(tensor)
    window, offset = window_of(tuple(tensor.shape)), int(tensor.storage_offset())
    read = _read_by_torch if _is_plain(tensor) else read_strided
    return read(tensor, window, tensor.stride(), offset)


def has_values(tensor: torch.Tensor) -> bool:
    """Tell whether there are values to read: not on `meta`, and not for sparse or quantised layouts."""
    return has_storage(tensor) and is_readable(tensor)


def is_readable(tensor: torch.Tensor) -> bool:
    """Tell whether there are values to read in a tensor's memory, of one that has some."""
    return not (tensor.is_meta or tensor.is_quantized)


def version_of(tensor: torch.Tensor) -> int:
    """Return torch's version counter; 0 for an inference tensor, which keeps none."""
    try:
        return tensor._version
    except RuntimeError:
        return 0


def has_storage(tensor: torch.Tensor) -> bool:
    """Tell whether the tensor is a plain one with memory of its own: not sparse, nor a wrapper made by `torch.func`."""
    try:
        if tensor.data_ptr():  # a third of the time of what follows
            return tensor.layout == torch.strided
    except RuntimeError:
        pass
    if functorch.is_functorch_wrapped_tensor(tensor) or functorch.is_legacy_batchedtensor(tensor):
        return False
    return tensor.layout == torch.strided


def can_keep_storage(tensor: torch.Tensor) -> bool:
    """Tell whether the whole storage is small enough to keep, and its elements are the tensor's values as they are."""
    lazy = tensor.is_conj() or tensor.is_neg()
    return storage_length(tensor) <= KEEP_ELEMENTS and not lazy


def read_storage(tensor: torch.Tensor, limit: int | None = None) -> Array:
    """Return the storage of `tensor` as a flat array of its dtype, or its first `limit` elements."""
    storage = tensor.untyped_storage()
    length = storage.nbytes() // tensor.itemsize
    length = length if limit is None else min(limit, length)
    found = beginning(storage, length, tensor.dtype) if _is_plain(tensor) else None
    return read_strided(tensor, (length,), (1,), 0) if found is None else found


def read_window(tensor: torch.Tensor) -> Contents:
    """Return the corner that is kept of a large tensor (all of a small view into a large storage)."""
    window = window_of(tuple(tensor.shape))
    kept = read_strided(tensor, window, tensor.stride(), int(tensor.storage_offset()))
    return Contents(kept.reshape(-1), 0, _packed_stride(window), window, whole_storage=False, head=None)


@lru_cache(maxsize=1024)
def _packed_stride(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides, in elements, of values of this shape that lie one after the other."""
    return tuple(math.prod(shape[place + 1 :]) for place in range(len(shape)))
