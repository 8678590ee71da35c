"""What an example is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A program with a title that says what there is to see.

    Attributes:
        title: Its name in the list of examples.
        source: The program.
        stops: Whether torch refuses a line of it, on purpose.
    """

    title: str
    source: str
    stops: bool = False
