"""Numbers as people read them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.scene.charts import Chart, Series

DIGITS = 9
"""Enough to tell any two float32 apart."""

# what the labels of charts with positions count
_COUNTED = {"histogram": "bin", "points": "number"}


def exact(value: float) -> str:
    """Write a float32 so that it can be told from its neighbours: `0.25`, `1.40129846e-45`, `nan`."""
    return f"{value:.{DIGITS}g}"


def places(chart: Chart, series: Series) -> Sequence[str]:
    """Write where each value of a series stands: its bin, its position, or the chart's label."""
    if series.positions is None:
        return chart.labels
    written = [exact(value) for value in series.positions.tolist()]
    return [f"{low} to {high}" for low, high in pairwise(written)] if chart.kind == "histogram" else written


def columns(chart: Chart) -> tuple[list[str], list[Sequence[str]]]:
    """Return the heads and the cells of a table of all numbers of a chart, column by column.

    Series with positions of their own have a column for those; in a chart of several rows each is named with its own.
    """
    heads = [_COUNTED.get(chart.kind) or chart.x or " "]
    cells: list[Sequence[str]] = [chart.labels]
    each = len(chart.series) // max(1, len(chart.rows))
    for number, series in enumerate(chart.series):
        name = f"{chart.rows[number // each]}: {series.name}" if chart.rows else series.name
        if series.positions is not None:
            heads.append(f"{name}: {chart.x}")
            cells.append(places(chart, series))
        heads.append(name)
        cells.append([exact(value) for value in series.values.tolist()])
    return heads, cells
