"""Python's garbage collector, while a program is recorded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# objects made between two collections; Python's own number is 700
THRESHOLD = 20_000
# collections of new objects before one of those that survived some; Python's own number is 10
YOUNG = 50
# objects of recordings that are put by before all objects of the process are looked through
MOST_PUT_BY = 2_000_000


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Have the collector look for cycles less often: what is recorded is kept, so it would find next to nothing.

    Looking took a third of the time of a recording.
    """
    before = gc.get_threshold()
    new, young, old = before
    if new:  # 0: it is switched off
        gc.set_threshold(max(THRESHOLD, new), max(YOUNG, young), old)
    try:
        yield
    finally:
        if gc.get_count()[1] > young:
            _SURVIVORS.put_by()
        gc.set_threshold(*before)


def collect_rarely() -> None:
    """Have the collector of this process look for cycles less often from now on, as `collected_rarely` does."""
    gc.set_threshold(THRESHOLD, YOUNG, gc.get_threshold()[2])


class _Survivors:
    """What long recordings have left behind in this process."""

    def __init__(self) -> None:
        self._count = 0

    def put_by(self) -> None:
        """Make what a recording has left old at once: Python would look through all of it when the recording has ended.

        What became garbage is found when all objects are looked through: here, after enough recordings. Where objects
        are frozen (`gc.freeze`), nothing is done, since they would be looked through from then on.
        """
        if gc.get_freeze_count():
            return
        self._count += gc.get_count()[1] * THRESHOLD
        if self._count > MOST_PUT_BY:
            self._count = 0
            gc.collect()
            return
        gc.freeze()
        gc.unfreeze()


_SURVIVORS = _Survivors()
