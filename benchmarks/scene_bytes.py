"""Bytes of an encoded scene against the raw values that it shows.

The raw values are the stored values that the timeline shows: each storage once, and once more for each time that
it was written to. They had to be sent even if shapes, strides, names and sentences were known; a view adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import explorer
from benchmarks.common import Row, at_most, show
from explorer.scene.encoding import MAGIC

FACTOR = 1.5
ALLOWANCE = 20_000
VARIANTS = {
    "x, its transpose and a copy": "x = torch.randn(64, 64)\ny = x.t()\nz = y.contiguous()\n",
    "x and two views": "x = torch.randn(64, 64)\ny = x.t()\nz = y[::2]\n",
    "a copy of a copy": "x = torch.randn(64, 64)\ny = x.t().contiguous()\nz = y.flip(0)\n",
    "x, computed, computed": "x = torch.randn(64, 64)\ny = x * 2\nz = y.t() + x\n",
    "written in place": "x = torch.randn(64, 64)\ny = x.t()\ny[0] = 0.0\nz = x.clone()\n",
}


@dataclass(frozen=True)
class Sizes:
    """Bytes of the raw values, the scene's header (JSON) and its payload (arrays)."""

    raw: int
    header: int
    payload: int

    @property
    def total(self) -> int:
        """Bytes of the encoded scene."""
        return self.header + self.payload


def measure(program: str) -> Sizes:
    """Return the sizes for a program."""
    trace = explorer.run(program)
    assert trace.error is None, trace.error
    stored = {(state.storage, state.version): state.storage_nbytes for step in trace.steps for state in step.outputs}
    encoded = explorer.scene(trace).encode()
    start = len(MAGIC) + 4
    header = start + int.from_bytes(encoded[len(MAGIC) : start], "little")
    return Sizes(sum(stored.values()), header, len(encoded) - header)


def main() -> None:
    """Measure and print."""
    rows = []
    for what, program in VARIANTS.items():
        sizes = measure(program)
        split = f"raw {sizes.raw:,}, header {sizes.header:,}, payload {sizes.payload:,}"
        rows += [
            at_most(what, sizes.total, FACTOR * sizes.raw + ALLOWANCE, " B", 0),
            Row("", split),
        ]
    show("scene bytes: 64 × 64 float32, at most 1.5 × raw values + 20 kB", rows)


if __name__ == "__main__":
    main()
