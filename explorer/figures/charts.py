"""Curves and bars of a scene: one bar or one point for each number that torch computed."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

from explorer.figures.numbers import exact
from explorer.figures.theme import FONT, Theme, series_colours, theme
from explorer.scene.charts import Chart, Series

MAX_LABELS = 30
"""How many labels a curve has room for; of more, Plotly picks some."""
_LABEL_LENGTH = 26
_BAR_HEIGHT = 17
_GAP_HEIGHT = 8
_REST_HEIGHT = 90
_LINES_HEIGHT = 300
_MOST_DECADES = 8
_DASHES = ("solid", "dash", "dot", "dashdot")
_PATTERNS = ("", "/", ".", "x")


def chart_figure(chart: Chart, *, dark: bool = False) -> go.Figure:
    """Draw a chart: bars lie, one row a label, the first at the top; curves run from left to right.

    A number that has no place on the axis (NaN, an infinity, 0 on a logarithmic one) is written where its bar would
    start, and is a gap in a curve. Series differ by pattern or dash as well as by colour.

    Args:
        chart: What to draw.
        dark: Whether the page is dark. The figure's own background is transparent.
    """
    colours = theme(dark=dark)
    looks = list(zip(series_colours(dark=dark), _PATTERNS, _DASHES, strict=True))
    drawn = [(series, *looks[number % len(looks)]) for number, series in enumerate(chart.series)]
    if chart.kind == "bars":
        figure = go.Figure([_bars(chart, series, colour, pattern) for series, colour, pattern, _ in drawn])
        _write_missing(figure, chart)
    else:
        figure = go.Figure([_curve(chart, series, colour, dash) for series, colour, _, dash in drawn])
    _lay_out(figure, chart, colours)
    return figure


def has_place(chart: Chart, value: float) -> bool:
    """Tell whether the chart's axis has a place for a number."""
    return math.isfinite(value) and (value > 0 or not chart.log)


def _bars(chart: Chart, series: Series, colour: str, pattern: str) -> go.Bar:
    return go.Bar(
        x=_placed(chart, series),
        y=list(range(len(chart.labels))),
        orientation="h",
        name=series.name,
        marker={"color": colour, "pattern": {"shape": pattern}},
        **_hover(chart, series),
    )


def _curve(chart: Chart, series: Series, colour: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(chart.labels))),
        y=_placed(chart, series),
        mode="lines+markers",
        name=series.name,
        line={"color": colour, "width": 2, "dash": dash},
        marker={"size": 6},
        **_hover(chart, series),
    )


def _hover(chart: Chart, series: Series) -> dict[str, Any]:
    numbers = [exact(value) for value in series.values.tolist()]
    return {
        "customdata": list(zip(chart.labels, numbers, strict=True)),
        "hovertemplate": "%{customdata[0]}<br><b>%{customdata[1]}</b>",
    }


def _placed(chart: Chart, series: Series) -> list[float | None]:
    return [value if has_place(chart, value) else None for value in series.values.tolist()]


def _write_missing(figure: go.Figure, chart: Chart) -> None:
    """Write the numbers that have no bar at the beginning of their rows."""
    for row in range(len(chart.labels)):
        values = [series.values.tolist()[row] for series in chart.series]
        missing = [exact(value) for value in values if not has_place(chart, value)]
        if missing:
            figure.add_annotation(x=0, xref="paper", xanchor="left", y=row, text=" · ".join(missing), showarrow=False)


def _lay_out(figure: go.Figure, chart: Chart, colours: Theme) -> None:
    bars = chart.kind == "bars"
    line = {"gridcolor": colours.grid, "linecolor": colours.grid, "zerolinecolor": colours.grid}
    shared = {"fixedrange": True, "automargin": True, **line}
    figure.update_layout(
        height=_height(chart),
        bargap=0.25,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": colours.text, "size": 13},
        hoverlabel={"font": {"family": FONT}},
        showlegend=len(chart.series) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    figure.update_xaxes(**shared, **(_numbers(chart) if bars else _labels(chart)))
    figure.update_yaxes(**shared, **(_labels(chart) if bars else _numbers(chart)))
    if bars:
        figure.update_yaxes(range=[max(1, len(chart.labels)) - 0.5, -0.5], showgrid=False)


def _labels(chart: Chart) -> dict[str, Any]:
    """Return the axis of the labels, all of them where there is room."""
    if chart.kind == "lines" and len(chart.labels) > MAX_LABELS:
        return {"title": chart.x}
    texts = [label if len(label) <= _LABEL_LENGTH else f"…{label[-_LABEL_LENGTH:]}" for label in chart.labels]
    ticks = {"tickmode": "array", "tickvals": list(range(len(texts))), "ticktext": texts}
    # beside bars, the labels say themselves what they are
    return {"title": chart.x, **ticks} if chart.kind == "lines" else ticks


def _numbers(chart: Chart) -> dict[str, Any]:
    """Return the axis of the numbers."""
    values = [value for series in chart.series for value in series.values.tolist() if has_place(chart, value)]
    if not chart.log:
        return {"title": chart.y, "exponentformat": "power"}
    axis = {"title": f"{chart.y} (logarithmic)".strip(), "type": "log", "exponentformat": "power"}
    if not values:
        return axis
    # a whole power of ten below the smallest number, so that its bar can be seen
    low, high = math.floor(math.log10(min(values)) - 0.3), math.ceil(math.log10(max(values)) + 0.05)
    return {**axis, "range": [low, high], "dtick": math.ceil((high - low) / _MOST_DECADES)}


def _height(chart: Chart) -> int:
    if chart.kind == "lines":
        return _LINES_HEIGHT
    return _REST_HEIGHT + max(1, len(chart.labels)) * (_BAR_HEIGHT * max(1, len(chart.series)) + _GAP_HEIGHT)
