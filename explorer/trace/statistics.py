"""Numbers about all elements of a tensor, however large: a pass over pieces that stay in the processor's cache.

`torch.aminmax`, `std_mean` and `histc` each read the whole tensor from memory, and `isnan` or a conversion makes copies
of it. Here each piece is read once for the moments and once for the histogram, in float64 where the device has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.trace.values import Statistics, version_of

if TYPE_CHECKING:
    from explorer.trace.model import TensorState

BINS = 20
# elements: 512 KiB as float64; an accelerator is fast with large pieces only
_PIECE = 2**16
_PIECE_ACCELERATOR = 2**24


@dataclass(frozen=True)
class _Moments:
    """Of the finite elements seen so far: their number, range, mean and sum of squared deviations from it."""

    count: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    mean: float = 0.0
    squares: float = 0.0
    nan_count: int = 0
    inf_count: int = 0

    def joined(self, other: _Moments) -> _Moments:
        """Return the moments of both (Chan, Golub and LeVeque, The American Statistician 37, 1983)."""
        count = self.count + other.count
        apart = other.mean - self.mean
        share = other.count / count if count else 0.0
        return _Moments(
            count,
            min(self.minimum, other.minimum),
            max(self.maximum, other.maximum),
            self.mean + apart * share,
            self.squares + other.squares + apart * apart * self.count * share,
            self.nan_count + other.nan_count,
            self.inf_count + other.inf_count,
        )


def statistics_of(state: TensorState, live: torch.Tensor | None) -> Statistics | None:
    """Compute `TensorState.statistics`."""
    if state.contents is None:
        return None
    if state.contents.window == state.shape:
        return statistics(torch.from_numpy(state.contents.values.copy()))
    if live is None or version_of(live) != state.version:
        raise RuntimeError("the tensor was too large to keep and has changed since, or its run is over")
    return statistics(live.detach())


def statistics(tensor: torch.Tensor) -> Statistics:
    """Compute the statistics of a tensor where it lives; needs room for some MiB, not for copies of the tensor.

    Args:
        tensor: Of any shape, layout in memory and dtype; of complex numbers the magnitudes count.
    """
    moments = _Moments()
    for piece in _pieces(tensor):
        moments = moments.joined(_moments(_real(piece)))
    if moments.count == 0:
        nan = math.nan
        return Statistics(tensor.numel(), nan, nan, nan, nan, moments.nan_count, moments.inf_count, ())
    return Statistics(
        count=tensor.numel(),
        minimum=moments.minimum,
        maximum=moments.maximum,
        mean=moments.mean,
        std=math.sqrt(moments.squares / (moments.count - 1)) if moments.count > 1 else math.nan,
        nan_count=moments.nan_count,
        inf_count=moments.inf_count,
        histogram=_histogram(tensor, moments),
    )


def _pieces(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    """Yield all elements in flat pieces, in the order of memory as far as there is one; only pieces are copied."""
    most = _PIECE if tensor.device.type == "cpu" else _PIECE_ACCELERATOR
    if tensor.numel() <= most:
        yield tensor.reshape(-1)
    elif tensor.is_contiguous():
        yield from _cut(tensor.view(-1), most)
    else:
        by_stride = sorted(range(tensor.dim()), key=lambda d: -tensor.stride()[d])
        if by_stride != list(range(tensor.dim())):
            yield from _pieces(tensor.permute(by_stride))
            return
        inner = tensor.numel() // tensor.shape[0]
        for part in _cut(tensor, max(1, most // inner)):
            yield from _pieces(part[0] if part.shape[0] == 1 else part)


def _cut(tensor: torch.Tensor, size: int) -> Iterator[torch.Tensor]:
    """Yield the tensor in parts of so many indices of its first dimension."""
    for start in range(0, tensor.shape[0], size):
        yield tensor.narrow(0, start, min(size, tensor.shape[0] - start))


def _real(piece: torch.Tensor) -> torch.Tensor:
    if piece.is_complex():
        piece = (piece.to(torch.complex64) if piece.dtype == torch.complex32 else piece).abs()
    return piece.to(torch.float32 if piece.device.type == "mps" else torch.float64)


def _moments(real: torch.Tensor) -> _Moments:
    """Return the moments of one piece."""
    nan_count = inf_count = 0
    if real.numel() == 0:
        return _Moments()
    low, high = (float(end) for end in torch.aminmax(real))
    if not (math.isfinite(low) and math.isfinite(high)):
        nan_count, inf_count = int(real.isnan().sum()), int(real.isinf().sum())
        real = real[real.isfinite()]
        if real.numel() == 0:
            return _Moments(nan_count=nan_count, inf_count=inf_count)
        low, high = (float(end) for end in torch.aminmax(real))
    mean = real.mean()
    apart = real - mean
    return _Moments(real.numel(), low, high, float(mean), float(torch.dot(apart, apart)), nan_count, inf_count)


def _histogram(tensor: torch.Tensor, moments: _Moments) -> tuple[int, ...]:
    """Count the finite elements in `BINS` equal bins, as `torch.histc` does in float64."""
    low, high = moments.minimum, moments.maximum
    if low == high:  # histc widens the range by 1 on both sides
        return tuple(moments.count if number == BINS // 2 else 0 for number in range(BINS))
    scale = 1.0 if math.isfinite((high - low) * BINS) else 1 / 64
    low, width = low * scale, high * scale - low * scale
    holes = moments.nan_count + moments.inf_count > 0
    counts = torch.zeros(BINS + 1, dtype=torch.int64, device=tensor.device)
    for piece in _pieces(tensor):
        real = _real(piece)
        if holes:
            real = real[real.isfinite()]
        if scale != 1.0:
            real = real * scale
        counts += torch.bincount((real - low).mul_(BINS).div_(width).to(torch.int32), minlength=BINS + 1)
    *inside, at_the_end = (int(count) for count in counts.tolist())
    return (*inside[:-1], inside[-1] + at_the_end)
