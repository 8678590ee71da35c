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
    """Return rows for a small ResNet, forward and with backward: plain, recorded, and by torchlens if installed."""
    model, x = build()

    def forward() -> None:
        model(x)

    def both() -> None:
        model.zero_grad()
        model(x).backward()

    trace = _trace_of(model, x)
    assert trace.backward, "backward events are part of the recording"
    assert trace.graph.nodes, "so is the graph"
    functions: dict[str, Callable[[], object]] = {
        "forward: plain": forward,
        "forward: explorer.record": lambda: _forward_of(model, x),
        "forward and backward: plain": both,
        "forward and backward: explorer.record": lambda: _trace_of(model, x),
        **_torchlens(model, x),
    }
    taken = timings(list(functions.values()), repeats, 2)
    medians = {what: median(times) for what, times in zip(functions, taken, strict=True)}
    rows = [Row(f"ResNet, {what}", f"{ms:.1f} ms") for what, ms in medians.items()]
    for phase in ("forward", "forward and backward"):
        ratio = medians[f"{phase}: explorer.record"] / medians[f"{phase}: plain"]
        what = f"ResNet, {phase}: recorded to plain"
        rows.append(at_most(what, ratio, 3.0) if phase != "forward" else Row(what, f"{ratio:.2f}"))
        if f"{phase}: torchlens" in medians:
            ratio = medians[f"{phase}: torchlens"] / medians[f"{phase}: explorer.record"]
            rows.append(
                Row(f"ResNet, {phase}: torchlens to recorded", f"{ratio:.1f}", "≥ 20.0", ratio >= TORCHLENS_RATIO)
            )
    return rows


def _forward_of(model: torch.nn.Module, x: torch.Tensor) -> explorer.Trace:
    with explorer.record() as recording:
        model(x)
    return recording.trace


def _trace_of(model: torch.nn.Module, x: torch.Tensor) -> explorer.Trace:
    model.zero_grad()
    with explorer.record() as recording:
        model(x).backward()
    return recording.trace


def _torchlens(model: torch.nn.Module, x: torch.Tensor) -> dict[str, Callable[[], object]]:
    """Return what does the same with torchlens; nothing when it is not installed."""
    if importlib.util.find_spec("torchlens") is None:
        return {}
    torchlens = importlib.import_module("torchlens")
    options = importlib.import_module("torchlens.options")

    def both() -> None:
        model.zero_grad()
        trace = torchlens.trace(model, x, capture=options.CaptureOptions(backward_ready=True, save_grads=True))
        trace.log_backward(trace[trace.output_layers[0]].out)

    return {"forward: torchlens": lambda: torchlens.trace(model, x), "forward and backward: torchlens": both}


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
