"""What it costs to run each program in a process of its own.

`explorer.compute.runs.view` against the same run and lens in this process, by turns; small runs a second, sustained;
how long after its limit a run that does not stop is answered; memory of the server over 1,000 runs.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import explorer
from benchmarks.common import Row, at_most, median, percentile, show, timings
from explorer.compute.jobs import Job
from explorer.compute.runs import view
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped
from explorer.compute.workers import Workers, workers

SMALL = "x = torch.arange(24).view(4, 6)\ny = x.t().reshape(3, 8)"
TRAINING = """
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
loss = F.cross_entropy(net(x), y)
loss.backward()
opt.step()
"""
STUCK = "sum(range(10**12))"
RUNS = 1_000
REPEATS = 60


def in_process(source: str) -> bytes:
    """Run and look as `view` does, here."""
    return explorer.scene(explorer.run(source)).encode()


def cost(name: str, source: str) -> list[Row]:
    """Return what isolation adds to one run at a time, with pauses as between two people's clicks."""

    def isolated() -> None:
        view(source)

    here, apart = timings([lambda: in_process(source), isolated], REPEATS, warm_up=5)
    added = median(apart) - median(here)
    return [
        Row(f"{name}: in this process, median", f"{median(here):.1f} ms"),
        Row(f"{name}: isolated, median / p90", f"{median(apart):.1f} / {percentile(apart, 90):.1f} ms"),
        at_most(f"{name}: isolation adds", added, 25.0, " ms", 1),
    ]


def sustained(seconds: float = 5.0) -> Row:
    """Return how many small runs a second go through when as many people ask as there are workers, and two more."""
    end = time.monotonic() + seconds

    def ask() -> int:
        count = 0
        while time.monotonic() < end:
            view(SMALL)
            count += 1
        return count

    start = time.monotonic()
    people = (os.cpu_count() or 1) + 2
    with ThreadPoolExecutor(people) as pool:
        count = sum(pool.map(lambda _: ask(), range(people)))
    rate = count / (time.monotonic() - start)
    return Row(f"small runs a second, {people} people at once", f"{rate:.0f}", "≥ 80", rate >= 80)


def answered_after_limit() -> Row:
    """Return how long after its limit a run that never looks up is answered."""
    late = []
    unguarded = Workers(1, preload=("benchmarks.isolation_hook",))
    unguarded.start()
    for _ in range(5):
        start = time.monotonic()
        try:
            unguarded.call(Job("stuck", STUCK, limits=Limits(seconds=1.0)))
        except Stopped:
            late.append(time.monotonic() - start - 1.0)
    unguarded.close()
    return at_most("killed run: answered after its limit, longest of 5", max(late), 0.3, " s")


def memory() -> Row:
    """Return what the server's memory grows by over many runs."""
    for _ in range(50):
        view(SMALL)
    gc.collect()
    before = resident()
    for number in range(RUNS):
        view(SMALL + f"\nz = y + {number}")
    gc.collect()
    return at_most(f"server's memory over {RUNS:,} runs grows by", (resident() - before) / 1e6, 1.0, " MB")


def resident() -> int:
    """Return the resident bytes of this process."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main() -> None:
    """Measure, and print a table."""
    workers().start()
    gc.collect()
    gc.freeze()
    rows = [*cost("small", SMALL), *cost("training step", TRAINING), sustained(), answered_after_limit(), memory()]
    show("isolation", rows)
    workers().close()


if __name__ == "__main__":
    main()
