"""Which stretch of the network's input each cell of a layer depends on, one spatial dimension at a time.

A window over cells that depend on stretches depends on the stretch from the first to the last of them: with kernel k,
dilation d and stride s the size grows by d(k − 1) · j and the jump j by the factor s (Araujo, Norris, Sim, "Computing
Receptive Fields of Convolutional Neural Networks", Distill 2019). Here each stretch is followed by itself, so uneven
padding, adaptive pooling and branches need no formula of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from explorer.scene.windows import INPUT, INSERTED, Field, Reach

Indices = npt.NDArray[np.int64]
_NOTHING = (1, 0)
_NO_PLACE = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Extent:
    """What the cells along one dimension depend on.

    Attributes:
        first: For each index, the first index of the network's input; may lie in the padding.
        last: The last one; before `first` where nothing of the input is read.
        jump: From one index to the next; 0 where that differs or there is no next one to tell.
    """

    first: Indices
    last: Indices
    jump: int

    def __len__(self) -> int:
        """Return the size of the dimension."""
        return len(self.first)

    @property
    def field(self) -> Field:
        """The same for a scene."""
        sizes = self.last - self.first + 1
        return Field(self.first, self.last, int(sizes.max(initial=0)), self.jump)


def identity(size: int) -> Extent:
    """Return the extents of the network's input itself."""
    index = np.arange(size, dtype=np.int64)
    return Extent(index, index, 1)


def through_window(extent: Extent, reach: Reach) -> Extent:
    """Return the extents of a layer's result along one dimension of what it slid over."""
    owners = _places(reach)
    first, last = _beyond(extent, owners)
    positions = np.asarray(reach.positions, dtype=np.int64)
    spans = [positions[begin:end] for begin, end in pairwise(np.asarray(reach.starts).tolist())]
    ends = [_stretch(first, last, span, owners) for span in spans]
    firsts = np.array([begin for begin, _ in ends], dtype=np.int64)
    lasts = np.array([end for _, end in ends], dtype=np.int64)
    regular = reach.stride > 0 and not (np.asarray(reach.kinds) == INSERTED).any()
    return Extent(firsts, lasts, extent.jump * reach.stride if regular else _even(firsts))


def shifted(extent: Extent, before: int, after: int) -> Extent:
    """Return the extents after `before` and `after` cells were padded (or, where negative, cut off)."""
    index = np.arange(-before, len(extent) + after, dtype=np.int64)
    first, last = _beyond(extent, index)
    return Extent(first, last, extent.jump)


def joined(extents: Sequence[Extent]) -> Extent | None:
    """Return the extents of cells that take one cell of each; None where the sizes do not fit.

    A dimension of size 1 is read by all.
    """
    size = max(len(extent) for extent in extents)
    if any(len(extent) not in (1, size) for extent in extents):
        return None
    first = np.min([np.broadcast_to(extent.first, size) for extent in extents], axis=0)
    last = np.max([np.broadcast_to(extent.last, size) for extent in extents], axis=0)
    jumps = {extent.jump for extent in extents}
    return Extent(first, last, jumps.pop() if len(jumps) == 1 else _even(first))


def _places(reach: Reach) -> Indices:
    """Return where each position of the padded input lies, counted in the input's indices.

    Padding continues them, below 0 and beyond the end. Of a stretched input only the cells themselves have a place;
    the others are marked by the largest integer.
    """
    source, kinds = np.array(reach.source, dtype=np.int64), np.asarray(reach.kinds)
    own = np.flatnonzero(kinds == INPUT)
    if own.size == 0 or (kinds == INSERTED).any():
        source[kinds != INPUT] = _NO_PLACE
        return source
    offset = int(own[0]) - int(source[own[0]])
    return np.arange(-offset, len(source) - offset, dtype=np.int64)


def _stretch(first: Indices, last: Indices, span: Indices, owners: Indices) -> tuple[int, int]:
    known = span[owners[span] != _NO_PLACE]
    if known.size == 0:
        return _NOTHING
    read = known[last[known] >= first[known]]
    return (int(first[read].min()), int(last[read].max())) if read.size else _NOTHING


def _beyond(extent: Extent, index: Indices) -> tuple[Indices, Indices]:
    """Return first and last of the given indices; those beyond the ends are continued by the jump."""
    if len(extent) == 0:
        return np.full(len(index), _NOTHING[0], dtype=np.int64), np.full(len(index), _NOTHING[1], dtype=np.int64)
    inside = np.clip(index, 0, len(extent) - 1)
    known = index != _NO_PLACE
    away = np.where(known, index - inside, 0) * extent.jump
    return extent.first[inside] + away, extent.last[inside] + away


def _even(first: Indices) -> int:
    steps = np.unique(np.diff(first))
    return int(steps[0]) if steps.size == 1 else 0
