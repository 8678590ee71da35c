"""Taking turns: so many at once, the others in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from explorer.compute.watch import Watch


class BusyError(Exception):
    """Too many wait already, or the wait was too long."""


class GivenUpError(Exception):
    """Who waited was told to stop before the turn came."""


class Turns:
    """Lets `count` threads through at once; the others wait in line.

    Args:
        count: How many may go at once.
        longest_line: How many may wait.
        patience: How many seconds each of them waits.
    """

    def __init__(self, count: int, longest_line: int, patience: float) -> None:
        self._free = count
        self._longest_line = longest_line
        self._patience = patience
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, watch: Watch | None = None) -> Iterator[None]:
        """Wait for a turn and have it while the block runs.

        Args:
            watch: Of the run that waits: who stops it makes it leave the line.

        Raises:
            BusyError: None comes in time; the message is for people.
            GivenUpError: The run was stopped while it waited.
        """
        self._take(watch or Watch())
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, watch: Watch) -> None:
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return
            ahead = len(self._line)
            if ahead >= self._longest_line:
                raise BusyError(f"The server is busy: {ahead} programs are waiting. Try again in a moment.")
            place = threading.Event()
            self._line.append(place)
        with watch.ended_by(place.set):
            place.wait(self._patience)
        with self._lock:
            if place not in self._line:
                return  # whoever passes a turn on takes the place out of the line
            self._line.remove(place)
        if watch.stopped:
            raise GivenUpError
        raise BusyError(f"The server is busy: this program waited {self._patience:g} s. Try again in a moment.")

    def _pass_on(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1
