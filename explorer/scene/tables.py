"""Small tables beside a step: shapes aligned, arithmetic, who shares memory with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "warning", "error"]


@dataclass(frozen=True)
class Table:
    """A table of text that belongs to a frame.

    Attributes:
        title: What it shows.
        header: Heads of the columns.
        rows: Its cells; every row has as many as the header. Backticks mark code.
        marks: (row, column) of the cells that disagree, or that the note is about.
        note: What follows from it, in a sentence; or "".
        tone: `warning` for a likely accident, `error` for what made the step fail.
        fixes: (label, whole program after the change) of changes that the note proposes.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[int, int], ...] = ()
    note: str = ""
    tone: Tone = "plain"
    fixes: tuple[tuple[str, str], ...] = ()
