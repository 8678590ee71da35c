"""Words for groups of cells, and minus signs."""

from __future__ import annotations

import re

from explorer.lenses.normalization.groups import words_for
from explorer.lenses.normalization.opened import Opened
from explorer.scene.norms import NormKind

_MINUS = re.compile(r"(?<![\w)\]])-(?=[\d.])|(?<=\de)-(?=\d)")


def with_minus(text: str) -> str:
    """Return a text with minus signs in its numbers, but for code between backticks."""
    parts = text.split("`")
    return "`".join(part if number % 2 else _MINUS.sub("−", part) for number, part in enumerate(parts))


def share_of(kind: NormKind) -> str:
    """Return what the numbers of a group share."""
    return {"rms": "mean square", "weight": "norm"}.get(kind, "mean and the variance")


def first_name(layer: Opened) -> str:
    """Return the name of the first group."""
    return layer.names[0] if layer.names else "group 0"


def own_axes(layer: Opened) -> str:
    """Return what each index of has statistics of its own: `sample and token`."""
    parts = [
        words_for(layer.axes[place], place)[0 if block == 1 else 1]
        for place, (block, size) in enumerate(zip(layer.call.settings.blocks, layer.call.input.shape, strict=True))
        if block < size
    ]
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else "".join(parts)


def whole_axes(layer: Opened) -> str:
    """Return what a group goes over: `3 samples · 3 rows · 3 columns`."""
    parts = []
    for place, block in enumerate(layer.call.settings.blocks):
        if block > 1:
            parts.append(f"{block:,} {words_for(layer.axes[place], place)[1]}")
    return " · ".join(parts)
