"""Python's garbage collector, while a program is recorded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# objects made between two collections; Python's own number is 700
THRESHOLD = 20_000


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Have the collector look for cycles less often: what is recorded is kept, so it would find next to nothing.

    Looking took a third of the time of a recording.
    """
    before = gc.get_threshold()
    if before[0]:  # 0: it is switched off
        gc.set_threshold(max(THRESHOLD, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
