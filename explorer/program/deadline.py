"""A limit on how long a program runs."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from explorer.program.limits import LimitError

if TYPE_CHECKING:
    from explorer.trace.frames import FrameTracker


class Deadline:
    """While entered, stops the program at the first of its lines that begins too late.

    Args:
        frames: Tells of each line.
        seconds: How long the program may run; None: as long as it likes.
    """

    def __init__(self, frames: FrameTracker, seconds: float | None) -> None:
        self._frames = frames
        self._seconds = seconds
        self._end = 0.0

    def __enter__(self) -> None:
        if self._seconds is not None:
            self._end = perf_counter() + self._seconds
            self._frames.on_line = self._check

    def __exit__(self, *_exception: object) -> None:
        self._frames.on_line = None

    def _check(self) -> None:
        if perf_counter() > self._end:
            self._frames.on_line = None
            raise LimitError(
                f"the program ran for more than {self._seconds:g} s and was stopped on this line.",
                "Ask for less: fewer passes of a loop, smaller sizes. Does every loop end?",
            )
