"""Charts of a scene: one bar, point or bin for each number that torch computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.marks import Look, bands, bars, bins, curve, diagonal, has_place, looks, points
from explorer.figures.numbers import exact
from explorer.figures.theme import FONT, Theme, theme
from explorer.scene.charts import Chart, ChartKind, Series

MAX_LABELS = 30
"""How many labels a curve has room for; of more, Plotly picks some."""
_LABEL_LENGTH = 26
_BAR_HEIGHT = 17
_GAP_HEIGHT = 8
_REST_HEIGHT = 90
_PLOT_HEIGHT = 300
_ROW_HEIGHT = 66
_ROW_GAP = 28
_MOST_DECADES = 8
_LABELLED: tuple[ChartKind, ...] = ("lines", "bands")

_MARKS: dict[ChartKind, Callable[[Chart, Series, Look], Any]] = {
    "bars": bars,
    "lines": curve,
    "histogram": bins,
    "points": points,
}


def chart_figure(chart: Chart, *, dark: bool = False) -> go.Figure:
    """Draw a chart: bars lie, one row a label, the first at the top; all else runs from left to right.

    A number that has no place on the axis (NaN, an infinity, 0 on a logarithmic one) is written where its bar would
    start, and is a gap elsewhere. Series differ by pattern, dash or symbol as well as by colour.

    Args:
        chart: What to draw.
        dark: Whether the page is dark. The figure's own background is transparent.
    """
    colours = theme(dark=dark)
    figure = _banded(chart, dark=dark) if chart.kind == "bands" else _drawn(chart, colours, dark=dark)
    if chart.kind == "bars":
        _write_missing(figure, chart)
    _lay_out(figure, chart, colours)
    return figure


def _drawn(chart: Chart, colours: Theme, *, dark: bool) -> go.Figure:
    """Return the figure with a mark for each series."""
    mark = _MARKS[chart.kind]
    pairs = zip(chart.series, looks(len(chart.series), dark=dark), strict=True)
    marks = [mark(chart, series, look) for series, look in pairs]
    return go.Figure([*marks, diagonal(chart, colours)] if chart.kind == "points" else marks)


def _banded(chart: Chart, *, dark: bool) -> go.Figure:
    """Return the figure with the rows of bands."""
    count = max(1, len(chart.rows))
    each = len(chart.series) // count
    gap = _ROW_GAP / (count * _ROW_HEIGHT + (count - 1) * _ROW_GAP) if count > 1 else 0
    figure = make_subplots(rows=count, shared_xaxes=True, vertical_spacing=gap, subplot_titles=chart.rows or None)
    for row in range(count if each else 0):
        quantiles = chart.series[row * each : (row + 1) * each]
        traces = bands(chart, quantiles, looks(1, dark=dark)[0])
        figure.add_traces(traces, rows=row + 1, cols=1)
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    figure.update_yaxes(matches="y")
    figure.update_xaxes(matches="x")
    return figure


def _write_missing(figure: go.Figure, chart: Chart) -> None:
    """Write the numbers that have no bar at the beginning of their rows."""
    for row in range(len(chart.labels)):
        values = [series.values.tolist()[row] for series in chart.series]
        missing = [exact(value) for value in values if not has_place(chart, value)]
        if missing:
            figure.add_annotation(x=0, xref="paper", xanchor="left", y=row, text=" · ".join(missing), showarrow=False)


def _lay_out(figure: go.Figure, chart: Chart, colours: Theme) -> None:
    lying = chart.kind == "bars"
    line = {"gridcolor": colours.grid, "linecolor": colours.grid, "zerolinecolor": colours.grid}
    shared = {"fixedrange": True, "automargin": True, **line}
    figure.update_layout(
        height=_height(chart),
        bargap=0.25,
        margin={"l": 8, "r": 16, "t": 24 if chart.rows else 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": colours.text, "size": 13},
        hoverlabel={"font": {"family": FONT}},
        showlegend=chart.kind != "bands" and len(figure.data) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
    )
    figure.update_xaxes(**shared, **(_numbers(chart) if lying else _places(chart)))
    figure.update_yaxes(**shared, **(_labels(chart) if lying else _numbers(chart)))
    if lying:
        figure.update_yaxes(range=[max(1, len(chart.labels)) - 0.5, -0.5], showgrid=False)
    if chart.kind == "histogram":
        figure.update_layout(barmode="overlay")
    if chart.kind == "bands":
        # all quantiles of a place are read at once
        figure.update_layout(hovermode="x")
        _title_rows(figure, chart)


def _title_rows(figure: go.Figure, chart: Chart) -> None:
    """Write the title of the first axis below the last row only; rows have names in place of that of the other."""
    figure.update_xaxes(title=None)
    figure.update_xaxes(title=chart.x, row=max(1, len(chart.rows)))
    if chart.rows:
        figure.update_yaxes(title=None)


def _places(chart: Chart) -> dict[str, Any]:
    """Return the axis along which values stand, from left to right."""
    return _labels(chart) if chart.kind in _LABELLED else {"title": chart.x, "exponentformat": "power"}


def _labels(chart: Chart) -> dict[str, Any]:
    """Return the axis of the labels, all of them where there is room."""
    if chart.kind in _LABELLED and len(chart.labels) > MAX_LABELS:
        return {"title": chart.x}
    texts = [label if len(label) <= _LABEL_LENGTH else f"…{label[-_LABEL_LENGTH:]}" for label in chart.labels]
    ticks = {"tickmode": "array", "tickvals": list(range(len(texts))), "ticktext": texts}
    # beside bars, the labels say themselves what they are
    return {"title": chart.x, **ticks} if chart.kind in _LABELLED else ticks


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
    if chart.rows:
        return _REST_HEIGHT + len(chart.rows) * (_ROW_HEIGHT + _ROW_GAP)
    if chart.kind != "bars":
        return _PLOT_HEIGHT
    return _REST_HEIGHT + max(1, len(chart.labels)) * (_BAR_HEIGHT * max(1, len(chart.series)) + _GAP_HEIGHT)
