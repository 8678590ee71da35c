"""What torch computes for each group, and each cell's way through the layer."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.normalization.groups import by_group, spread
from explorer.lenses.normalization.settings import Settings
from explorer.lenses.normalization.values import Values
from explorer.scene.norms import NormKind, Statistics
from explorer.trace.values import to_numpy


@dataclass(frozen=True, eq=False)
class Moments:
    """Statistics of each group, (groups,), in the dtype that torch computes in; as in `Statistics`."""

    counts: int
    mean: torch.Tensor
    variance: torch.Tensor
    unbiased: torch.Tensor
    used_mean: torch.Tensor | None
    used_variance: torch.Tensor | None
    divisor: torch.Tensor

    def as_statistics(self) -> Statistics:
        """Return them as data of the scene."""
        groups = self.mean.shape[0]
        return Statistics(
            counts=to_numpy(torch.full((groups,), self.counts)),
            mean=to_numpy(self.mean),
            variance=to_numpy(self.variance),
            unbiased=to_numpy(self.unbiased),
            used_mean=None if self.used_mean is None else to_numpy(self.used_mean),
            used_variance=None if self.used_variance is None else to_numpy(self.used_variance),
            divisor=to_numpy(self.divisor),
        )


@dataclass(frozen=True, eq=False)
class Way:
    """The way of all cells through a layer, each of the input's shape.

    Attributes:
        moments: Of each group.
        centred: x − μ; None where nothing is subtracted.
        normalised: x̂, before γ and β.
        scales: Of `response`, what each cell is divided by; else None.
        output: y, in the dtype of the module's own.
    """

    moments: Moments
    centred: torch.Tensor | None
    normalised: torch.Tensor
    scales: torch.Tensor | None
    output: torch.Tensor


def wide(tensor: torch.Tensor) -> torch.Tensor:
    """Return a tensor in the dtype that torch computes statistics in: float32 for the half precisions."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def way_through(kind: NormKind, settings: Settings, values: Values, dtype: torch.dtype) -> Way:
    """Return the way of all cells through a layer, step by step.

    Args:
        kind: What the layer is.
        settings: Its parameters.
        values: Its tensors; with an input.
        dtype: Of its output.
    """
    given = values.given()
    if kind == "response":
        scales = response_scales(given, settings)
        result = given / scales
        return Way(_none_of(given), None, result, scales, result.to(dtype))
    blocks, shape = settings.blocks, tuple(given.shape)
    found = moments_of(kind, settings, values)
    centred = None if found.used_mean is None else given - spread(found.used_mean, shape, blocks)
    normalised = (given if centred is None else centred) / spread(found.divisor, shape, blocks)
    return Way(found, centred, normalised, None, with_affine(normalised, settings, values).to(dtype))


def with_affine(normalised: torch.Tensor, settings: Settings, values: Values) -> torch.Tensor:
    """Return x̂ times γ plus β, as far as there are any."""
    sizes = [size if place in settings.affine else 1 for place, size in enumerate(normalised.shape)]
    if values.weight is not None:
        normalised = normalised * wide(values.weight).reshape(sizes)
    return normalised if values.bias is None else normalised + wide(values.bias).reshape(sizes)


def moments_of(kind: NormKind, settings: Settings, values: Values) -> Moments:
    """Return the statistics of each group of a layer that has groups."""
    cells = by_group(values.given(), settings.blocks)
    plain = plain_moments(cells)
    used_mean, used_variance = _used(kind, settings, values, cells, plain)
    if used_variance is not None:
        divisor = (used_variance + settings.eps).sqrt()
    else:
        divisor = torch.linalg.vector_norm(cells, settings.power, dim=1)
        divisor = divisor.clamp_min(settings.eps) if settings.eps else divisor
    return Moments(cells.shape[1], *plain, used_mean, used_variance, divisor)


def plain_moments(cells: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return mean, biased and unbiased variance of each row; NaN where torch has none.

    Args:
        cells: (groups, cells of a group).
    """
    with warnings.catch_warnings():  # torch warns of groups of one cell: those have no unbiased variance
        warnings.simplefilter("ignore")
        variance, mean = torch.var_mean(cells, dim=1, correction=0)
        return mean, variance, torch.var(cells, dim=1, correction=1)


def _used(
    kind: NormKind,
    settings: Settings,
    values: Values,
    cells: torch.Tensor,
    plain: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> tuple[torch.Tensor | None, torch.Tensor | None]:
    """Return what is subtracted from the cells of each group, and what stands under the root before ε."""
    if kind == "weight":
        return None, None
    if kind == "rms":
        return None, cells.square().mean(1)
    if not settings.running:
        return plain[0], plain[1]
    mean, variance = values.running_mean, values.running_var
    assert mean is not None  # noqa: S101 - torch refuses to run without; this is for the type checker
    assert variance is not None  # noqa: S101
    times = cells.shape[0] // max(mean.shape[0], 1)  # of instance norm, each sample has groups of its own
    return wide(mean).repeat(times), wide(variance).repeat(times)


def response_scales(given: torch.Tensor, settings: Settings) -> torch.Tensor:
    """Return what LocalResponseNorm divides each cell by, as torch does: avg_pool over the channels, zeros counted.

    Args:
        given: (N, C, …).
        settings: Of the call.
    """
    if not given.numel():
        return given
    size = settings.size
    planes = given.square().reshape(given.shape[0], 1, given.shape[1], -1)
    padded = F.pad(planes, (0, 0, size // 2, (size - 1) // 2))
    mean = F.avg_pool2d(padded, (size, 1), stride=1).reshape(given.shape)
    return mean.mul(settings.alpha).add(settings.k).pow(settings.beta)


def _none_of(given: torch.Tensor) -> Moments:
    """Return the statistics of no groups."""
    none = given.new_zeros(0)
    return Moments(0, none, none, none, None, None, none)
