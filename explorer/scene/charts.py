"""Charts: curves, bars and distributions of numbers that torch computed; Plotly draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.scene.relations import Array

ChartKind = Literal["bars", "lines", "histogram", "points", "bands"]


@dataclass(frozen=True)
class Series:
    """Numbers of one kind.

    Attributes:
        name: What they are.
        values: 1-d floats, as long as the chart's `labels`; NaN where there is none.
        positions: Where they stand along the first axis, 1-d floats: of `points` one a value, of a `histogram` the
            edges of the bins, rising, one more than values. None for the other kinds, whose places are the labels.
    """

    name: str
    values: Array
    positions: Array | None = None


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        title: What it shows.
        kind: How it is drawn. `histogram`: counts over the bins of each series. `points`: each value over its position,
            beside the line on which both are equal. `bands`: the series of a row are quantiles, the lowest first and an
            odd number of them: the one in the middle is a line, those at equal distance from it enclose a band.
        labels: What stands under each number: names of parameters, steps, numbers of bins.
        series: The numbers.
        x, y: Titles of the axes.
        log: Whether the numbers are drawn on a logarithmic axis.
        note: What to see in it, in a sentence; or "".
        rows: Names of the rows of `bands`, one below the other on one scale, to which the series are dealt in order and
            equally many each; () for one row without a name.
    """

    title: str
    kind: ChartKind
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x: str = ""
    y: str = ""
    log: bool = False
    note: str = ""
    rows: tuple[str, ...] = ()
