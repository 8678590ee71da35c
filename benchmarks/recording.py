"""Recording a program against running it bare."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

import torch

import explorer
from benchmarks.common import Row, at_most, median, show, timings
from benchmarks.resnet import build

REPEATS = 30
RESNET_REPEATS = 10
TORCHLENS_RATIO = 20.0
CHAIN = (
    "x = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.reshape(3, 8)\nd = c.permute(1, 0)\n"
    "e = d.contiguous()\nf = e.unsqueeze(0)\ng = f.expand(2, 8, 3)\nh = g.flatten()\ni = h.narrow(0, 4, 16)\n"
)
_LINES = ("x{n} = x{m}.view(4, 6)", "x{n} = x{m}.t()", "x{n} = x{m} + 1", "x{n} = x{m}.reshape(24)")
LONG = "x0 = torch.arange(24)\n" + "".join(_LINES[n % 4].format(n=n + 1, m=n) + "\n" for n in range(200))
PROGRAMS = {"10 operations on shapes": CHAIN, "200 steps in a line": LONG}


def bare(source: str) -> None:
    """Compile and run a program as Python does, with the names that ours start with."""
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


def resnet(repeats: int = RESNET_REPEATS) -> list[Row]:
    """Return rows for a small ResNet, forward and backward: plain, recorded, and by torchlens if it is installed.

    torchlens traces the forward pass only here, which is less than what the other two do.
    """
    model, x = build()

    def plain() -> None:
        model.zero_grad()
        model(x).sum().backward()

    def recorded() -> explorer.Trace:
        model.zero_grad()
        with explorer.record() as recording:
            model(x).sum().backward()
        return recording.trace

    trace = recorded()
    assert trace.backward, "backward events are part of the recording"
    assert trace.graph.nodes, "so is the graph"
    functions: list[Callable[[], object]] = [plain, recorded]
    if importlib.util.find_spec("torchlens") is not None:
        torchlens = importlib.import_module("torchlens")
        functions.append(lambda: torchlens.trace(model, x))
    bare_ms, recorded_ms, *others = (median(times) for times in timings(functions, repeats, 2))
    rows = [
        Row("ResNet, forward and backward: plain", f"{bare_ms:.1f} ms"),
        Row("ResNet: explorer.record", f"{recorded_ms:.1f} ms"),
        at_most("ResNet: recorded to plain", recorded_ms / bare_ms, 3.0),
    ]
    for other in others:
        ratio = other / recorded_ms
        rows.append(Row("ResNet, forward only: torchlens.trace", f"{other:.1f} ms"))
        rows.append(Row("ResNet: torchlens to explorer.record", f"{ratio:.1f}", "≥ 20.0", ratio >= TORCHLENS_RATIO))
    return rows


def main() -> None:
    """Measure and print."""
    # one thread, as programs have in the app; more of them only add noise for tensors of this size
    torch.set_num_threads(1)
    show(f"recording a module: medians of {RESNET_REPEATS}", resnet())
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
