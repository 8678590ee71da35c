"""How much of a long run is kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from explorer.trace.model import Omission

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.trace.model import Position

MAX_STEPS = 10_000
MAX_HELD_BYTES = 512 * 1024**2
LATER_STEPS = 1_000
LATER_A_PLACE = 4


class Budget:
    """Folds long loops: everything is kept up to a limit, and from then on only what is new.

    Beyond the limit, a call is kept if its place in the text was met less than `LATER_A_PLACE` times, so that what
    comes after a long loop is there in full. All others are counted.

    Args:
        held_bytes: Tells how many bytes the recorded tensors hold on to.
        max_steps: Steps to keep; None keeps everything.
    """

    def __init__(self, held_bytes: Callable[[], int], max_steps: int | None = MAX_STEPS) -> None:
        self._held_bytes = held_bytes
        self._max_steps = max_steps
        self._kept = 0
        self._places: Counter[Position] = Counter()
        self._left_out: Counter[tuple[int, str]] = Counter()

    @property
    def omitted(self) -> tuple[Omission, ...]:
        """What was left out, in the order of the lines."""
        return tuple(Omission(line, op, count) for (line, op), count in sorted(self._left_out.items()))

    def takes(self, position: Position, op: str) -> bool:
        """Tell whether a call is to be recorded, and count it either way."""
        if self._full() and not (self.is_new(position) and self._kept < (self._max_steps or 0) + LATER_STEPS):
            self._left_out[position.line, op] += 1
            return False
        self._kept += 1
        self._places[position] += 1
        return True

    def _full(self) -> bool:
        if self._max_steps is None:
            return False
        return self._kept >= self._max_steps or self._held_bytes() >= MAX_HELD_BYTES

    def is_new(self, position: Position) -> bool:
        """Tell whether few calls were kept of a place in the text."""
        return self._places[position] < LATER_A_PLACE
