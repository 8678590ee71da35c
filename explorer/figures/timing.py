"""How long a program takes on each device: every repeat as a dot, the spread as a box, the median as a number."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from explorer.figures.theme import FONT, Theme, theme
from explorer.figures.units import seconds_text, unit_of

if TYPE_CHECKING:
    from explorer.program.timing import Timing

# times further apart than this do not fit on a linear axis: the fastest would all lie at its edge
LOG_RATIO = 20.0
_ROW_HEIGHT = 84
_REST_HEIGHT = 70
# of a row's height
_BOX = 0.4


def timing_figure(timings: Sequence[Timing], *, dark: bool = False) -> go.Figure:
    """Draw the times of a program on several devices, one row each, the first at the top.

    Args:
        timings: What was measured; those without times are left out.
        dark: Whether the page is dark. The figure's own background is transparent.

    Returns:
        The figure; its axis is logarithmic where times differ by more than `LOG_RATIO`.
    """
    timed = [timing for timing in timings if timing.seconds]
    colours = theme(dark=dark)
    medians = [statistics.median(timing.seconds) for timing in timed]
    scale, unit = unit_of(medians)
    log = spread_out([value for timing in timed for value in timing.seconds])
    figure = go.Figure([_row(timing, scale, unit, colours) for timing in timed])
    for timing, median in zip(timed, medians, strict=True):
        figure.add_annotation(
            # a logarithmic axis counts the places of annotations in powers of ten
            x=math.log10(median / scale) if log else median / scale,
            y=timing.device,
            yshift=_BOX * _ROW_HEIGHT / 2 + 11,
            text=f"<b>{seconds_text(median)}</b>",
            showarrow=False,
            font={"color": colours.emphasis, "size": 14},
        )
    _lay_out(figure, colours, unit, rows=len(timed), log=log)
    return figure


def spread_out(seconds: Sequence[float]) -> bool:
    """Tell whether times differ so much that a linear axis hides the small ones."""
    positive = [value for value in seconds if value > 0]
    return bool(positive) and max(positive) > LOG_RATIO * min(positive)


def _row(timing: Timing, scale: float, unit: str, colours: Theme) -> go.Box:
    return go.Box(
        x=[value / scale for value in timing.seconds],
        y=[timing.device] * len(timing.seconds),
        orientation="h",
        name=timing.device,
        boxpoints="all",
        pointpos=0,
        jitter=0.6,
        width=_BOX,
        whiskerwidth=0.5,
        line={"color": colours.mark, "width": 1.5},
        fillcolor="rgba(0,0,0,0)",
        marker={"color": colours.mark, "size": 6, "opacity": 0.55},
        hovertemplate=f"%{{x:.4g}} {unit}<extra>{timing.device}</extra>",
        hoveron="points",
        showlegend=False,
    )


def _lay_out(figure: go.Figure, colours: Theme, unit: str, *, rows: int, log: bool) -> None:
    line = {"gridcolor": colours.grid, "linecolor": colours.grid, "zerolinecolor": colours.grid}
    figure.update_layout(
        height=_REST_HEIGHT + _ROW_HEIGHT * max(rows, 1),
        margin={"l": 8, "r": 16, "t": 12, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": colours.text, "size": 13},
        hoverlabel={"font": {"family": FONT}},
        dragmode=False,
    )
    figure.update_xaxes(
        title=f"time of one run, {unit}{' (logarithmic)' if log else ''}",
        type="log" if log else "linear",
        rangemode="tozero",
        fixedrange=True,
        automargin=True,
        **line,
    )
    figure.update_yaxes(type="category", range=[max(rows, 1) - 0.5, -0.5], fixedrange=True, automargin=True, **line)
