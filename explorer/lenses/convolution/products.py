"""What the windows of one output channel are made of, computed by torch in the tensors' own dtype."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.opened import Opened
from explorer.lenses.convolution.taps import Taps, fold_taps, taps_of
from explorer.scene.relations import Array
from explorer.scene.windows import Products
from explorer.trace.values import to_numpy


@dataclass(frozen=True, eq=False)
class Sums:
    """Terms of windows and what they add up to; the leading dimensions are those of what was gathered.

    Attributes:
        terms: (…, C, P, K).
        partial: (…, C, P); None where nothing is summed.
        total: (…, P) of a convolution, else (…, C, P), before the bias; None where nothing is summed.
        divisors: (P,), or None.
    """

    terms: torch.Tensor
    partial: torch.Tensor | None
    total: torch.Tensor | None
    divisors: torch.Tensor | None = None


def products_of(layer: Opened, gradient: torch.Tensor | None) -> Products:
    """Return what the kept windows of the channel in focus are made of; nothing of complex numbers.

    Args:
        layer: The layer.
        gradient: At its output, (N, C_out, *sizes), or None.
    """
    empty = Products(layer.first, layer.count)
    block = focus_block(layer)
    if block is None or block.is_complex() or (layer.convolves and layer.values.weight is None):
        return empty
    taps = kept_taps(layer)
    weight = focus_weight(layer)
    with torch.enable_grad():
        cells = taps.gather(block)
        needs = gradient is not None and cells.is_floating_point()
        cells = cells.requires_grad_(needs)
        sums = summed(layer, cells, weight, taps)
    chosen = _chosen(layer, taps) if layer.operation == "max" else None
    to_input, to_weight = None, None
    if gradient is not None and needs:
        routed = None if chosen is None else _routed(layer, chosen, gradient)
        to_input, to_weight = (routed, None) if routed is not None else _sent(layer, sums, cells, weight, gradient)
    return Products(
        layer.first,
        layer.count,
        terms=_by_window(sums.terms, taps),
        partial=None if sums.partial is None else _flat(sums.partial.mT),
        total=None if sums.total is None else _flat(sums.total),
        divisors=None if sums.divisors is None else _flat(sums.divisors),
        chosen=chosen,
        to_input=None if to_input is None else _by_window(to_input, taps),
        to_weight=None if to_weight is None else _by_window(to_weight, taps),
    )


def kept_taps(layer: Opened) -> Taps:
    """Return what the kept windows hold."""
    taps = taps_of(layer.reaches, layer.first, layer.count)
    windows = math.prod(reach.size for reach in layer.reaches)
    return fold_taps(taps, windows) if layer.operation == "fold" else taps


def focus_block(layer: Opened) -> torch.Tensor | None:
    """Return the input channels that the channel in focus is made of, (C, cells), on the CPU; None without values."""
    given = layer.values.input
    if given is None or given.shape[0] == 0 or layer.channels[1] == 0:
        return None
    start, end = layer.group
    if layer.operation == "fold":
        size = layer.kernel_cells
        return given[layer.item, start * size : end * size].reshape(1, -1).cpu()
    return given[layer.item, start:end].flatten(1).cpu()


def focus_weight(layer: Opened) -> torch.Tensor | None:
    """Return the weights of the channel in focus, (C, K), on the CPU; None without."""
    weight = layer.values.weight
    if weight is None:
        return None
    if layer.operation == "convolution":
        return weight[layer.channel].flatten(1).cpu()
    start, end = layer.group
    each = max(layer.channels[1] // layer.groups, 1)
    return weight[start:end, layer.channel % each].flatten(1).cpu()


def summed(layer: Opened, cells: torch.Tensor, weight: torch.Tensor | None, taps: Taps) -> Sums:
    """Return the terms of windows and what they add up to.

    Args:
        layer: The layer.
        cells: What the windows hold, (…, C, P, K).
        weight: (C, K), or None.
        taps: Which cells they are.
    """
    if weight is not None:
        terms = cells * weight[:, None, :]
        partial = terms.sum(-1)
        return Sums(terms, partial, partial.sum(-2))
    if layer.operation == "fold":
        partial = cells.sum(-1)
        return Sums(cells, partial, partial)
    if layer.operation == "max":
        return _maximum(cells, taps)
    if math.isinf(layer.call.settings.norm):
        return _extreme(layer.call.settings.norm, cells, taps)
    if layer.operation in ("mean", "power"):
        return _mean(layer, cells, taps)
    return Sums(cells, None, None)


def _maximum(cells: torch.Tensor, taps: Taps) -> Sums:
    """Return maxima; padding is minus infinity, of integers the smallest one."""
    floating = cells.is_floating_point()
    lowest = -math.inf if floating else torch.iinfo(cells.dtype).min
    terms = cells.masked_fill(torch.from_numpy(taps.cells < 0), lowest)
    partial = terms.amax(-1) if terms.shape[-1] else terms.sum(-1)
    return Sums(terms, partial, partial)


def _extreme(norm: float, cells: torch.Tensor, taps: Taps) -> Sums:
    """Return the norms of infinite p: the largest of the absolute values, of -inf the smallest."""
    terms = cells.abs()
    signed = terms if norm > 0 else -terms
    places = signed.masked_fill(torch.from_numpy(taps.cells < 0), -math.inf).argmax(-1, keepdim=True)
    partial = terms.gather(-1, places).squeeze(-1)
    return Sums(terms, partial, partial)


def _mean(layer: Opened, cells: torch.Tensor, taps: Taps) -> Sums:
    """Return means; of LPPool roots, which torch makes of the mean of the powers times the kernel's size."""
    settings = layer.call.settings
    power = layer.operation == "power"
    terms = cells.pow(settings.norm) if power else cells
    counted = taps.counted if settings.count_include_pad else taps.cells >= 0
    numbers = torch.from_numpy(counted.sum(-1))
    if settings.divisor_override is not None:
        numbers = torch.full_like(numbers, settings.divisor_override)
    partial = terms.sum(-1)
    if not cells.is_floating_point():
        return Sums(terms, partial, partial.div(numbers, rounding_mode="trunc").to(cells.dtype), numbers)
    mean = partial / numbers.to(partial.dtype)
    if not power:
        return Sums(terms, partial, mean, numbers)
    total = (mean.sign() * F.relu(mean.abs())).mul(taps.cells.shape[1]).pow(1.0 / settings.norm)
    return Sums(terms, partial, total, numbers)


