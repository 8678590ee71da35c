"""Python's garbage collector, and the many objects that a recording or a scene makes: nearly all of them stay."""

from __future__ import annotations

import gc

# objects that are put by before all objects of the process are looked through
MOST = 2_000_000


class Survivors:
    """The objects of this process that were taken to be in use without a look at them."""

    def __init__(self) -> None:
        self._count = 0

    def put_by(self, made: int) -> None:
        """Take all that was made until now for old: Python would look through it as soon as it may collect again.

        What of it became garbage is found when all objects are looked through: here, after enough of them. Where
        objects are frozen (`gc.freeze`), nothing is done, since they would be looked through from then on.

        Args:
            made: How many objects those are, about.
        """
        if gc.get_freeze_count():
            return
        self._count += made
        if self._count > MOST:
            self._count = 0
            gc.collect()
            return
        gc.freeze()
        gc.unfreeze()


SURVIVORS = Survivors()
