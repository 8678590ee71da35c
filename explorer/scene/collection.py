"""Making many objects that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.survivors import SURVIVORS

# objects of which looking through them is felt
MANY = 10_000


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep Python from looking for garbage: where all that is made stays, the search would take half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            made = gc.get_count()[0]
            if made > MANY:
                SURVIVORS.put_by(made)
            gc.enable()