def _sent(
    layer: Opened, sums: Sums, cells: torch.Tensor, weight: torch.Tensor | None, gradient: torch.Tensor
) -> tuple[torch.Tensor | None, torch.Tensor | None]:
    """Return what each window sends to its input cells and to the weights, (C, P, K) each."""
    if sums.total is None:
        return None, None
    arriving = _kept(layer, gradient[layer.item, layer.channel]).to(sums.total.dtype)
    (to_input,) = torch.autograd.grad(sums.total, cells, arriving.reshape(sums.total.shape))
    # each term's own part of the weight's gradient: arriving gradient times cell
    return to_input, None if weight is None else arriving[:, None] * cells.detach()


def _routed(layer: Opened, chosen: Array, gradient: torch.Tensor) -> torch.Tensor:
    """Return what each window of max pooling sends to its cells, (1, P, K): all of it to the one that was taken."""
    arriving = _kept(layer, gradient[layer.item, layer.channel])
    sent = arriving.new_zeros((1, arriving.shape[0], layer.kernel_cells))
    return sent.scatter(2, torch.from_numpy(chosen).reshape(1, -1, 1), arriving.reshape(1, -1, 1))


def _kept(layer: Opened, plane: torch.Tensor) -> torch.Tensor:
    """Return the part of a result's plane that is kept, flat, on the CPU."""
    for place, (start, length) in enumerate(zip(layer.first, layer.count, strict=True)):
        plane = plane.narrow(place, start, length)
    return plane.reshape(-1).cpu()


def _chosen(layer: Opened, taps: Taps) -> Array | None:
    """Return the kernel index that torch takes the maximum from, by its own `return_indices`."""
    given = layer.values.input
    assert given is not None  # noqa: S101 - the caller has checked; this is for the type checker
    indices = max_indices(layer, given[layer.item : layer.item + 1, layer.channel : layer.channel + 1])
    if indices is None:
        return None
    taken = to_numpy(_kept(layer, indices[0, 0]))
    return np.asarray((taps.cells == taken[:, None]).argmax(-1) if taps.cells.shape[1] else taken)


def max_indices(layer: Opened, given: torch.Tensor) -> torch.Tensor | None:
    """Return the flat index of each maximum as torch tells it; None where it refuses the dtype."""
    settings, rank = layer.call.settings, layer.call.signature.rank
    try:
        if layer.call.signature.adaptive:
            return getattr(F, f"adaptive_max_pool{rank}d")(given, settings.output_size, return_indices=True)[1]  # type: ignore[no-any-return]
        found = getattr(F, f"max_pool{rank}d")(
            given,
            settings.kernel,
            settings.stride,
            tuple(before for before, _ in settings.padding),
            settings.dilation,
            ceil_mode=settings.ceil_mode,
            return_indices=True,
        )
    except (RuntimeError, NotImplementedError):
        return None
    return found[1]  # type: ignore[no-any-return]


def _by_window(terms: torch.Tensor, taps: Taps) -> Array:
    """Return (C, P, K) as P × C × K, flat; NaN where a window has no such cell."""
    ordered = terms.detach().movedim(0, 1)
    missing = torch.from_numpy(~taps.counted)[:, None, :]
    if bool(missing.any()):
        if not ordered.is_floating_point():
            ordered = ordered.double()
        ordered = ordered.masked_fill(missing, math.nan)
    return _flat(ordered)


def _flat(tensor: torch.Tensor) -> Array:
    return to_numpy(tensor.detach().reshape(-1))
