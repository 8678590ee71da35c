"""What the results of each group look like, as a table."""

from __future__ import annotations

import math
import warnings

import torch

from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.values import wide
from explorer.lenses.normalization.words import with_minus
from explorer.scene.tables import Table

MOST_ROWS = 48


def results_table(layer: Opened) -> Table | None:
    """Return mean and variances of the results, group by group; None of a layer without groups, and without values.

    Args:
        layer: The call.
    """
    made, settings, kind = layer.values.output, layer.call.settings, layer.call.kind
    if made is None or kind in ("response", "weight") or not made.numel():
        return None
    cells = by_group(wide(made), settings.blocks)
    groups, count = cells.shape
    with warnings.catch_warnings():  # torch warns of groups of one cell: those have no unbiased variance
        warnings.simplefilter("ignore")
        shown = cells[:MOST_ROWS]
        variance, mean = torch.var_mean(shown, 1, correction=0)
        columns = (mean, variance, shown.var(1, correction=1))
    rows = tuple(
        (layer.names[number] if number < len(layer.names) else f"group {number}", *map(_text, numbers))
        for number, numbers in enumerate(zip(*(column.tolist() for column in columns), strict=True))
    )
    header = ("group", "mean", f"variance (÷ {count:,})", f"var() (÷ {count - 1:,})")
    note = f"The first {MOST_ROWS} of {groups:,} groups." if groups > MOST_ROWS else ""
    return Table(f"{layer.result or 'Result'} of {layer.title}, group by group", header, rows, note=note)


def _text(number: float) -> str:
    return "—" if math.isnan(number) else with_minus(f"{number:.5g}")
