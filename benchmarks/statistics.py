"""Statistics and histogram of 10⁸ float32 against torch's own calls, and what the pass over pieces is made of.

`aminmax`, `std_mean` and `histc` give the same numbers but for NaN and infinities, which they do not count. The errors
are those of mean and standard deviation against NumPy's in float64 (`numpy.longdouble` for the sums).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

import explorer.trace.statistics as module
from benchmarks.common import Row, at_most, median, show, timings
from explorer.trace.statistics import BINS, statistics

COUNT = 10**8
REPEATS = 5
FACTOR = 1.2
PIECES = (2**14, 2**16, 2**18, 2**20)


def in_pieces_of(size: int, tensor: torch.Tensor) -> Callable[[], object]:
    """Return what computes the statistics in pieces of so many elements."""

    def compute() -> object:
        before, module._PIECE = module._PIECE, size
        try:
            return statistics(tensor)
        finally:
            module._PIECE = before

    return compute


def errors(tensor: torch.Tensor) -> list[Row]:
    """Return how far the mean and the standard deviation are off, torch's and ours."""
    array = tensor.numpy()
    mean = float(array.sum(dtype=np.longdouble) / array.size)
    std = float(np.sqrt(((array.astype(np.float64) - mean) ** 2).sum(dtype=np.longdouble) / (array.size - 1)))
    ours = statistics(tensor)
    theirs = tuple(float(value) for value in torch.std_mean(tensor))
    pairs = {"torch.std_mean": theirs, "in pieces": (ours.std, ours.mean)}
    return [
        Row(f"{name}: error of std / mean", f"{abs(found[0] - std):.1e} / {abs(found[1] - mean):.1e}")
        for name, found in pairs.items()
    ]


def measure(count: int = COUNT, repeats: int = REPEATS) -> list[Row]:
    """Return the rows of the table."""
    tensor = torch.randn(count, generator=torch.Generator().manual_seed(0))
    low, high = (float(end) for end in torch.aminmax(tensor))
    calls: dict[str, Callable[[], object]] = {
        "torch.aminmax": lambda: torch.aminmax(tensor),
        "torch.std_mean": lambda: torch.std_mean(tensor),
        "torch.histc": lambda: torch.histc(tensor, BINS, low, high),
        "statistics and histogram": lambda: statistics(tensor),
        **{f"in pieces of {size:,}": in_pieces_of(size, tensor) for size in (*PIECES, count)},
    }
    taken = dict(zip(calls, map(median, timings(list(calls.values()), repeats)), strict=True))
    theirs = sum(taken[name] for name in list(calls)[:3])
    return [
        *(Row(name, f"{milliseconds:,.0f} ms") for name, milliseconds in taken.items()),
        Row("sum of torch's three", f"{theirs:,.0f} ms"),
        at_most("ratio to that sum", taken["statistics and histogram"] / theirs, FACTOR),
        *errors(tensor),
    ]


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)  # as in the processes that run programs
    show("Statistics of 10⁸ float32, one thread", measure())


if __name__ == "__main__":
    main()
