"""What to see in a call, a sentence or two each, with the numbers of this case."""

from __future__ import annotations

from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.remarks import groups, kinds, modes, results
from explorer.lenses.normalization.words import with_minus


def remarks_of(layer: Opened) -> tuple[str, ...]:
    """Return what to see in a call; of one without values nothing."""
    if layer.way is None or not layer.call.input.numel:
        return ()
    said = (remark(layer) for remark in (*groups.REMARKS, *modes.REMARKS, *kinds.REMARKS, *results.REMARKS))
    return tuple(with_minus(text) for text in said if text)
