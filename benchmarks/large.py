"""A tensor of 10⁹ elements against one of 10³ through the same chain: recording and encoding should cost the same.

Filling 10⁹ bytes takes far longer than all else and varies more than it, so the allocation is timed where it
happens, inside the run, and taken off that run's own time. It is also timed alone, to be seen.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch.utils._python_dispatch import TorchDispatchMode

import explorer
from benchmarks.common import Row, at_most, clock, median, show
from explorer.trace import Trace

REPEATS = 9
FEW, MANY = 10, 1000
FACTOR = 2.0


def program(side: int) -> str:
    """Return the program for a cube of `side`³ elements: views, then a copy of 5 × 4 × 4 of them."""
    return (
        f"x = torch.zeros({side}**3, dtype=torch.int8)\n"
        f"cube = x.view({side}, {side}, {side})\n"
        "turned = cube.permute(2, 0, 1)\n"
        "part = turned.narrow(0, 1, 5)\n"
        "corner = part[:, -4:, -4:]\n"
        "copy = corner.clone()\n"
        "row = x[:100]\n"
    )


class Allocation(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While entered, adds up the milliseconds that torch takes to make zeros."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.taken = 0.0

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        """Make a call for torch."""
        del types
        if func is not torch.ops.aten.zeros.default:
            return func(*args, **(kwargs or {}))
        start = time.perf_counter()
        result = func(*args, **(kwargs or {}))
        self.taken += (time.perf_counter() - start) * 1000
        return result


@dataclass
class Times:
    """Milliseconds of each turn: making zeros alone, the run, the run less its allocation, scene and encoding."""

    alone: list[float] = field(default_factory=list)
    run: list[float] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)
    scene: list[float] = field(default_factory=list)
    nbytes: int = 0

    def turn(self, side: int) -> None:
        """Measure once more."""
        self.alone.append(_fresh(lambda: torch.zeros(side**3, dtype=torch.int8))[0])
        with Allocation() as allocation:
            taken, trace = _fresh(lambda: explorer.run(program(side)))
        assert isinstance(trace, Trace)
        assert trace.error is None, trace.error
        self.run.append(taken)
        self.rest.append(taken - allocation.taken)
        taken, encoded = _fresh(lambda: explorer.scene(trace).encode())
        assert isinstance(encoded, bytes)
        self.scene.append(taken)
        self.nbytes = len(encoded)


def _fresh(function: Callable[[], object]) -> tuple[float, object]:
    """Time a call with nothing left to collect."""
    gc.collect()
    gc.disable()
    try:
        return clock(function)
    finally:
        gc.enable()


def measure() -> tuple[Times, Times]:
    """Return the times for 10³ and 10⁹ elements; the two take turns."""
    few, many = Times(), Times()
    for turn in range(REPEATS + 1):
        for times, side in ((few, FEW), (many, MANY)):
            (times if turn else Times()).turn(side)
    return few, many


def main() -> None:
    """Measure and print."""
    few, many = measure()
    rows = [
        Row("torch.zeros alone, 10⁹", f"{median(many.alone):.1f} ms"),
        Row("run, 10⁹", f"{median(many.run):.1f} ms"),
        Row("run less its allocation, 10³", f"{median(few.rest):.2f} ms"),
        Row("run less its allocation, 10⁹", f"{median(many.rest):.2f} ms"),
        at_most("run less its allocation, 10⁹ to 10³", median(many.rest) / median(few.rest), FACTOR),
        Row("scene and encode, 10³", f"{median(few.scene):.2f} ms, {few.nbytes:,} B"),
        Row("scene and encode, 10⁹", f"{median(many.scene):.2f} ms, {many.nbytes:,} B"),
        at_most("scene and encode, 10⁹ to 10³", median(many.scene) / median(few.scene), FACTOR),
    ]
    show(f"large: medians of {REPEATS}", rows)


if __name__ == "__main__":
    main()
