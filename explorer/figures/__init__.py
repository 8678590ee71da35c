"""Plotly figures: curves and distributions, where cells and graphs are not what is asked for."""

from explorer.figures.timing import timing_figure

__all__ = ["timing_figure"]
