"""Which bytes of a storage a tensor reads, and which a step changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.trace.addresses import Numbers, addresses_of

if TYPE_CHECKING:
    from explorer.trace import Step, TensorState

MAX_ELEMENTS = 16_384


@dataclass(frozen=True, eq=False)
class Region:
    """Bytes of a storage: from `low` to `high`, exclusive; `places` are exactly which, None when there are too many."""

    low: int
    high: int
    places: Numbers | None = None

    @property
    def empty(self) -> bool:
        """Whether there are none."""
        return self.high <= self.low or (self.places is not None and not self.places.size)

    def overlaps(self, other: Region) -> bool:
        """Tell whether the two have a byte in common; of regions that are not known exactly, whether they may."""
        if self.empty or other.empty or self.low >= other.high or other.low >= self.high:
            return False
        if self.places is None or other.places is None:
            return True
        return bool(np.isin(self.places, other.places).any())


def region_of(state: TensorState) -> Region:
    """Return the bytes of its storage that a tensor reads."""
    if state.numel == 0:
        return Region(0, 0)
    last = state.storage_offset + sum((size - 1) * step for size, step in zip(state.shape, state.stride, strict=True))
    low, high = state.storage_offset * state.itemsize, (last + 1) * state.itemsize
    if state.numel > MAX_ELEMENTS:
        return Region(low, high)
    return Region(low, high, _bytes_at(addresses_of(state).reshape(-1), state.itemsize))


def changed_by(step: Step, after: TensorState) -> Region:
    """Return the bytes of `after`'s storage that a step changed: where the recorded bits differ, or memory is new.

    Where the storage was too large to be recorded, all that the written tensor reads counts as changed.
    """
    before = next((given for given in step.inputs if given.storage == after.storage), None)
    if before is None or before.contents is None or after.contents is None or after.dtype != before.dtype:
        return region_of(after)
    if not (before.contents.whole_storage and after.contents.whole_storage):
        return region_of(after)
    old, new = before.contents.flat, after.contents.flat
    kept = min(old.size, new.size)
    # compared as bits: NaN is not equal to itself, and -0.0 is to 0.0
    rows = [array[:kept].view(np.uint8).reshape(kept, array.itemsize) for array in (old, new)]
    differ = np.flatnonzero((rows[0] != rows[1]).any(axis=1))
    places = _bytes_at(np.concatenate([differ, np.arange(kept, new.size)]), after.itemsize)
    return Region(0, 0) if not places.size else Region(int(places[0]), int(places[-1]) + 1, places)


def _bytes_at(addresses: Numbers, itemsize: int) -> Numbers:
    """Return the bytes of the elements at these addresses, sorted, each once."""
    return np.unique(addresses[:, None] * itemsize + np.arange(itemsize, dtype=np.int64))
