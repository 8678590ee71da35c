"""What the size of a batch does to its statistics: a layer's own samples, dealt to batches of other sizes."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.history import channel_of
from explorer.lenses.normalization.stops import is_same_layer
from explorer.lenses.normalization.values import values_of, wide
from explorer.lenses.normalization.wording import number
from explorer.scene.charts import Chart, Series
from explorer.trace.values import to_numpy

FEWEST_SAMPLES = 8
MOST_CELLS = 1_000_000
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def spread(calls: Sequence[NormCall], opened: NormCall, group: int) -> tuple[Chart, ...]:
    """Return charts of how much mean and variance of a channel vary from batch to batch, by the size of the batch.

    The samples of all training calls of the layer are dealt, in their order, to batches of 1, 2, 4, … samples; those of
    the open call alone where trained layers made them, since other calls' come from other weights.

    Args:
        calls: All calls of the run.
        opened: One of batch norm; of other layers, whose statistics do not depend on the batch, there are no charts.
        group: The group in focus, whose channel is meant.

    Returns:
        Two charts; none of few samples.
    """
    if opened.kind != "batch":
        return ()
    samples = _samples(_pooled(calls, opened), channel_of(opened, group))
    if samples is None or samples.shape[0] < FEWEST_SAMPLES:
        return ()
    sizes = _sizes(samples.shape[0])
    pairs = {size: torch.var_mean(_dealt(samples, size), dim=1, correction=0) for size in sizes}
    means = {size: mean.double() for size, (_, mean) in pairs.items()}
    variances = {size: variance.double() for size, (variance, _) in pairs.items()}
    name = f"of channel {channel_of(opened, group)}, by the size of the batch"
    return _chart(f"Mean {name}", "mean of a batch", means), _chart(
        f"Variance {name}", "variance of a batch", variances
    )


def _pooled(calls: Sequence[NormCall], opened: NormCall) -> list[NormCall]:
    """Return the calls whose samples are dealt together: each tensor once."""
    if opened.input.requires_grad:
        return [opened]
    own = [call for call in calls if is_same_layer(call, opened) and call.training]
    return list({id(call.input.contents): call for call in own}.values())


def _samples(calls: Sequence[NormCall], channel: int) -> torch.Tensor | None:
    """Return a channel of all samples, (samples, cells of one); calls with other sizes of samples are left out."""
    found: list[torch.Tensor] = []
    for call in calls:
        given = values_of(call).input
        if given is None or not given.numel():
            continue
        cells = wide(given[:, channel]).reshape(given.shape[0], -1)
        if found and cells.shape[1] != found[0].shape[1]:
            continue
        found.append(cells)
        if sum(one.numel() for one in found) > MOST_CELLS:
            break
    return torch.cat(found) if found else None


def _chart(title: str, y: str, drawn: dict[int, torch.Tensor]) -> Chart:
    """Return the chart of a statistic: of each size of batches, the numbers of all batches."""
    chances = torch.tensor(_QUANTILES, dtype=torch.float64)
    quantiles = torch.stack([torch.quantile(found, chances) for found in drawn.values()], 1)
    names = [f"{chance:.0%} of the batches lie below" for chance in _QUANTILES]
    return Chart(
        title=title,
        kind="bands",
        labels=tuple(str(size) for size in drawn),
        series=tuple(Series(name, to_numpy(row)) for name, row in zip(names, quantiles, strict=True)),
        x="samples in a batch",
        y=y,
        note=_note(drawn),
    )


def _sizes(samples: int) -> list[int]:
    """Return the sizes of batches: powers of two of which there are two batches at least, and all samples."""
    return [size for size in (1 << power for power in range(samples.bit_length())) if 2 * size <= samples] + [samples]


def _dealt(samples: torch.Tensor, size: int) -> torch.Tensor:
    """Return (batches, cells of a batch); samples that make no whole batch are left out."""
    count = samples.shape[0] // size
    return samples[: count * size].reshape(count, -1)


def _note(drawn: dict[int, torch.Tensor]) -> str:
    """Say how far batches of the smallest and the largest size lie from all samples."""
    *sizes, every = drawn
    true = drawn[every][0]
    smallest, largest = (number(float((drawn[size] - true).square().mean().sqrt())) for size in (sizes[0], sizes[-1]))
    return (
        f"Of all {every} samples it is {number(true)}. Batches of {sizes[0]} are off by {smallest} "
        f"(root mean square), batches of {sizes[-1]} by {largest}. Half of them lie in the dark band, nine of ten in "
        "the light one."
    )
