"""Histograms, points and bands: every number has its place, and the table says all of them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.figures.charts import chart_figure
from explorer.figures.numbers import exact
from explorer.figures.theme import series_colours, translucent
from explorer.scene import Scene
from explorer.scene.charts import Chart, Series
from explorer.scene.decoding import decode
from explorer.ui.charts import table

NUMBERS = st.floats(-(2.0**99), 2.0**99, width=32) | st.sampled_from([math.nan, math.inf, -math.inf])
PLACES = st.floats(-1e6, 1e6)


@st.composite
def histograms(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(0, 5))
    series = []
    for number in range(draw(st.integers(1, 3))):
        edges = sorted(draw(st.lists(PLACES, min_size=count + 1, max_size=count + 1, unique=True)))
        counts = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
        series.append(Series(f"s{number}", np.array(counts, np.float64), np.array(edges)))
    return Chart("Cells", "histogram", tuple(map(str, range(count))), tuple(series), "value", "cells")


@st.composite
def scatters(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(0, 6))
    numbers, places = (
        st.lists(NUMBERS, min_size=count, max_size=count),
        st.lists(PLACES, min_size=count, max_size=count),
    )
    series = [Series(f"s{n}", np.array(draw(numbers)), np.array(draw(places))) for n in range(draw(st.integers(1, 3)))]
    return Chart("Q-Q", "points", tuple(map(str, range(count))), tuple(series), "normal", "value")


@st.composite
def banded(draw: st.DrawFn) -> Chart:
    count, each = draw(st.integers(0, 5)), draw(st.sampled_from([1, 3, 5]))
    rows = tuple(f"layer {n}" for n in range(draw(st.integers(0, 3))))
    numbers = st.lists(NUMBERS, min_size=count, max_size=count)
    series = [Series(f"q{n}", np.array(draw(numbers))) for n in range(each * max(1, len(rows)))]
    return Chart("Inputs", "bands", tuple(map(str, range(count))), tuple(series), "call", "value", rows=rows)


def shown(value: float) -> float | None:
    return value if math.isfinite(value) else None


@settings(max_examples=30)
@given(histograms(), st.booleans())
def test_a_bar_stands_over_its_bin(chart: Chart, dark: bool) -> None:
    figure = chart_figure(chart, dark=dark)
    assert figure.layout.barmode == "overlay"
    assert len(figure.data) == len(chart.series)
    for mark, series in zip(figure.data, chart.series, strict=True):
        assert series.positions is not None
        edges = series.positions.tolist()
        assert list(mark.y) == series.values.tolist()
        for centre, width, (low, high) in zip(mark.x, mark.width, pairwise(edges), strict=True):
            assert (centre - width / 2, centre + width / 2) == pytest.approx((low, high), abs=1e-6)
        assert [row[0] for row in mark.customdata] == [f"{exact(a)} to {exact(b)}" for a, b in pairwise(edges)]


@settings(max_examples=30)
@given(scatters())
def test_each_value_stands_over_its_position_and_the_line_is_where_both_are_equal(chart: Chart) -> None:
    *marks, line = chart_figure(chart).data
    assert len(marks) == len(chart.series)
    for mark, series in zip(marks, chart.series, strict=True):
        assert series.positions is not None
        assert list(mark.x) == series.positions.tolist()
        assert list(mark.y) == [shown(value) for value in series.values.tolist()]
        assert mark.mode == "markers"
    assert list(line.x) == list(line.y)
    assert line.name == "y = x"


@settings(max_examples=30)
@given(banded())
def test_bands_lie_between_quantiles_of_equal_distance(chart: Chart) -> None:
    figure = chart_figure(chart)
    rows = max(1, len(chart.rows))
    each = len(chart.series) // rows
    assert len(figure.data) == len(chart.series)
    for row in range(rows):
        drawn = figure.data[row * each : (row + 1) * each]
        quantiles = [[shown(v) for v in one.values.tolist()] for one in chart.series[row * each : (row + 1) * each]]
        middle = each // 2
        pairs = [(n, each - 1 - n) for n in range(middle)]
        assert [list(mark.y) for mark in drawn[-1:]] == [quantiles[middle]]
        for (low, high), lower, upper in zip(pairs, drawn[:-1:2], drawn[1::2], strict=True):
            assert list(lower.y) == quantiles[low]
            assert list(upper.y) == quantiles[high]
            assert (lower.fill, upper.fill) == (None, "tonexty")
    assert [note.text for note in figure.layout.annotations] == list(chart.rows)


@settings(max_examples=30)
@given(st.one_of(histograms(), scatters(), banded()))
def test_the_table_has_all_and_the_scene_carries_it(chart: Chart) -> None:
    [read] = decode(Scene("normalization", "t", "s", "s", charts=(chart,)).encode()).charts
    lines = table(read).splitlines()
    assert lines == table(chart).splitlines()
    assert len(lines) == 2 + len(chart.labels)
    own = sum(series.positions is not None for series in chart.series)
    for line in lines:
        assert line.count(" |") == 1 + len(chart.series) + own
    for name in chart.rows:
        assert f"{name}\\: " in lines[0]


def test_a_histogram_says_from_where_to_where_a_bin_reaches() -> None:
    counts = Series("before", np.array([2.0, 1.0]), np.array([0.0, 0.5, 1.0]))
    assert table(Chart("Cells", "histogram", ("1", "2"), (counts,), "value", "cells")).splitlines() == [
        "| bin | before\\: value | before |",
        "| --- | ---: | ---: |",
        "| 1 | 0 to 0\\.5 | 2 |",
        "| 2 | 0\\.5 to 1 | 1 |",
    ]


def test_rows_share_one_scale_and_one_axis_title() -> None:
    series = tuple(Series(f"q{n}", np.array([float(n)])) for n in range(6))
    layout = chart_figure(Chart("t", "bands", ("1",), series, "call", "value", rows=("a", "b"))).layout
    assert layout.yaxis2.matches == layout.yaxis.matches == "y"
    assert (layout.xaxis.title.text, layout.xaxis2.title.text) == (None, "call")


@pytest.mark.parametrize("dark", [True, False])
def test_translucent_colours_are_the_same_colours(dark: bool) -> None:
    for colour in series_colours(dark=dark):
        red, green, blue, opacity = translucent(colour, 0.25).removeprefix("rgba(").removesuffix(")").split(",")
        assert f"#{int(red):02x}{int(green):02x}{int(blue):02x}" == colour
        assert opacity == "0.25"
