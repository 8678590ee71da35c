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
PATIENCE = 2.0
"""Seconds that a program has to come to its next line when it is asked to stop."""


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
        self._ask: Callable[[], None] | None = None
        self._asked = False
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

    def stop(self, *, keeping: bool = False) -> None:
        """End the run, if it is not over.

        Args:
            keeping: What ran until now is wanted: a program that goes from line to line is asked to stop at its next
                one, and ended like any other only where it does not.
        """
        with self._lock:
            if self.stopped and (keeping or not self._asked):
                return
            self._ended = self._ended or time.monotonic()
            self.stopped = True
            if keeping and self._ask is not None and self.progress is not None:
                self._asked = True
                self._ask()
                self._end_later()
            elif self._end is not None:
                self._end()

    def _end_later(self) -> None:
        """End a program that has not come to a line in time; what it leaves then is only written down."""

        def end() -> None:
            with self._lock:
                if self._end is not None and not self.ran:
                    self._end()

        impatient = threading.Timer(PATIENCE, end)
        impatient.daemon = True
        impatient.start()

    @contextmanager
    def ended_by(self, end: Callable[[], None], ask: Callable[[], None] | None = None) -> Iterator[None]:
        """Have `end` called when somebody stops the run inside the block; at once where that has happened already.

        Args:
            end: Ends the run without a result.
            ask: Asks the program to stop by itself; None where it does not listen.
        """
        with self._lock:
            self._end, self._ask = end, ask
            if self.stopped:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._end = self._ask = None
