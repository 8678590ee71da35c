"""Sizes of what sliding windows make, and the parameters that make a wanted size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product


def size_after(n: int, k: int, s: int = 1, p: int | tuple[int, int] = 0, d: int = 1, *, ceil_mode: bool = False) -> int:
    """Return how many windows fit: ⌊(n + p₀ + p₁ − d(k − 1) − 1) / s⌋ + 1, as torch's documentation has it.

    Args:
        n: Size of the input.
        k: Size of the kernel.
        s: Stride.
        p: Padding of each side, or (before, after).
        d: Dilation.
        ceil_mode: Whether a last window may reach beyond the padding; torch drops one that would begin there.

    Returns:
        The size; below 1 where the window does not fit.
    """
    before, after = (p, p) if isinstance(p, int) else p
    room = n + before + after - d * (k - 1) - 1
    if not ceil_mode:
        return room // s + 1
    size = -(-room // s) + 1
    return size - 1 if (size - 1) * s >= n + before else size


def transposed_size(n: int, k: int, s: int = 1, p: int = 0, d: int = 1, extra: int = 0) -> int:
    """Return the size after a transposed convolution: (n − 1)s − 2p + d(k − 1) + extra + 1."""
    return (n - 1) * s - 2 * p + d * (k - 1) + extra + 1


def adaptive_bounds(n: int, size: int) -> tuple[tuple[int, int], ...]:
    """Return where each window of adaptive pooling begins and ends, exclusive: ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉."""
    return tuple((i * n // size, -(-(i + 1) * n // size)) for i in range(size))


def solutions(  # noqa: PLR0913 - the parameters of a layer, each with its range
    n: int,
    wanted: int,
    kernels: Iterable[int],
    strides: Iterable[int],
    paddings: Iterable[int],
    dilations: Iterable[int],
    *,
    transposed: bool = False,
) -> Sequence[tuple[int, int, int, int]]:
    """Return all (k, s, p, d) of the given ranges that make `wanted` cells of `n`, in the order of the ranges.

    With k = 1 all dilations are the same: the first of them is returned. Paddings of a transposed convolution take
    away; its output_padding is 0.

    Args:
        n: Size of the input.
        wanted: Size of the result.
        kernels: Sizes of the kernel that may be chosen.
        strides: Strides that may be chosen.
        paddings: Paddings of both sides that may be chosen.
        dilations: Dilations that may be chosen.
        transposed: Whether it is a transposed convolution.
    """
    spread = tuple(dilations)
    found = []
    for k, s, p in product(tuple(kernels), tuple(strides), tuple(paddings)):
        for d in spread[:1] if k == 1 else spread:
            size = transposed_size(n, k, s, p, d) if transposed else _fitting(n, k, s, p, d)
            if size == wanted and size > 0:
                found.append((k, s, p, d))
    return tuple(found)


def _fitting(n: int, k: int, s: int, p: int, d: int) -> int:
    return size_after(n, k, s, p, d) if n + 2 * p >= d * (k - 1) + 1 else 0
