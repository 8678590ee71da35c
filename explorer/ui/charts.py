"""The curves and bars of a scene, below the stage."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import streamlit as st

from explorer.figures.numbers import columns
from explorer.scene.charts import Chart
from explorer.ui.text import plain

_TALLEST = 720
# of one chart beside others; where there is less room, they stand below each other
_WIDTH = 500


def charts(drawn: Sequence[Chart], key: str) -> None:
    """Draw charts, each with a table of its numbers."""
    if not drawn:
        return
    with st.container(horizontal=True, gap="large", key=key):
        for number, chart in enumerate(drawn):
            with st.container(width=_WIDTH if len(drawn) > 1 else "stretch", gap="xsmall"):
                st.html(f"<h2 class='te-section'>{html.escape(chart.title)}</h2>")
                if chart.note:
                    st.markdown(plain(chart.note))
                _figure(chart, f"{key}/{number}")
                with st.expander("Numbers"):
                    st.markdown(table(chart))


def table(chart: Chart) -> str:
    """Return the numbers of a chart as a Markdown table."""
    heads, cells = columns(chart)
    lines = [f"| {' | '.join(map(plain, row))} |" for row in [heads, *zip(*cells, strict=True)]]
    return "\n".join([lines[0], f"| --- |{' ---: |' * (len(cells) - 1)}", *lines[1:]])


def _figure(chart: Chart, key: str) -> None:
    # Plotly takes a moment to import; only pages with a chart need it
    from explorer.figures.charts import chart_figure  # noqa: PLC0415

    figure: Any = chart_figure(chart, dark=st.context.theme.type == "dark")
    tall = figure.layout.height > _TALLEST
    with st.container(height=_TALLEST if tall else "content", border=tall):
        st.plotly_chart(
            figure,
            theme=None,
            key=key,
            config={"displayModeBar": False, "responsive": True},
            alt=f"{chart.title}. The numbers stand in the table below.",
        )
