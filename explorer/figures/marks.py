"""What Plotly draws for the numbers of a chart: bars, curves, bins, points, bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from explorer.figures.numbers import exact, places
from explorer.figures.theme import Theme, series_colours, translucent
from explorer.scene.charts import Chart, Series

_DASHES = ("solid", "dash", "dot", "dashdot")
_PATTERNS = ("", "/", ".", "x")
_SYMBOLS = ("circle", "x-thin-open", "diamond-open", "square-open")
# of the outermost band; each further one lies on top of it
_BAND_OPACITY = 0.25


@dataclass(frozen=True)
class Look:
    """How one series is told from the others: by colour, and by what is no colour."""

    colour: str
    pattern: str
    dash: str
    symbol: str


def looks(count: int, *, dark: bool) -> list[Look]:
    """Return looks for `count` series; they repeat after four."""
    each = [Look(*one) for one in zip(series_colours(dark=dark), _PATTERNS, _DASHES, _SYMBOLS, strict=True)]
    return [each[number % len(each)] for number in range(count)]


def has_place(chart: Chart, value: float) -> bool:
    """Tell whether the chart's axis has a place for a number."""
    return math.isfinite(value) and (value > 0 or not chart.log)


def bars(chart: Chart, series: Series, look: Look) -> go.Bar:
    """Return bars that lie, one a label."""
    return go.Bar(
        x=_placed(chart, series),
        y=list(range(len(chart.labels))),
        orientation="h",
        name=series.name,
        marker={"color": look.colour, "pattern": {"shape": look.pattern}},
        **_hover(chart, series),
    )


def curve(chart: Chart, series: Series, look: Look) -> go.Scatter:
    """Return a curve over the labels, with a mark at each number."""
    return go.Scatter(
        x=list(range(len(chart.labels))),
        y=_placed(chart, series),
        mode="lines+markers",
        name=series.name,
        line={"color": look.colour, "width": 2, "dash": look.dash},
        marker={"size": 6},
        **_hover(chart, series),
    )


def bins(chart: Chart, series: Series, look: Look) -> go.Bar:
    """Return upright bars as wide as their bins, through which those of other series can be seen."""
    edges = _positions(series)
    return go.Bar(
        x=[(low + high) / 2 for low, high in pairwise(edges)],
        width=[high - low for low, high in pairwise(edges)],
        y=_placed(chart, series),
        name=series.name,
        marker={
            "color": translucent(look.colour, 0.45),
            "line": {"color": look.colour, "width": 1},
            "pattern": {"shape": look.pattern, "fgcolor": look.colour},
        },
        **_hover(chart, series),
    )


def points(chart: Chart, series: Series, look: Look) -> go.Scatter:
    """Return a mark for each value over its position."""
    return go.Scatter(
        x=_positions(series),
        y=_placed(chart, series),
        mode="markers",
        name=series.name,
        marker={"color": look.colour, "symbol": look.symbol, "size": 7, "line": {"color": look.colour, "width": 1.5}},
        **_hover(chart, series),
    )


def diagonal(chart: Chart, colours: Theme) -> go.Scatter:
    """Return the line on which position and value are equal, as long as the positions reach."""
    reached = [place for series in chart.series for place in _positions(series) if math.isfinite(place)]
    ends = [min(reached), max(reached)] if reached else []
    line = {"color": colours.text, "width": 1, "dash": "dot"}
    return go.Scatter(x=ends, y=ends, mode="lines", name="y = x", line=line, hoverinfo="skip")


def bands(chart: Chart, quantiles: Sequence[Series], look: Look) -> list[go.Scatter]:
    """Return the bands between quantiles of equal distance to the middle one, the widest first, and the line of that.

    The upper edge of a band follows its lower one, which it is filled down to.
    """
    middle = len(quantiles) // 2
    order = [place for low in range(middle) for place in (low, len(quantiles) - 1 - low)]
    edges = [_edge(chart, quantiles[place], look, filled=place > middle) for place in order]
    line = curve(chart, quantiles[middle], look).update(mode="lines")
    return [*edges, line]


def _edge(chart: Chart, series: Series, look: Look, *, filled: bool) -> go.Scatter:
    edge = curve(chart, series, look)
    fill = {"fill": "tonexty", "fillcolor": translucent(look.colour, _BAND_OPACITY)} if filled else {}
    return edge.update(mode="lines", line={"color": translucent(look.colour, 0.5), "width": 1, "dash": "solid"}, **fill)


def _positions(series: Series) -> list[float]:
    return [] if series.positions is None else [float(place) for place in series.positions.tolist()]


def _hover(chart: Chart, series: Series) -> dict[str, Any]:
    numbers = [exact(value) for value in series.values.tolist()]
    return {
        "customdata": list(zip(places(chart, series), numbers, strict=True)),
        "hovertemplate": "%{customdata[0]}<br><b>%{customdata[1]}</b>",
    }


def _placed(chart: Chart, series: Series) -> list[float | None]:
    return [value if has_place(chart, value) else None for value in series.values.tolist()]
