"""Cross-correlation, which torch computes, beside convolution as mathematics has it: the kernel flipped."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.checks import compared
from explorer.lenses.convolution.gradients import again
from explorer.lenses.convolution.opened import Opened
from explorer.lenses.convolution.products import focus_block, focus_weight

MAX_FULL = 4_000_000


def flipped_result(layer: Opened) -> torch.Tensor | None:
    """Return what the layer gives with its kernel flipped in all spatial dimensions; None without values."""
    values, call = layer.values, layer.call
    if not layer.convolves or values.input is None or values.weight is None:
        return None
    given = values.input if call.batched else values.input[0]
    flipped = values.weight.flip(tuple(range(2, values.weight.dim())))
    with torch.no_grad():
        result: torch.Tensor = again(call, given, flipped, values.bias)
    return result if call.batched else result[None]


def note_on_order(layer: Opened, flipped: torch.Tensor) -> list[str]:
    """Return how far both results are apart, and what changing places of input and kernel does to both."""
    values = layer.values
    if values.output is None or values.weight is None or not flipped.numel():
        return []
    gap = compared("", flipped, values.output, "")
    spatial = tuple(range(2, values.weight.dim()))
    told = [
        "The kernel is the same when it is flipped: correlation and convolution are one."
        if torch.equal(values.weight, values.weight.flip(spatial))
        else f"Flipping the kernel changes the result by up to {gap.difference:.6g} (largest value {gap.largest:.6g})."
    ]
    return [*told, *_exchanged(layer)]


def _exchanged(layer: Opened) -> list[str]:
    """Return what happens when input and kernel change places, with full padding and the first channel of each."""
    block, weight, rank = focus_block(layer), focus_weight(layer), layer.call.signature.rank
    if block is None or weight is None or layer.operation != "convolution" or not block.is_floating_point():
        return []
    sizes, kernel = layer.call.sizes, layer.call.settings.kernel
    if math.prod(sizes) * math.prod(kernel) > MAX_FULL or 0 in sizes or not block.shape[0]:
        return []
    one, other = block[0].reshape(1, 1, *sizes), weight[0].reshape(1, 1, *kernel)
    correlated = compared("", _full(one, other, rank), _full(other, one, rank), "")
    spatial = tuple(range(2, 2 + rank))
    convolved = compared("", _full(one, other.flip(spatial), rank), _full(other, one.flip(spatial), rank), "")
    if not math.isfinite(convolved.difference) or not math.isfinite(correlated.difference):
        return []
    differs = f"convolution differs by {convolved.difference:.6g}, correlation by {correlated.difference:.6g}"
    where = "Over the whole overlap of the first channel and its kernel, input and kernel changed places"
    return [f"{where}: {differs}. Convolution commutes, correlation comes out reversed."]


def _full(given: torch.Tensor, kernel: torch.Tensor, rank: int) -> torch.Tensor:
    """Correlate over every overlap of both."""
    padded = F.pad(given, [side for size in reversed(kernel.shape[2:]) for side in (size - 1, size - 1)])
    result: torch.Tensor = getattr(F, f"conv{rank}d")(padded, kernel)
    return result
