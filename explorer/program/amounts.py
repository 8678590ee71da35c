"""Bytes as people say them."""

from __future__ import annotations


def amount_text(nbytes: int) -> str:
    """Return bytes as people say them."""
    value = float(nbytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:,.2f} {unit}"
