"""Which stretch of the network's input each cell of a layer depends on, one spatial dimension at a time.

A window over cells that depend on stretches depends on the stretch from the first to the last of them. Each is followed
by itself, so uneven padding, adaptive pooling and branches need no formula of their own. The size r that is said beside
it is that of a field which no border cuts off: with kernel k, dilation d and stride s it grows by d(k − 1) · j and the
jump j by the factor s (Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill
2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.scene.windows import INSERTED, Field, Reach

Indices = npt.NDArray[np.int64]
_NOTHING = (1, 0)
_FAR = np.int64(np.iinfo(np.int64).max)


@dataclass(frozen=True, eq=False)
class Extent:
    """What the cells along one dimension depend on.

    Attributes:
        first: For each index, the first index of the network's input.
        last: The last one; before `first` where nothing of the input is read.
        size: Of a field that no border cuts off.
        jump: From one index to the next; 0 where that differs or there is no next one to tell.
    """

    first: Indices
    last: Indices
    size: int
    jump: int

    def __len__(self) -> int:
        """Return the size of the dimension."""
        return len(self.first)

    @property
    def field(self) -> Field:
        """The same for a scene."""
        return Field(self.first, self.last, self.size, self.jump)


def identity(size: int) -> Extent:
    """Return the extents of the network's input itself."""
    index = np.arange(size, dtype=np.int64)
    return Extent(index, index, 1, 1)


def through_window(extent: Extent, reach: Reach) -> Extent:
    """Return the extents of a layer's result along one dimension of what it slid over."""
    read = np.asarray(reach.source, dtype=np.int64)[np.asarray(reach.positions, dtype=np.int64)]
    first, last = _ends(extent, read, np.asarray(reach.starts, dtype=np.int64))
    if reach.stride == 0 or extent.jump == 0 or (np.asarray(reach.kinds) == INSERTED).any():
        return _measured(first, last)
    size = extent.size + reach.dilation * (reach.kernel - 1) * extent.jump
    return Extent(first, last, size, extent.jump * reach.stride)


def shifted(extent: Extent, before: int, after: int) -> Extent:
    """Return the extents after `before` and `after` cells were padded (or, where negative, cut off)."""
    index = np.arange(-before, len(extent) + after, dtype=np.int64)
    first, last = _ends(extent, index, np.arange(len(index) + 1, dtype=np.int64))
    return Extent(first, last, extent.size, extent.jump)


def regrouped(extent: Extent, read: Indices, starts: Indices) -> Extent:
    """Return the extents of cells that read any cells of a dimension.

    Args:
        extent: Of the dimension.
        read: Indices of the cells, group after group.
        starts: Cell g of the result reads those from `starts[g]` to `starts[g + 1]`, exclusive.
    """
    return _measured(*_ends(extent, read, starts))


def joined(extents: Sequence[Extent]) -> Extent | None:
    """Return the extents of cells that take one cell of each; None where the sizes do not fit.

    A dimension of size 1 is read by all.
    """
    size = max(len(extent) for extent in extents)
    if any(len(extent) not in (1, size) for extent in extents):
        return None
    bounds = [_bounds(extent) for extent in extents]
    firsts, lasts = ([np.broadcast_to(ends, size) for ends in pair] for pair in zip(*bounds, strict=True))
    first, last = _settled(np.min(firsts, axis=0), np.max(lasts, axis=0))
    jumps = {extent.jump for extent in extents}
    measured = _measured(first, last)
    largest = max(measured.size, *(extent.size for extent in extents))
    return Extent(first, last, largest, jumps.pop() if len(jumps) == 1 else measured.jump)


def _ends(extent: Extent, read: Indices, starts: Indices) -> tuple[Indices, Indices]:
    """Return the first and last index that groups of cells depend on; cells outside of the dimension do on none.

    Args:
        extent: What the cells depend on.
        read: Indices of the cells, group after group.
        starts: Group g has those from `starts[g]` to `starts[g + 1]`, exclusive.
    """
    first, last = (np.append(ends, none) for ends, none in zip(_bounds(extent), (_FAR, -_FAR), strict=True))
    cells = np.append(np.where((read >= 0) & (read < len(extent)), read, len(extent)), len(extent))
    empty = starts[1:] == starts[:-1]
    firsts = np.where(empty, _FAR, np.minimum.reduceat(first[cells], starts[:-1]))
    lasts = np.where(empty, -_FAR, np.maximum.reduceat(last[cells], starts[:-1]))
    return _settled(firsts, lasts)


def _bounds(extent: Extent) -> tuple[Indices, Indices]:
    """Return first and last index, such that cells that depend on nothing change no minimum and no maximum."""
    known = extent.last >= extent.first
    return np.where(known, extent.first, _FAR), np.where(known, extent.last, -_FAR)


def _settled(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Return the ends with those of nothing as `_NOTHING`."""
    known = last >= first
    return np.where(known, first, _NOTHING[0]), np.where(known, last, _NOTHING[1])


def _measured(first: Indices, last: Indices) -> Extent:
    """Return extents whose size and jump are read off their ends."""
    steps = np.unique(np.diff(first))
    size = int((last - first + 1).max(initial=0))
    return Extent(first, last, size, int(steps[0]) if steps.size == 1 else 0)
