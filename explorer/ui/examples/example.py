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
        opens: What of it is open at first: options of the page's lens that are not what they are by themselves, such
            as the direction. The first example of a page has none: its link is the page's own.
    """

    title: str
    source: str
    stops: bool = False
    opens: tuple[tuple[str, int], ...] = ()
