"""One tensor at one moment of a run, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from explorer.swift import swift

if TYPE_CHECKING:
    import torch

    from explorer.trace.values import Array, Contents, Statistics


@swift
@dataclass(frozen=True, eq=False)
class TensorState:
    """One tensor at one moment of the run.

    Attributes:
        tensor: A number for the tensor object; equal numbers are the same Python object.
        shape: Sizes.
        stride: Strides, in elements.
        storage_offset: In elements.
        dtype: The torch dtype.
        device: The torch device.
        requires_grad: As torch says.
        is_leaf: As torch says.
        grad_fn: Name of its autograd node (`MulBackward0`), or None.
        is_contiguous: As torch says.
        storage: A number for its storage; equal numbers share memory.
        storage_nbytes: Bytes of the whole storage.
        itemsize: Bytes of an element.
        version: torch's version counter: writes into the storage so far.
        contents: The recorded values: all of them, or a window of a large tensor; None on `meta`.
        grad: Values of `.grad`, or None; of a large one the window.
        grad_reason: Why `grad` is None, in words; "" when it is not.
        node: Number of its autograd node in `Trace.graph`: the one that made it, or its AccumulateGrad when the graph
            has one; -1 when it has none.
        output_nr: Which result of that node it is.
        retains_grad: As torch says: whether a tensor that is not a leaf keeps its gradient.
        hooks: How many hooks the program hung on it.
        is_inference: Whether it was made under `inference_mode`.
    """

    tensor: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    storage_offset: int
    dtype: torch.dtype
    device: torch.device
    requires_grad: bool
    is_leaf: bool
    grad_fn: str | None
    is_contiguous: bool
    storage: int
    storage_nbytes: int
    itemsize: int
    version: int
    contents: Contents | None
    grad: Array | None = None
    grad_reason: str = ""
    node: int = -1
    output_nr: int = 0
    retains_grad: bool = False
    hooks: int = 0
    is_inference: bool = False
    _live: torch.Tensor | None = field(default=None, repr=False)
    _whole: Array | None = field(default=None, repr=False)

    @property
    def numel(self) -> int:
        """Number of elements."""
        count = 1
        for size in self.shape:
            count *= size
        return count

    @property
    def values(self) -> Array | None:
        """The values as a NumPy array: all of them, or the window `[:window[0], :window[1], …]`; None on `meta`.

        bfloat16 and the 8-bit floats, which NumPy lacks, come as float32 (exactly).
        """
        return None if self.contents is None else self.contents.values

    @property
    def whole(self) -> Array | None:
        """All values as a NumPy array; None where only a window of them was recorded.

        Of large leaves that are trained, the newest versions are known whole, until the trace crosses a process border.
        """
        return self.values if self.window == self.shape else self._whole

    @property
    def window(self) -> tuple[int, ...]:
        """How many indices of each dimension `values` holds; equal to `shape` when it holds them all."""
        return self.shape if self.contents is None else self.contents.window

    @cached_property
    def statistics(self) -> Statistics | None:
        """Statistics of the whole tensor, computed where it lives when first asked for; None without values.

        Raises:
            RuntimeError: The tensor was too large to keep, and its live tensor is gone or was written to since.
        """
        from explorer.trace.statistics import statistics_of  # noqa: PLC0415 - it imports this module

        return statistics_of(self, self._live)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the live tensor and the large copy behind: a state that crosses a process border is plain data."""
        return {**self.__dict__, "_live": None, "_whole": None}
