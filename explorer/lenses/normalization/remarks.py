"""What to see in a call, a sentence each, with the numbers of this case."""

from __future__ import annotations

from explorer.lenses.normalization.opened import Opened


def remarks_of(layer: Opened) -> tuple[str, ...]:
    """Return what to see in a call."""
    return ()
