"""What somebody who waits for a run knows of it, and the way to end it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from explorer.trace.loops import Progress

# reports are a tenth of a second apart; on a busy machine a line takes longer
_MOMENT = 1.0


class Watch:
    """Follows one run; safe to use from several threads.

    Attributes:
        progress: The last that the program reported; None before the first report.
        ran: Whether the program is through, and its picture is being made.
        stopped: Whether somebody stopped the run before its end.
    """

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.ran = False
        self.stopped = False
        self._heard = -math.inf
        self._begun: float | None = None
        self._ended: float | None = None
        self._end: Callable[[], None] | None = None
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float | None:
        """How long the run has taken since its turn came, or took until it was stopped; None while it waits."""
        if self._begun is None:
            return None
        return (self._ended or time.monotonic()) - self._begun

    def note(self, progress: Progress) -> None:
        """Note how far the program is."""
        self.progress = progress
        self._heard = time.monotonic()

    @property
    def is_moving(self) -> bool:
        """Whether the program came by one of its lines a moment ago."""
        return time.monotonic() - self._heard < _MOMENT

    def note_ran(self) -> None:
        """Note that the program is through."""
        self.ran = True

    def begin(self) -> None:
        """Note that the run has its turn."""
        self._begun = time.monotonic()

    def stop(self) -> None:
        """End the run, if it is not over."""
        with self._lock:
            if self.stopped:
                return
            self._ended = time.monotonic()
            self.stopped = True
            if self._end is not None:
                self._end()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Have `end` called when somebody stops the run inside the block; at once where that has happened already."""
        with self._lock:
            self._end = end
            if self.stopped:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._end = None
