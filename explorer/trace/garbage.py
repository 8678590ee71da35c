"""Python's garbage collector, while a program is recorded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.survivors import SURVIVORS

# objects made between two collections; Python's own number is 700
THRESHOLD = 20_000
# collections of new objects before one of those that survived some; Python's own number is 10
YOUNG = 50


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
            SURVIVORS.put_by(gc.get_count()[1] * THRESHOLD)
        gc.set_threshold(*before)


def collect_rarely() -> None:
    """Have the collector of this process look for cycles less often from now on, as `collected_rarely` does."""
    gc.set_threshold(THRESHOLD, YOUNG, gc.get_threshold()[2])
