"""Which part of the output belongs to which stop of the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.lenses.shapes.timeline import Moment
    from explorer.trace.model import Print


def printed_after(prints: Sequence[Print], moments: Sequence[Moment]) -> tuple[tuple[int, int], ...]:
    """Return for each moment where in the output stands what was printed after it, before the next one.

    Steps that are no stops belong to the stop before them.
    """
    ends: list[int] = []
    length = 0
    for piece in prints:
        length += len(piece.text)
        ends.append(length)
    stretches: list[tuple[int, int]] = []
    for number, moment in enumerate(moments):
        first = _before(prints, ends, moment)
        following = moments[number + 1] if number + 1 < len(moments) else None
        last = length if following is None or following.step is None else _before(prints, ends, following)
        stretches.append((first, last) if moment.step is not None else (length, length))
    return tuple(stretches)


def _before(prints: Sequence[Print], ends: Sequence[int], moment: Moment) -> int:
    """Return how many characters were printed before the moment's step had ended."""
    index = moment.step.index if moment.step is not None else 0
    count = sum(1 for piece in prints if piece.step < index)
    return ends[count - 1] if count else 0
