"""The first picture of a 1000 × 1000 float32 tensor against `treescope.render_array` of the same array in the same run.

Ours is all from the program to the picture: recording, scene, encoding, and the page of its own. treescope (0.1.10)
does not take tensors of this torch, so it gets the NumPy array; it is measured where it is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

import torch

import explorer
from benchmarks.common import Row, at_most, median, show, timings

SIDE = 1000
REPEATS = 9
BYTES_RATIO = 0.1


def page(tensor: torch.Tensor) -> str:
    """Record a program that has the tensor, and return the page."""
    trace = explorer.run("x = torch.from_numpy(data)", inputs={"data": tensor.numpy()})
    assert trace.error is None, trace.error
    return explorer.scene(trace).to_html()


def encoded(tensor: torch.Tensor) -> bytes:
    """Do the same up to the bytes that the app sends to its stage."""
    return explorer.scene(explorer.run("x = torch.from_numpy(data)", inputs={"data": tensor.numpy()})).encode()


def rendered_by_treescope(tensor: torch.Tensor) -> Callable[[], str] | None:
    """Return what renders the array with treescope; None where that is not installed."""
    if importlib.util.find_spec("treescope") is None:
        return None
    treescope = importlib.import_module("treescope")
    return lambda: str(treescope.render_array(tensor.numpy())._repr_html_())


def measure(repeats: int = REPEATS) -> list[Row]:
    """Return the rows of the table."""
    tensor = torch.randn(SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    theirs = rendered_by_treescope(tensor)
    functions: list[Callable[[], str | bytes]] = [lambda: encoded(tensor), lambda: page(tensor)]
    taken = [median(times) for times in timings([*functions, *([theirs] if theirs else [])], repeats, 2)]
    sizes = [len(encoded(tensor)), len(page(tensor).encode())]
    rows = [
        Row("explorer: trace, scene, encoding", f"{taken[0]:.1f} ms, {sizes[0] / 1000:,.0f} kB"),
        Row("explorer: the same as a page of its own", f"{taken[1]:.1f} ms, {sizes[1] / 1000:,.0f} kB"),
    ]
    if theirs is None:
        return [*rows, Row("treescope", "not installed")]
    size = len(theirs().encode())
    return [
        *rows,
        Row("treescope.render_array as HTML", f"{taken[2]:.1f} ms, {size / 1000:,.0f} kB"),
        at_most("time of the page, ratio", taken[1] / taken[2], 1.0),
        at_most("bytes of the page, ratio", sizes[1] / size, BYTES_RATIO),
        at_most("bytes that the app sends, ratio", sizes[0] / size, BYTES_RATIO, digits=3),
    ]


def main() -> None:
    """Measure and print."""
    show("First picture", measure())


if __name__ == "__main__":
    main()
