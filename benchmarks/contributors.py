"""`contributors` of one output element against the plain call.

Run `.venv/bin/python -m benchmarks.contributors` from the repository's root.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

import explorer
from benchmarks.common import Row, median, show, timings

REPEATS = 15
_SETUP = "x = torch.rand(1, 16, 32, 32)\nw = torch.rand(16, 16, 3, 3)\na = torch.rand(64, 64)\nb = torch.rand(64, 64)\n"
CALLS = {
    "conv2d of 1 × 16 × 32 × 32, 3 × 3, 16 channels": ("F.conv2d(x, w, padding=1)", (0, 3, 15, 15)),
    "matmul of 64 × 64 by 64 × 64": ("a @ b", (31, 17)),
    "softmax of 64 × 64": ("a.softmax(1)", (31, 17)),
    "argmax of 64 × 64 along a row": ("a.argmax(1)", (31,)),
}


def measure(expression: str, index: tuple[int, ...]) -> tuple[float, float]:
    """Return the median milliseconds of the plain call and of `contributors` for one element of its result."""
    trace = explorer.run(f"{_SETUP}y = {expression}")
    assert trace.error is None, trace.error
    assert trace.calls is not None
    call = trace.calls[-1]
    assert call is not None
    step = len(trace.steps) - 1
    assert explorer.contributors(trace, step, index).tested
    functions: list[Callable[[], object]] = [
        lambda: call.function(*call.arguments, **call.keywords),
        lambda: explorer.contributors(trace, step, index),
    ]
    plain, found = (median(times) for times in timings(functions, REPEATS, 3))
    return plain, found


def main() -> None:
    """Measure and print."""
    rows = []
    for what, (expression, index) in CALLS.items():
        plain, found = measure(expression, index)
        rows += [
            Row(f"{what}: the call", f"{plain:.3f} ms"),
            Row(f"{what}: contributors of one element", f"{found:.1f} ms"),
            Row(f"{what}: ratio", f"{found / plain:.0f}"),
        ]
    show(f"contributors, {torch.get_num_threads()} threads: medians of {REPEATS}", rows)


if __name__ == "__main__":
    main()
