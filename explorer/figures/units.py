"""Times as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def unit_of(seconds: Sequence[float]) -> tuple[float, str]:
    """Return the unit, as seconds and as a word, in which the smallest of some times is at least 1."""
    smallest = min((value for value in seconds if value > 0), default=1.0)
    return next((unit for unit in _UNITS if smallest >= unit[0]), _UNITS[-1])


def seconds_text(seconds: float) -> str:
    """Write a time with three digits and its unit: `1.23 ms`."""
    scale, unit = unit_of([seconds])
    value = seconds / scale
    digits = max(0, 2 - math.floor(math.log10(value))) if value >= 1 else 2
    return f"{value:,.{digits}f} {unit}"
