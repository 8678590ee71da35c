"""What the chain of chips is drawn from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChipView:
    """One chip as it is drawn: two lines of text, and what kind of step it stands for."""

    text: str
    detail: str
    kind: str
    title: str
    movable: bool
    removable: bool
