"""Charts: curves and bars of numbers that torch computed; Plotly draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.scene.relations import Array


@dataclass(frozen=True)
class Series:
    """Numbers of one kind.

    Attributes:
        name: What they are.
        values: 1-d floats, as long as the chart's `labels`; NaN where there is none.
    """

    name: str
    values: Array


@dataclass(frozen=True)
class Chart:
    """One chart.

    Attributes:
        title: What it shows.
        kind: How it is drawn.
        labels: What stands under each number: names of parameters, steps.
        series: The numbers.
        x, y: Titles of the axes.
        log: Whether the numbers are drawn on a logarithmic axis.
        note: What to see in it, in a sentence; or "".
    """

    title: str
    kind: Literal["bars", "lines"]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    x: str = ""
    y: str = ""
    log: bool = False
    note: str = ""
