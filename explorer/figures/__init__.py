"""Plotly figures: curves and distributions, where cells and graphs are not what is asked for."""
