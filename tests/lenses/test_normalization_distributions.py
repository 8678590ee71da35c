"""Histograms and Q-Q plots of a group: each number is torch's, none is lost."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.lenses.normalization.distributions import (
    MOST_APART,
    MOST_BINS,
    MOST_POINTS,
    MOST_SORTED,
    distributions,
    normal_quantiles,
)
from explorer.scene.charts import Chart, Series

VALUES = st.floats(-1e6, 1e6, width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1.0])
DTYPES = st.sampled_from([torch.float16, torch.bfloat16, torch.float32, torch.float64])


def histograms(charts: tuple[Chart, ...]) -> list[Series]:
    return [series for chart in charts if chart.kind == "histogram" for series in chart.series]


@settings(max_examples=60)
@given(st.lists(VALUES, max_size=40), DTYPES, st.booleans())
def test_all_finite_numbers_are_counted_and_sorted(numbers: list[float], dtype: torch.dtype, strided: bool) -> None:
    before = torch.tensor(numbers, dtype=dtype)
    if strided:
        before = torch.stack((before, before), 1)[:, 0]
    finite = before[before.isfinite()].double()
    charts = distributions(before, None, "channel 0")
    if not finite.numel():
        assert charts == ()
        return
    [counted] = histograms(charts)
    assert counted.positions is not None
    assert counted.values.sum() == finite.numel()
    assert len(counted.positions) == len(counted.values) + 1
    for chart in charts:
        lost = before.numel() - finite.numel()
        assert (f"left out: {lost:,} before" in chart.note) == (lost > 0)
    points = [chart for chart in charts if chart.kind == "points"]
    assert len(points) == (finite.numel() > 1)
    for chart in points:
        assert chart.series[0].values.tolist() == finite.sort().values.tolist()
        positions = torch.tensor(chart.series[0].positions, dtype=torch.float64)
        chances = (1 + torch.erf(positions / math.sqrt(2))) / 2
        expected = (torch.arange(finite.numel()) + 0.5) / finite.numel()
        torch.testing.assert_close(chances, expected.double())


@settings(max_examples=40)
@given(st.integers(8, 300), st.floats(-50, 50), st.floats(0.1, 20), st.integers(0, 99))
def test_counts_are_those_of_the_bins_and_the_shape_stays(n: int, mean: float, std: float, seed: int) -> None:
    x = torch.randn(n, generator=torch.Generator().manual_seed(seed)) * std + mean
    y = torch.nn.functional.layer_norm(x, (n,), eps=0.0)
    charts = distributions(x, y, "sample 1")
    for cells, series in zip((x, y), histograms(charts), strict=True):
        assert series.positions is not None
        edges = torch.tensor(series.positions)
        assert len(series.values) == min(math.ceil(math.sqrt(n)), MOST_BINS)
        assert (edges[0], edges[-1]) == (cells.double().min(), cells.double().max())
        # torch may count a number within rounding of an edge on either side of it
        assume(bool(((cells.double() - edges[1:-1, None]).abs() > 1e-9 * std).all()))
        inner = torch.bucketize(cells.double(), edges[1:-1].contiguous(), right=True)
        assert torch.bincount(inner, minlength=len(series.values)).tolist() == series.values.tolist()
    assert any("The shape stays" in chart.note for chart in charts)
    assert not any("The shape stays" in chart.note for chart in distributions(x, y.exp(), "sample 1"))


def test_what_lies_far_apart_is_drawn_by_itself() -> None:
    x = torch.arange(9.0)
    assert [chart.title for chart in distributions(x + 3, x, "channel 2")][:-1] == ["Distribution of channel 2"]
    far = distributions(x + 9 * MOST_APART, x, "channel 2")
    assert [chart.title for chart in far][:-1] == [f"Distribution of channel 2, {when}" for when in ("before", "after")]


def test_equal_numbers_have_one_bin() -> None:
    charts = distributions(torch.full((2, 3), 4.0), torch.zeros(2, 3), "channel 0")
    assert [series.values.tolist() for series in histograms(charts)] == [[6.0], [6.0]]
    assert "σ = 0" in charts[0].note
    assert not any("The shape stays" in chart.note for chart in charts)


@pytest.mark.parametrize("count", [MOST_POINTS + 1, MOST_SORTED + 1])
def test_of_very_many_numbers_quantiles_are_drawn_and_it_is_said(count: int) -> None:
    x = torch.randn(count, generator=torch.Generator().manual_seed(0))
    charts = distributions(x, x, "all cells")
    assert histograms(charts)[0].values.sum() == count
    chart = charts[-1]
    assert len(chart.labels) == MOST_POINTS
    assert f"{count:,} numbers" in chart.note
    assert f"{MOST_POINTS} quantiles stand for" in chart.note
    assert ("one of each 2 of" in chart.note) == (count > MOST_SORTED)
    positions, values = normal_quantiles(x.double())
    kept = x.double() if count <= MOST_SORTED else x.double()[::2]
    middle = [torch.quantile(kept, (k + 0.5) / MOST_POINTS) for k in range(MOST_POINTS)]
    torch.testing.assert_close(values, torch.stack(middle))
    assert bool((positions.diff() > 0).all())
