"""The autograd graph on the stage, against torchviz with Graphviz's dot."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import explorer
from benchmarks.common import Row, at_most, chromium, clock, in_page, median, open_tab, show, timings
from benchmarks.resnet import build
from explorer.scene import Scene

REPEATS = 7
LONG_REPEATS = 3
STEPS = 500
TORCHVIZ_STEPS = (10, 20, 30)
SECOND = 1000.0
DOT_LIMIT = 300


def lstm(steps: int) -> str:
    """Return a program that unrolls an LSTM cell, forward and backward."""
    return (
        "import torch\nfrom torch import nn\ncell = nn.LSTMCell(8, 8)\n"
        f"x = torch.randn({steps}, 1, 8)\nh = torch.zeros(1, 8)\nc = torch.zeros(1, 8)\n"
        f"for t in range({steps}):\n    h, c = cell(x[t], (h, c))\nout = h.sum()\nout.backward()\n"
    )


@dataclass(frozen=True)
class Torchviz:
    """torchviz and dot, where both are installed."""

    make_dot: Callable[..., Any]
    dot: str

    @classmethod
    def find(cls) -> Torchviz | None:
        """Return them, or None."""
        dot = shutil.which("dot")
        if importlib.util.find_spec("torchviz") is None or dot is None:
            return None
        return cls(importlib.import_module("torchviz").make_dot, dot)

    def draw(self, root: torch.Tensor, parameters: dict[str, torch.Tensor]) -> bytes:
        """Return the graph behind a tensor as SVG."""
        source = str(self.make_dot(root, params=parameters))
        return subprocess.run(
            [self.dot, "-Tsvg"], input=source.encode(), capture_output=True, check=True, timeout=DOT_LIMIT
        ).stdout


def main() -> None:
    """Measure and print."""
    # one thread, as programs have in the app
    torch.set_num_threads(1)
    viz = Torchviz.find()
    if viz is None:
        print("torchviz or dot is missing: their rows are left out (requirements-benchmarks.txt, Graphviz)")
    show(f"a small ResNet, forward and backward: medians of {REPEATS}", _resnet(viz))
    show(f"nn.LSTMCell(8, 8), {STEPS} steps, forward and backward: medians of {LONG_REPEATS}", _unrolled(viz))


def _resnet(viz: Torchviz | None) -> list[Row]:
    model, x = build()
    parameters: dict[str, torch.Tensor] = dict(model.named_parameters())

    def plain() -> Any:  # noqa: ANN401 - what the untyped call of a module gives
        model.zero_grad()
        out = model(x)
        out.backward()
        return out

    def ours() -> bytes:
        model.zero_grad()
        with explorer.record() as recording:
            model(x).backward()
        return _scene(recording.trace).encode()

    functions: dict[str, Callable[[], object]] = {"plain": plain, "recorded, scene and encoding": ours}
    if viz is not None:
        functions["plain, make_dot and dot -Tsvg"] = lambda: viz.draw(plain(), parameters)
    taken = timings(list(functions.values()), REPEATS, 2)
    medians = {what: median(times) for what, times in zip(functions, taken, strict=True)}
    with explorer.record() as recording:
        model(x).backward()
    layout = layout_of(_scene(recording.trace))
    rows = [Row(what, f"{ms:.1f} ms") for what, ms in medians.items()]
    total = medians["recorded, scene and encoding"] + layout
    rows += [Row("layout in Chromium", f"{layout:.1f} ms"), Row("ours, layout included", f"{total:.1f} ms")]
    if viz is not None:
        rows.append(at_most("ratio to torchviz", total / medians["plain, make_dot and dot -Tsvg"], 1.0))
    return rows


def _unrolled(viz: Torchviz | None) -> list[Row]:
    source = lstm(STEPS)
    trace = explorer.run(source)
    assert trace.error is None, trace.error
    functions: list[Callable[[], object]] = [
        lambda: _bare(source),
        lambda: explorer.run(source),
        lambda: _scene(trace).encode(),
    ]
    bare, recorded, encoded = (median(times) for times in timings(functions, LONG_REPEATS))
    scene = _scene(trace)
    layout = layout_of(scene)
    more = recorded - bare + encoded + layout
    rows = [
        Row("plain", f"{bare:,.0f} ms"),
        Row("recorded", f"{recorded:,.0f} ms"),
        Row("scene and encoding", f"{encoded:,.0f} ms, {len(scene.encode()):,} bytes"),
        Row("layout in Chromium", f"{layout:,.1f} ms"),
        at_most("on the stage, more than the plain run", more, SECOND, " ms", 0),
    ]
    return rows if viz is None else rows + [_beside(viz, steps) for steps in TORCHVIZ_STEPS]


def _beside(viz: Torchviz, steps: int) -> Row:
    """Return the time of torchviz for so many steps, beside ours for the same."""
    names = _bare(lstm(steps))
    theirs, _ = clock(lambda: viz.draw(names["out"], dict(names["cell"].named_parameters())))
    ours, _ = clock(lambda: _scene(explorer.run(lstm(steps))).encode())
    return Row(f"{steps} steps: torchviz and dot", f"{theirs:,.0f} ms (ours, run included: {ours:,.0f} ms)")


def _bare(source: str) -> dict[str, Any]:
    """Run a program as Python does; return its names."""
    names: dict[str, Any] = {}
    exec(compile(source, "<bare>", "exec"), names)  # noqa: S102 - a program of this file
    return names


def _scene(trace: explorer.Trace) -> Scene:
    return explorer.scene(trace, lens="autograd")


def layout_of(scene: Scene) -> float:
    """Return how many milliseconds the stage lays a scene's graph out in: the page exported, opened in Chromium."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder, "scene.html")
        page.write_text(scene.to_html(), encoding="utf-8")
        tab = open_tab(browser, page.as_uri())
        tab.wait_for_function("window.__explorerGraph !== undefined")
        return float(in_page(tab, "window.__explorerGraph.layoutMs"))


if __name__ == "__main__":
    main()
