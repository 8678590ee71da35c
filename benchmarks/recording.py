"""Recording a program against running it bare."""

from __future__ import annotations

import explorer
from benchmarks.common import Row, median, show, timings

REPEATS = 30
CHAIN = (
    "x = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.reshape(3, 8)\nd = c.permute(1, 0)\n"
    "e = d.contiguous()\nf = e.unsqueeze(0)\ng = f.expand(2, 8, 3)\nh = g.flatten()\ni = h.narrow(0, 4, 16)\n"
)
_LINES = ("x{n} = x{m}.view(4, 6)", "x{n} = x{m}.t()", "x{n} = x{m} + 1", "x{n} = x{m}.reshape(24)")
LONG = "x0 = torch.arange(24)\n" + "".join(_LINES[n % 4].format(n=n + 1, m=n) + "\n" for n in range(200))
PROGRAMS = {"10 operations on shapes": CHAIN, "200 steps in a line": LONG}


def bare(source: str) -> None:
    """Compile and run a program as Python does, with the names that ours start with."""
    import torch  # noqa: PLC0415 - what a program's own import costs

    exec(compile(source, "<bare>", "exec"), {"torch": torch})  # noqa: S102 - a constant of this file


def measure(source: str, repeats: int = REPEATS) -> tuple[float, float, float]:
    """Return the median milliseconds of the bare run, the recorded run, and scene and encoding."""
    trace = explorer.run(source)
    assert trace.error is None, trace.error
    taken = timings(
        [lambda: bare(source), lambda: explorer.run(source), lambda: explorer.scene(trace).encode()], repeats, 3
    )
    plain, recorded, scene = (median(times) for times in taken)
    return plain, recorded, scene


def main() -> None:
    """Measure and print."""
    rows = []
    for what, source in PROGRAMS.items():
        plain, recorded, scene = measure(source)
        rows += [
            Row(f"{what}: bare, compiling included", f"{plain:.2f} ms"),
            Row(f"{what}: explorer.run", f"{recorded:.2f} ms"),
            Row(f"{what}: ratio", f"{recorded / plain:.1f}"),
            Row(f"{what}: scene and encode", f"{scene:.2f} ms"),
        ]
    show(f"recording: medians of {REPEATS}", rows)


if __name__ == "__main__":
    main()
