"""Charts: every number of a scene's chart is a bar or a point, or is written in words."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.charts import MAX_LABELS, chart_figure
from explorer.figures.marks import has_place
from explorer.figures.numbers import exact
from explorer.figures.theme import series_colours
from explorer.scene.charts import Chart, Series
from explorer.ui.charts import table
from tests.figures.test_timing import contrast

NUMBERS = st.floats(width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e-45])


@st.composite
def drawn_charts(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(0, 5))
    series = [
        Series(f"s{number}", np.array(draw(st.lists(NUMBERS, min_size=count, max_size=count)), dtype=np.float64))
        for number in range(draw(st.integers(1, 5)))
    ]
    kinds: list[Literal["bars", "lines"]] = ["bars", "lines"]
    kind = draw(st.sampled_from(kinds))
    labels = tuple(f"net.{number}.weight" for number in range(count))
    return Chart("Norms", kind, labels, tuple(series), "parameter", "norm", log=draw(st.booleans()))


@given(drawn_charts(), st.booleans())
def test_every_number_is_drawn_or_written(chart: Chart, dark: bool) -> None:
    figure = chart_figure(chart, dark=dark)
    assert len(figure.data) == len(chart.series)
    written = " · ".join(note.text for note in figure.layout.annotations)
    for mark, series in zip(figure.data, chart.series, strict=True):
        numbers = list(mark.x if chart.kind == "bars" else mark.y)
        for value, shown in zip(series.values.tolist(), numbers, strict=True):
            assert (shown == value) if has_place(chart, value) else (shown is None)
            if shown is None and chart.kind == "bars":
                assert exact(value) in written
        assert [row[1] for row in mark.customdata] == [exact(value) for value in series.values.tolist()]


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_written_number_is_the_number(value: float) -> None:
    assert np.float32(exact(value)) == np.float32(value)


@given(st.lists(st.floats(1e-40, 1e30), min_size=1, max_size=6))
def test_the_smallest_bar_on_a_logarithmic_axis_has_a_length(values: list[float]) -> None:
    labels = tuple(map(str, range(len(values))))
    axis = chart_figure(Chart("n", "bars", labels, (Series("n", np.array(values)),), log=True)).layout.xaxis
    low, high = axis.range
    assert low < math.log10(min(values))
    assert math.log10(max(values)) <= high
    assert axis.type == "log"


def test_more_labels_than_there_is_room_for_are_left_to_plotly() -> None:
    count = MAX_LABELS + 1
    series = (Series("loss", np.arange(count, dtype=float)),)
    crowded = chart_figure(Chart("Loss", "lines", tuple(map(str, range(count))), series))
    assert crowded.layout.xaxis.ticktext is None
    roomy = chart_figure(Chart("Loss", "lines", ("a",), (Series("loss", np.zeros(1)),)))
    assert roomy.layout.xaxis.ticktext == ("a",)


def test_the_table_has_every_number_in_full() -> None:
    values = np.array([0.1, np.nan], dtype=np.float32)
    chart = Chart("Norms", "bars", ("a_b", "c"), (Series("before", values), Series("after", values)), x="parameter")
    assert table(chart).splitlines() == [
        "| parameter | before | after |",
        "| --- | ---: | ---: |",
        "| a\\_b | 0\\.100000001 | 0\\.100000001 |",
        "| c | nan | nan |",
    ]


@pytest.mark.parametrize(("dark", "ground"), [(False, "#ffffff"), (True, "#0f1218")])
def test_series_have_contrast_and_differ(dark: bool, ground: str) -> None:
    colours = series_colours(dark=dark)
    assert len(set(colours)) == len(colours) == 4
    for colour in colours:
        assert contrast(colour, ground) >= 4.5
