"""How the numbers of one group are spread, before and after: counted in bins, and beside the normal distribution."""

from __future__ import annotations

import math

import numpy as np
import torch

from explorer.lenses.normalization.wording import number
from explorer.scene.charts import Chart, Series
from explorer.trace.values import to_numpy

MOST_BINS = 30
MOST_POINTS = 200
MOST_SORTED = 65_536
# where one histogram is so many times narrower than both together, each is drawn by itself
MOST_APART = 10.0
_FEWEST_POINTS = 2
# of numbers that were half precision before they were standardised
_ROUNDING = 0.01

Named = tuple[str, torch.Tensor]


def distributions(before: torch.Tensor, after: torch.Tensor | None, name: str) -> tuple[Chart, ...]:
    """Return the charts of one group: histograms and a normal Q-Q plot, before and after.

    NaN and infinities are left out, and the charts say how many there are.

    Args:
        before: The cells of the group as the layer got them, of any shape and real dtype.
        after: The same cells of its result; None where they are not known.
        name: What the group is called: `channel 0`.

    Returns:
        None where the group has no finite number; no Q-Q plot of fewer than two.
    """
    given = [("before", before)] if after is None else [("before", before), ("after", after)]
    cells = [(when, one.detach().double().reshape(-1)) for when, one in given]
    finite = [(when, one[torch.isfinite(one)]) for when, one in cells]
    if any(not one.numel() for _, one in finite):
        return ()
    omitted = _left_out(cells)
    charts = [*_histograms(finite, name, omitted)]
    if all(one.numel() >= _FEWEST_POINTS for _, one in finite):
        charts.append(_quantiles(finite, name, omitted))
    return tuple(charts)


def normal_quantiles(cells: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the points of a normal Q-Q plot: the sorted numbers over Φ⁻¹((i − ½) / n).

    Of more than `MOST_POINTS` numbers that many of their quantiles stand for them, of more than `MOST_SORTED` those of
    evenly spaced ones.

    Args:
        cells: (n,), float64, finite.

    Returns:
        Positions and values, 1-d and rising.
    """
    count = min(cells.numel(), MOST_POINTS)
    chances = (torch.arange(1, count + 1, dtype=torch.float64) - 0.5) / count
    return torch.special.ndtri(chances), _sorted(cells, chances)


def _sorted(cells: torch.Tensor, chances: torch.Tensor) -> torch.Tensor:
    if cells.numel() <= MOST_POINTS:
        return cells.sort().values
    return quantiles_of(cells[:: _every(cells.numel())], chances)


def quantiles_of(cells: torch.Tensor, chances: torch.Tensor) -> torch.Tensor:
    """Return torch's quantiles of numbers, faster: NumPy puts them in order in a tenth of torch's time.

    Args:
        cells: (…, n), float64, on the CPU.
        chances: (m,), as of `torch.quantile`, float64.

    Returns:
        (m, …): along the last dimension.
    """
    return torch.quantile(torch.from_numpy(np.sort(cells.numpy())), chances, dim=-1)


def _every(count: int) -> int:
    """Return which of so many numbers are sorted: all, every second, every third."""
    return math.ceil(count / MOST_SORTED)


def _histograms(finite: list[Named], name: str, omitted: str) -> list[Chart]:
    """Return one chart of all histograms, or one of each where they lie too far apart for one axis."""
    series = [_counts(when, cells) for when, cells in finite]
    same = len(finite) > 1 and _same_shape(finite[0][1], finite[1][1])
    shape = "The shape stays: all numbers of the group are shifted and scaled alike." if same else ""
    if not _far_apart(series):
        note = _joined(_moments(finite), shape, omitted)
        return [_histogram(f"Distribution of {name}", tuple(series), note)]
    notes = [_joined(_moments([one]), omitted if not place else shape) for place, one in enumerate(finite)]
    pairs = zip(series, notes, strict=True)
    return [_histogram(f"Distribution of {name}, {one.name}", (one,), note) for one, note in pairs]


def _histogram(title: str, series: tuple[Series, ...], note: str) -> Chart:
    labels = tuple(str(number) for number in range(1, len(series[0].values) + 1))
    return Chart(title, "histogram", labels, series, x="value", y="numbers in the bin", note=note)


def _counts(when: str, cells: torch.Tensor) -> Series:
    """Return how many numbers lie in each of equal bins; of equal numbers there is one bin."""
    bins = min(math.ceil(math.sqrt(cells.numel())), MOST_BINS)
    counts, edges = torch.histogram(cells, 1 if bool((cells == cells[0]).all()) else bins)
    return Series(when, to_numpy(counts), to_numpy(edges))


def _far_apart(series: list[Series]) -> bool:
    """Tell whether one axis would make a histogram a thin line."""
    ends = [one.positions[[0, -1]].astype(float).tolist() for one in series if one.positions is not None]
    width = max(high for _, high in ends) - min(low for low, _ in ends)
    one_bin_each = len({len(one.values) for one in series}) > 1
    return one_bin_each or any(width > MOST_APART * (high - low) for low, high in ends)


def _same_shape(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Tell whether numbers differ in their mean and deviation only."""
    if before.shape != after.shape or not (before.std(correction=0) > 0 and after.std(correction=0) > 0):
        return False
    one, other = ((cells - cells.mean()) / cells.std(correction=0) for cells in (before, after))
    return torch.allclose(one, other, rtol=0, atol=_ROUNDING)


def _quantiles(finite: list[Named], name: str, omitted: str) -> Chart:
    series = []
    for when, cells in finite:
        positions, values = normal_quantiles(cells)
        series.append(Series(when, to_numpy(values), to_numpy(positions)))
    count = finite[0][1].numel()
    taken = f"{count:,} numbers" if count <= MOST_SORTED else f"one of each {_every(count)} of {count:,} numbers"
    fewer = f"{MOST_POINTS} quantiles stand for {taken}." if count > MOST_POINTS else ""
    straight = "Numbers of a normal distribution lie on a straight line, which rises by σ and crosses 0 at μ."
    return Chart(
        title=f"{name[:1].upper()}{name[1:]} beside the normal distribution (Q-Q)",
        kind="points",
        labels=tuple(str(number) for number in range(1, len(series[0].values) + 1)),
        series=tuple(series),
        x="quantile of N(0, 1)",
        y="value",
        note=_joined(straight, fewer, omitted),
    )


def _moments(finite: list[Named]) -> str:
    """Say how many numbers there are, and their means and deviations."""
    parts = []
    for when, cells in finite:
        variance, mean = torch.var_mean(cells, correction=0)
        parts.append(f"{when} μ = {number(mean.item())}, σ = {number(variance.sqrt().item())}")
    return f"{finite[0][1].numel():,} numbers: {'; '.join(parts)}."


def _left_out(cells: list[Named]) -> str:
    """Say how many numbers are none that can be drawn."""
    counts = [(when, int((~torch.isfinite(one)).sum())) for when, one in cells]
    said = [f"{count:,} {when}" for when, count in counts if count]
    return f"NaN or infinite and left out: {', '.join(said)}." if said else ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
