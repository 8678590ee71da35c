"""What a layer that is called again and again keeps of its batches: running statistics, call by call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.statistics import plain_moments
from explorer.lenses.normalization.stops import is_same_layer
from explorer.lenses.normalization.values import Values, values_of, wide
from explorer.lenses.normalization.wording import number
from explorer.scene.charts import Chart, Series
from explorer.trace.values import to_numpy

FEWEST_CALLS = 2
MOST_CALLS = 500
_NONE = math.nan


@dataclass(frozen=True, eq=False)
class Batch:
    """What one call did with one channel.

    Attributes:
        training: Whether it took statistics of its input.
        factor: Weight of the new value in the running statistics; 0 where they were not written.
        rows: The channel's cells, (1, cells) of batch norm, (samples, cells) of instance norm, in the dtype that torch
            computes in; None where they were too large to be kept.
        mean, biased, unbiased: Of the cells; of instance norm the mean over the samples. NaN where they are not known.
        before, after: (running_mean, running_var) of the channel; NaN where none are kept.
    """

    training: bool
    factor: float
    rows: torch.Tensor | None
    mean: torch.Tensor
    biased: torch.Tensor
    unbiased: torch.Tensor
    before: tuple[float, float]
    after: tuple[float, float]


def history(calls: Sequence[NormCall], opened: NormCall, group: int) -> tuple[Chart, ...]:
    """Return charts of the mean and the variance of one channel, call by call, and what became of them.

    Args:
        calls: All calls of the run.
        opened: One of a layer that takes statistics of batches: batch or instance norm; of others there are no charts.
        group: The group in focus, whose channel is meant.

    Returns:
        Two charts; none where the layer is called once.
    """
    own = [call for call in calls if is_same_layer(call, opened)][:MOST_CALLS]
    if opened.kind not in ("batch", "instance") or len(own) < FEWEST_CALLS:
        return ()
    channel = channel_of(opened, group)
    batches = [batch_of(call, channel) for call in own]
    together = _together(batches)
    labels = ("start", *(f"{n}" if batch.training else f"{n} eval" for n, batch in enumerate(batches, 1)))
    return (
        _means(batches, together, labels, channel),
        _variances(batches, together, labels, channel),
    )


def channel_of(call: NormCall, group: int) -> int:
    """Return the channel of a group of batch or instance norm; of one out of range the nearest."""
    channels = call.input.shape[1]
    return group % channels if call.kind == "instance" else min(max(group, 0), channels - 1)


def batch_of(call: NormCall, channel: int, values: Values | None = None) -> Batch:
    """Return what one call of batch or instance norm did with one channel; `values`: its tensors, where known."""
    values = values or values_of(call)
    rows = None if values.input is None else _rows(call, values.input, channel)
    known = (torch.tensor(_NONE),) * 3 if rows is None else [one.mean() for one in plain_moments(rows)]
    return Batch(
        training=call.training,
        factor=call.settings.factor,
        rows=rows,
        mean=known[0],
        biased=known[1],
        unbiased=known[2],
        before=_kept(values, ("running_mean", "running_var"), channel),
        after=_kept(values, ("next_mean", "next_var"), channel),
    )


def _rows(call: NormCall, given: torch.Tensor, channel: int) -> torch.Tensor:
    cells = wide(given[:, channel])
    return cells.reshape(cells.shape[0] if call.kind == "instance" else 1, -1)


def _kept(values: Values, names: tuple[str, str], channel: int) -> tuple[float, float]:
    """Return running mean and variance of a channel."""
    mean, variance = (getattr(values, name) for name in names)
    return tuple(_NONE if one is None else float(one[channel]) for one in (mean, variance))  # type: ignore[return-value]


def _together(batches: Sequence[Batch]) -> tuple[float, float] | None:
    """Return mean and unbiased variance of all batches of the training as one; None where some were not kept."""
    rows = [batch.rows for batch in batches if batch.training]
    kept = [one.reshape(-1) for one in rows if one is not None]
    if not kept or len(kept) < len(rows):
        return None
    mean, _, unbiased = plain_moments(torch.cat(kept)[None])
    return float(mean), float(unbiased)


def _means(
    batches: Sequence[Batch], together: tuple[float, float] | None, labels: tuple[str, ...], channel: int
) -> Chart:
    running = [batches[0].before[0], *(batch.after[0] for batch in batches)]
    numbers = {
        "mean of the batch": [_NONE, *(float(batch.mean) for batch in batches)],
        "running_mean after it": running,
        "all training batches together": [_NONE if together is None else together[0]] * len(labels),
    }
    end = _end("running_mean", running, None if together is None else together[0])
    note = _joined(end, _start(batches, running), _missing(batches))
    return _lines(f"Mean of channel {channel}, call by call", numbers, labels, "mean", note)


def _variances(
    batches: Sequence[Batch], together: tuple[float, float] | None, labels: tuple[str, ...], channel: int
) -> Chart:
    running = [batches[0].before[1], *(batch.after[1] for batch in batches)]
    numbers = {
        "biased: normalises the batch": [_NONE, *(float(batch.biased) for batch in batches)],
        "unbiased: goes to running_var": [_NONE, *(float(batch.unbiased) for batch in batches)],
        "running_var after it": running,
        "all training batches together": [_NONE if together is None else together[1]] * len(labels),
    }
    note = _joined(_end("running_var", running, None if together is None else together[1]), _missing(batches))
    return _lines(f"Variance of channel {channel}, call by call", numbers, labels, "variance", note)


def _lines(title: str, numbers: dict[str, list[float]], labels: tuple[str, ...], y: str, note: str) -> Chart:
    """Return a chart of the lines that have a number."""
    found = {name: torch.tensor(values, dtype=torch.float64) for name, values in numbers.items()}
    series = tuple(Series(name, to_numpy(one)) for name, one in found.items() if not bool(one.isnan().all()))
    return Chart(title, "lines", labels, series, x="call", y=y, note=note)


def _end(name: str, running: list[float], together: float | None) -> str:
    """Say where the running statistic came to."""
    if math.isnan(running[-1]):
        return ""
    said = f"{name} goes from {number(running[0])} to {number(running[-1])}"
    return f"{said}." if together is None else f"{said}; of all training batches together it is {number(together)}."


def _start(batches: Sequence[Batch], running: list[float]) -> str:
    """Say how much the value that the running statistic started from still weighs."""
    factors = torch.tensor([batch.factor for batch in batches if batch.factor], dtype=torch.float64)
    if not factors.numel() or math.isnan(running[0]):
        return ""
    left = float((1 - factors).prod())
    return f"After {factors.numel()} batches the start still weighs {number(100 * left)} %."


def _missing(batches: Sequence[Batch]) -> str:
    """Say of how many batches nothing is known."""
    lost = sum(1 for batch in batches if batch.rows is None)
    return f"{lost} of {len(batches)} batches were too large to be kept: they have no statistics here." if lost else ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
