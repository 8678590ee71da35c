"""What a layer's windows reach, one spatial dimension at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explorer.lenses.convolution.calls import WindowCall
from explorer.lenses.convolution.formulas import (
    adaptive_formula,
    adaptive_remark,
    forward_formula,
    forward_remark,
    transposed_formula,
    transposed_remark,
)
from explorer.lenses.convolution.settings import Settings
from explorer.lenses.convolution.sizes import adaptive_bounds, size_after, transposed_size
from explorer.scene.windows import COPY, EXTRA, INPUT, INSERTED, OUTSIDE, ZERO, Reach

Indices = npt.NDArray[np.int64]

NAMES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


def reaches(call: WindowCall) -> tuple[Reach, ...]:
    """Return what the windows of a layer reach, in the order of its spatial dimensions."""
    names = NAMES[call.signature.rank]
    if call.signature.operation == "fold":
        return tuple(_fold(name, call, place) for place, name in enumerate(names))
    if call.signature.operation == "transposed":
        return tuple(_transposed(name, call, place) for place, name in enumerate(names))
    if call.signature.adaptive:
        pairs = zip(names, call.sizes, call.settings.output_size, strict=True)
        return tuple(adaptive(name, n, size) for name, n, size in pairs)
    return tuple(forward(name, call.sizes[place], call.settings, place) for place, name in enumerate(names))


def forward(name: str, n: int, settings: Settings, place: int) -> Reach:
    """Return what windows reach that move over the padded input.

    Args:
        name: Of the dimension.
        n: Its size.
        settings: The parameters of the layer.
        place: Which of its spatial dimensions it is.
    """
    k, s, d = settings.kernel[place], settings.stride[place], settings.dilation[place]
    padding = settings.padding[place]
    size = size_after(n, k, s, padding, d, ceil_mode=settings.ceil_mode)
    inner = padding[0] + n + padding[1]
    beyond = max((size - 1) * s + d * (k - 1) + 1 - inner, 0) if settings.ceil_mode else 0
    source, kinds = _padded(n, padding, settings.padding_mode)
    source = np.concatenate([source, np.full(beyond, -1)])
    kinds = np.concatenate([kinds, np.full(beyond, OUTSIDE)])
    positions = (np.arange(size)[:, None] * s + np.arange(k) * d).reshape(-1)
    reads = _reads(positions, source.size)
    return Reach(
        name=name,
        size=n,
        output=size,
        kernel=k,
        stride=s,
        dilation=d,
        padding=padding,
        output_padding=0,
        source=source,
        kinds=kinds,
        starts=np.arange(size + 1) * k,
        positions=positions,
        kernel_index=np.tile(np.arange(k), size),
        reads=reads,
        formula=forward_formula(n, (k, s, d), padding, size, ceil_mode=settings.ceil_mode),
        remark=forward_remark(n, (k, s, d), padding, beyond, reads, settings),
    )


def adaptive(name: str, n: int, size: int) -> Reach:
    """Return what the windows of adaptive pooling reach.

    Args:
        name: Of the dimension.
        n: Its size.
        size: How many windows there are.
    """
    bounds = adaptive_bounds(n, size)
    lengths = [end - start for start, end in bounds]
    positions = _joined([np.arange(start, end) for start, end in bounds])
    return Reach(
        name=name,
        size=n,
        output=size,
        kernel=max(lengths, default=0),
        stride=0,
        dilation=0,
        padding=(0, 0),
        output_padding=0,
        source=np.arange(n),
        kinds=np.full(n, INPUT),
        starts=np.cumsum([0, *lengths]),
        positions=positions,
        kernel_index=_joined([np.arange(length) for length in lengths]),
        reads=_reads(positions, n),
        formula=adaptive_formula(n, size),
        remark=adaptive_remark(bounds, n),
    )


def transposed(name: str, n: int, sizes: tuple[int, int, int], padding: int, extra: int) -> Reach:
    """Return what windows reach that move over the stretched input, one position at a time.

    Args:
        name: Of the dimension.
        n: Its size.
        sizes: Kernel, stride, dilation.
        padding: As the layer has it: what is cut off the result at both ends.
        extra: Its output_padding.
    """
    k, s, d = sizes
    around = d * (k - 1) - padding
    last = (n - 1) * s
    places = np.arange(-around, last + 1 + around + extra)
    within = (places >= 0) & (places <= last)
    on_cell = within & (places % s == 0)
    source = np.where(on_cell, places // s, -1)
    kinds = np.where(within, np.where(on_cell, INPUT, INSERTED), np.where(places > last + around, EXTRA, ZERO))
    size = max(transposed_size(n, k, s, padding, d, extra), 0)
    positions = (np.arange(size)[:, None] + np.arange(k) * d).reshape(-1)
    reads = _reads(positions, source.size)
    return Reach(
        name=name,
        size=n,
        output=size,
        kernel=k,
        stride=s,
        dilation=d,
        padding=(padding, padding),
        output_padding=extra,
        source=source,
        kinds=kinds,
        starts=np.arange(size + 1) * k,
        positions=positions,
        kernel_index=np.tile(np.arange(k)[::-1], size),
        reads=reads,
        formula=transposed_formula(n, sizes, padding, extra, size),
        remark=transposed_remark(n, sizes, padding, extra),
    )


def _transposed(name: str, call: WindowCall, place: int) -> Reach:
    settings = call.settings
    sizes = (settings.kernel[place], settings.stride[place], settings.dilation[place])
    return transposed(name, call.sizes[place], sizes, settings.padding[place][0], settings.output_padding[place])


def _fold(name: str, call: WindowCall, place: int) -> Reach:
    """Return what `fold` reads: each cell of the result sums the columns' cells that were unfolded from it."""
    settings = call.settings
    sizes = (settings.kernel[place], settings.stride[place], settings.dilation[place])
    size, padding = settings.output_size[place], settings.padding[place][0]
    windows = size_after(size, sizes[0], sizes[1], padding, sizes[2])
    extra = size - transposed_size(windows, *sizes[:2], padding, sizes[2])
    return transposed(name, windows, sizes, padding, extra)


def _padded(n: int, padding: tuple[int, int], mode: str) -> tuple[Indices, Indices]:
    """Return for each position of the padded input the input's index that stands there, and what it is."""
    places = np.arange(-padding[0], n + padding[1])
    within = (places >= 0) & (places < n)
    if mode == "zeros":
        return np.where(within, places, -1), np.where(within, INPUT, ZERO)
    if mode == "circular":
        source = places % n
    elif mode == "replicate":
        source = np.clip(places, 0, n - 1)
    else:
        source = n - 1 - np.abs(n - 1 - np.abs(places))
    return source, np.where(within, INPUT, COPY)


def _reads(positions: Indices, length: int) -> Indices:
    return np.bincount(positions, minlength=length).astype(np.int64)


def _joined(parts: Sequence[Indices]) -> Indices:
    return np.concatenate([np.zeros(0, np.int64), *parts])
