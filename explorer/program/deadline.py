"""A limit on how long a program runs, and word of how far it is until then."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

from explorer.program.limits import InterruptedByHandError, LimitError

if TYPE_CHECKING:
    from explorer.trace.frames import FrameTracker
    from explorer.trace.loops import Progress

# seconds until the first report, and between two: most programs end before the first
FIRST_REPORT, BETWEEN_REPORTS = 0.25, 0.1


def less(progress: Progress, seconds: float) -> str:
    """Return what to try after a program that was stopped at its limit, with how many passes of its loop that took."""
    done = progress.step - 1
    if done > 0 and progress.total:
        steps = f"{done:,} step{'' if done == 1 else 's'} of {progress.total:,}"
        return f"The loop made {steps} in {seconds:g} s: ask for about so many, or for smaller tensors."
    return "Ask for less: fewer passes of a loop, smaller sizes. Does every loop end?"


class Deadline:
    """While entered, stops the program at the first of its lines that begins too late, and reports how far it is.

    Who is told may stop it, too.

    Args:
        frames: Tells of each line.
        seconds: How long the program may run; None: as long as it likes.
        report: Told now and then how far it is; False when the program is to stop here.
    """

    def __init__(
        self, frames: FrameTracker, seconds: float | None, report: Callable[[Progress], bool | None] | None = None
    ) -> None:
        self._frames = frames
        self._seconds = math.inf if seconds is None else seconds
        self._report = report
        self._start = self._end = self._due = math.inf

    def __enter__(self) -> None:
        self._start = perf_counter()
        self._end = self._start + self._seconds
        self._due = min(self._end, self._start + FIRST_REPORT if self._report else math.inf)
        if self._due < math.inf:
            self._frames.on_line = self._check

    def __exit__(self, *_exception: object) -> None:
        self._frames.on_line = None

    def _check(self) -> None:
        now = perf_counter()
        if now > self._due:
            self._act(now)

    def _act(self, now: float) -> None:
        if now > self._end:
            self._frames.on_line = None
            progress = self._frames.progress
            at = f", at {progress.text}" if progress.text else ""
            raise LimitError(
                f"the program ran for more than {self._seconds:g} s and was stopped on this line{at}.",
                less(progress, self._seconds),
            )
        if self._report is not None:
            progress = self._frames.progress
            if self._report(progress) is False:
                self._frames.on_line = None
                at = f" at {progress.text}" if progress.text else ""
                raise InterruptedByHandError(
                    f"Stopped by you{at}, after {now - self._start:.1f} s: this is what ran until then.", ""
                )
            self._due = min(self._end, now + BETWEEN_REPORTS)
