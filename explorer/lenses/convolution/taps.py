"""Which cells the windows of a layer hold, all dimensions together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import torch

from explorer.scene.windows import OUTSIDE, Reach

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Taps:
    """What each of P windows holds at each of the K cells of the kernel (row-major by kernel index).

    Attributes:
        cells: Flat index in the input's spatial dimensions, P × K; -1: no cell of the input stands there.
        counted: Whether the window has such a cell, P × K: not beyond the padding, nor beyond an adaptive window.
    """

    cells: Indices
    counted: Mask

    def gather(self, block: torch.Tensor) -> torch.Tensor:
        """Return (…, P, K) from (…, *sizes flat): 0 where no cell of the input stands."""
        index = torch.from_numpy(np.maximum(self.cells, 0))
        if block.shape[-1] == 0:
            return block.new_zeros((*block.shape[:-1], *index.shape))
        found = block[..., index]
        return found.masked_fill(torch.from_numpy(self.cells < 0), 0)


def taps_of(reaches: Sequence[Reach], first: Sequence[int], count: Sequence[int]) -> Taps:
    """Return what some of a layer's windows hold.

    Args:
        reaches: Its spatial dimensions.
        first: The first window, in each of them.
        count: How many windows, in each of them.
    """
    cells, counted = [], []
    for reach, start, length in zip(reaches, first, count, strict=True):
        source, there = _along(reach, start, length)
        cells.append(source)
        counted.append(there)
    strides = [math.prod(reach.size for reach in reaches[place + 1 :]) for place in range(len(reaches))]
    rank = len(reaches)
    missing = _spread([one < 0 for one in cells], rank, np.logical_or)
    flat = _spread([one * stride for one, stride in zip(cells, strides, strict=True)], rank, np.add)
    shape = (math.prod(count), math.prod(reach.kernel for reach in reaches))
    return Taps(
        np.where(missing, -1, flat).reshape(shape),
        _spread(counted, rank, np.logical_and).reshape(shape).astype(np.bool_),
    )


def fold_taps(taps: Taps, windows: int) -> Taps:
    """Return the taps of `fold`: kernel cell k is read from row k of the columns, which are `windows` long."""
    rows = np.arange(taps.cells.shape[1]) * windows
    return Taps(np.where(taps.cells < 0, -1, taps.cells + rows), taps.counted)


def all_windows(reaches: Sequence[Reach]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return first and count that stand for all windows."""
    return (0,) * len(reaches), tuple(reach.output for reach in reaches)


def _along(reach: Reach, first: int, count: int) -> tuple[Indices, Mask]:
    """Return the input's index (-1: none) and whether the window has the cell, count × kernel."""
    source = np.full((count, reach.kernel), -1, np.int64)
    counted = np.zeros((count, reach.kernel), np.bool_)
    starts = np.asarray(reach.starts, np.int64)
    taps = np.arange(starts[first], starts[first + count])
    window = np.repeat(np.arange(count), np.diff(starts[first : first + count + 1]))
    positions = np.asarray(reach.positions, np.int64)[taps]
    kernel = np.asarray(reach.kernel_index, np.int64)[taps]
    source[window, kernel] = np.asarray(reach.source, np.int64)[positions]
    counted[window, kernel] = np.asarray(reach.kinds)[positions] != OUTSIDE
    return source, counted


def _spread(parts: Sequence[npt.NDArray[np.generic]], rank: int, joined: np.ufunc) -> Indices:
    """Return the parts of all dimensions joined, windows of all dimensions first, then kernels of all dimensions."""
    shaped = []
    for place, part in enumerate(parts):
        sizes = [1] * (2 * rank)
        sizes[place], sizes[rank + place] = part.shape
        shaped.append(part.reshape(sizes))
    return np.asarray(reduce(joined, shaped))
