"""Numbers as people read them."""

from __future__ import annotations

DIGITS = 9
"""Enough to tell any two float32 apart."""


def exact(value: float) -> str:
    """Write a float32 so that it can be told from its neighbours: `0.25`, `1.40129846e-45`, `nan`."""
    return f"{value:.{DIGITS}g}"
