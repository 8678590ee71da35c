"""What a kept run answers about one grid of its scene: a window at another place, or numbers about all elements.

Both travel in the layout of `explorer.scene.encoding`, with the marks `TXP1` and `TXN1`.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.scene.relations import Array

PART_MAGIC = b"TXP1"
SUMMARY_MAGIC = b"TXN1"


@dataclass(frozen=True)
class Part:
    """A window of a grid that begins elsewhere, or why there is none.

    Attributes:
        first: Index at which it begins, in each dimension.
        window: How many indices of each dimension it has.
        frames: The frames in which these are the values: the first one, and one past the last.
        values: 1-d, row-major; None when it is refused.
        refused: Why there are no values, or "".
    """

    first: tuple[int, ...]
    window: tuple[int, ...]
    frames: tuple[int, int]
    values: Array | None
    refused: str = ""


@dataclass(frozen=True)
class Summary:
    """Statistics of all elements of a grid's tensor, or why there are none.

    Attributes:
        frames: As for `Part`.
        count: Number of elements.
        nan_count: How many of them are NaN.
        inf_count: How many are infinite.
        moments: float64: minimum, maximum, mean and standard deviation (correction 1) of the finite ones; of complex
            numbers the magnitudes count. NaN where there are none.
        histogram: Counts of the finite ones in equal bins between minimum and maximum.
        refused: Why there are no numbers, or "".
    """

    frames: tuple[int, int]
    count: int
    nan_count: int
    inf_count: int
    moments: Array
    histogram: tuple[int, ...]
    refused: str = ""
