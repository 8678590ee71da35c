"""Colours and type that the figures share, in light and dark."""

from __future__ import annotations

from dataclasses import dataclass

FONT = "Source Sans, system-ui, sans-serif"


@dataclass(frozen=True)
class Theme:
    """Colours of a figure; the background is the page's own.

    `mark` and `emphasis` keep apart for all kinds of colour blindness (blue and vermilion of Okabe and Ito, 2008),
    lightened on a dark ground to a contrast of at least 4.5.
    """

    text: str
    grid: str
    mark: str
    emphasis: str


LIGHT = Theme(text="#1a1d26", grid="#d5d9e2", mark="#0072b2", emphasis="#b34700")
DARK = Theme(text="#e8eaf0", grid="#333a48", mark="#56b4e9", emphasis="#ff9d5c")


def theme(*, dark: bool) -> Theme:
    """Return the colours for a dark or a light page."""
    return DARK if dark else LIGHT


_SERIES_LIGHT = (LIGHT.mark, LIGHT.emphasis, "#00785a", "#8a4b78")
_SERIES_DARK = (DARK.mark, DARK.emphasis, "#35c9a0", "#d79ac6")


def series_colours(*, dark: bool) -> tuple[str, ...]:
    """Return colours for several kinds of numbers, in order: Okabe and Ito's, with the contrast that text needs."""
    return _SERIES_DARK if dark else _SERIES_LIGHT


def translucent(colour: str, opacity: float) -> str:
    """Return a colour (`#rrggbb`) through which something can be seen, as CSS."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
