"""What an example is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A program with a title that says what there is to see."""

    title: str
    source: str
