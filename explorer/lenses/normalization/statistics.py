"""What torch computes for each group, and each cell's way through the layer."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.normalization.groups import by_group, spread
from explorer.lenses.normalization.settings import Settings, group_count
from explorer.lenses.normalization.values import Values, wide
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
        squares: Of `response`, the mean of the squares of each cell's neighbours; else None.
        scales: Of `response`, what each cell is divided by; else None.
        output: y, in the dtype of the module's own.
    """

    moments: Moments
    centred: torch.Tensor | None
    normalised: torch.Tensor
    squares: torch.Tensor | None
    scales: torch.Tensor | None
    output: torch.Tensor


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
        squares = neighbours_squares(given, settings)
        scales = squares.mul(settings.alpha).add(settings.k).pow(settings.beta)
        result = given / scales
        return Way(_none_of(given), None, result, squares, scales, result.to(dtype))
    blocks, shape = settings.blocks, tuple(given.shape)
    found = moments_of(kind, settings, values)
    centred = None if found.used_mean is None else given - spread(found.used_mean, shape, blocks)
    normalised = (given if centred is None else centred) / spread(found.divisor, shape, blocks)
    return Way(found, centred, normalised, None, None, _with_affine(normalised, settings, values).to(dtype))


def times_weight(tensor: torch.Tensor, settings: Settings, values: Values) -> torch.Tensor:
    """Return a tensor of the input's shape times γ, where there is one."""
    return tensor if values.weight is None else tensor * _as_factor(values.weight, settings, tensor)


def _with_affine(normalised: torch.Tensor, settings: Settings, values: Values) -> torch.Tensor:
    """Return x̂ times γ plus β, as far as there are any."""
    scaled = times_weight(normalised, settings, values)
    return scaled if values.bias is None else scaled + _as_factor(values.bias, settings, scaled)


def _as_factor(learned: torch.Tensor, settings: Settings, tensor: torch.Tensor) -> torch.Tensor:
    """Return γ or β in a shape that broadcasts over a tensor."""
    sizes = [size if place in settings.affine else 1 for place, size in enumerate(tensor.shape)]
    return wide(learned).reshape(sizes)


def moments_of(kind: NormKind, settings: Settings, values: Values) -> Moments:
    """Return the statistics of each group of a layer that has groups."""
    cells = by_group(values.given(), settings.blocks)
    plain = plain_moments(cells)
    if kind == "standard":
        used_mean, used_variance, divisor = _recorded(settings, values, cells)
    elif kind == "weight":
        norm = torch.linalg.vector_norm(cells, settings.power, dim=1)
        used_mean, used_variance, divisor = None, None, norm.clamp_min(settings.eps) if settings.eps else norm
    else:
        used_mean, used_variance = _used(kind, settings, values, cells, plain)
        divisor = (used_variance + settings.eps).sqrt()
        if kind in ("batch", "instance") and not settings.running:
            used_mean, divisor = _as_kept(values, plain[0], divisor)
    return Moments(cells.shape[1], *plain, used_mean, used_variance, divisor)


def no_moments(kind: NormKind, settings: Settings, shape: tuple[int, ...]) -> Moments:
    """Return the statistics of the groups of a tensor without values: NaN.

    Args:
        kind: What the layer is.
        settings: Its parameters.
        shape: Of its input.
    """
    blocks = settings.blocks
    unknown = torch.full((group_count(blocks, shape) if kind != "response" else 0,), math.nan)
    subtracts = kind not in ("rms", "weight", "response")
    rooted = kind not in ("weight", "response")
    cells = math.prod(blocks) if blocks else 0
    return Moments(
        cells, unknown, unknown, unknown, unknown if subtracts else None, unknown if rooted else None, unknown
    )


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
) -> tuple[torch.Tensor | None, torch.Tensor]:
    """Return what is subtracted from the cells of each group, and what stands under the root before ε."""
    if kind == "rms":
        return None, cells.square().mean(1)
    if not settings.running:
        return plain[0], plain[1]
    mean, variance = values.running_mean, values.running_var
    assert mean is not None  # noqa: S101 - torch refuses to run without; this is for the type checker
    assert variance is not None  # noqa: S101
    times = cells.shape[0] // max(mean.shape[0], 1)  # of instance norm, each sample has groups of its own
    return wide(mean).repeat(times), wide(variance).repeat(times)


def _as_kept(values: Values, mean: torch.Tensor, divisor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and divisor as torch goes on with them: batch norm keeps mean and 1 / divisor in half precision.

    It does so where neither γ nor β nor the running statistics have another dtype than the input.
    """
    dtype = mean.dtype if values.input is None else values.input.dtype
    others = (values.weight, values.bias, values.running_mean, values.running_var)
    if dtype == mean.dtype or any(one is not None and one.dtype != dtype for one in others):
        return mean, divisor
    return wide(mean.to(dtype)), wide(divisor.reciprocal().to(dtype)).reciprocal()


def _recorded(
    settings: Settings, values: Values, cells: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor]:
    """Return mean, variance under the root and divisor as the program computed them by hand, each of a group."""
    given = values.given()
    unknown = cells.new_full((cells.shape[0],), math.nan)

    def of_groups(tensor: torch.Tensor | None) -> torch.Tensor:
        if tensor is None or not cells.shape[1]:
            return unknown
        return by_group(wide(tensor).expand(given.shape), settings.blocks)[:, 0]

    mean, divisor = of_groups(values.mean), of_groups(values.divisor)
    if settings.outside:
        return mean, None, divisor
    return mean, divisor.square() if values.variance is None else of_groups(values.variance), divisor


def neighbours_squares(given: torch.Tensor, settings: Settings) -> torch.Tensor:
    """Return the mean of squares that LocalResponseNorm takes, as torch does: avg_pool over channels, zeros counted.

    Args:
        given: (N, C, …).
        settings: Of the call.
    """
    if not given.numel():
        return given
    size = settings.size
    planes = given.square().reshape(given.shape[0], 1, given.shape[1], -1)
    padded = F.pad(planes, (0, 0, size // 2, (size - 1) // 2))
    return F.avg_pool2d(padded, (size, 1), stride=1).reshape(given.shape)


def _none_of(given: torch.Tensor) -> Moments:
    """Return the statistics of no groups."""
    none = given.new_zeros(0)
    return Moments(0, none, none, none, None, None, none)
