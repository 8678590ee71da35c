"""Scrubbing the timeline of a program of 250 operations, forward and backward: the main thread's time for each frame.

The exported page is opened from the disk and the slider is moved by one step in each frame of the screen, over all
steps, twice. A frame's processor time comes from Chromium's trace: input, callbacks, styles, layout, painting.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

import explorer
from benchmarks.common import PATIENCE, Row, at_most, chromium, in_page, median, percentile, show

OPERATIONS = 250
BUDGET_MS = 16.0
_FRAME = "ProxyMain::BeginMainFrame"
_LINES = ("y = y.sin()", "y = y * 1.01", "y = y + x")
_STEPS = "() => Number(document.querySelector('[data-testid=timeline-slider]').max) + 1"
_READY = "() => window.__explorerGraph !== undefined"
# the slider is moved in the callbacks of a frame, so that all that follows from it is in that frame
_SCRUB = """async () => {
  const slider = document.querySelector("[data-testid=timeline-slider]");
  const seen = new Set();
  for (let step = 0; step <= Number(slider.max); step += 1) {
    await new Promise(requestAnimationFrame);
    slider.value = String(step);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    seen.add(window.__explorerGraph.view.index);
  }
  return seen.size;
}"""


@dataclass(frozen=True)
class Scrubbed:
    """Milliseconds of processor time of each frame; steps shown; requests meanwhile; milliseconds of layout."""

    frames: list[float]
    steps: int
    requests: int
    layout: float


def program() -> str:
    """Return a program whose graph has one node for each of `OPERATIONS` lines."""
    body = [_LINES[number % len(_LINES)] for number in range(OPERATIONS - 1)]
    return "\n".join(
        ["x = torch.linspace(-1, 1, 6, requires_grad=True)", "y = x.exp()", *body, "y.sum().backward()", ""]
    )


def measure() -> Scrubbed:
    """Open the exported page and move its slider over all steps."""
    scene = explorer.scene(explorer.run(program()), lens="autograd")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "scrub.html"
        path.write_text(scene.to_html(), encoding="utf-8")
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE * 1000)
        requests: list[str] = []
        page.goto(path.as_uri())
        page.wait_for_function(_READY)
        page.on("request", lambda request: requests.append(request.url))
        in_page(page, _SCRUB)
        frames, steps = _traced(browser, page)
        layout = float(in_page(page, "() => window.__explorerGraph.layoutMs"))
        return Scrubbed(frames, steps, len(requests), layout)


def _traced(browser: Browser, page: Page) -> tuple[list[float], int]:
    """Scrub once more; return the processor time of each frame, and how many steps were shown."""
    wanted = int(in_page(page, _STEPS))
    browser.start_tracing(page=page, categories=["cc"])
    steps = int(in_page(page, _SCRUB))
    events = json.loads(browser.stop_tracing())["traceEvents"]
    if steps != wanted:
        raise RuntimeError(f"{steps} of {wanted} steps were shown")
    frames = [event["tdur"] / 1000 for event in events if event["name"] == _FRAME and "tdur" in event]
    # the callbacks of a frame may begin before its trace does, and there are frames in which nothing happens
    return sorted(frames)[-wanted:], steps


def main() -> None:
    """Measure and print."""
    scrubbed = measure()
    frames = scrubbed.frames
    late = sum(ms > BUDGET_MS for ms in frames)
    rows = [
        Row("steps shown", str(scrubbed.steps)),
        Row("layout of the graph", f"{scrubbed.layout:.0f} ms"),
        Row("processor time of a frame: median / p95", f"{median(frames):.1f} / {percentile(frames, 95):.1f} ms"),
        at_most("processor time of a frame: longest", max(frames), BUDGET_MS, " ms", 1),
        at_most(f"frames over {BUDGET_MS:.0f} ms, of {len(frames)}", late, 0, digits=0),
        at_most("requests meanwhile", scrubbed.requests, 0, digits=0),
    ]
    show(f"scrub: {OPERATIONS} operations, forward and backward", rows)


if __name__ == "__main__":
    main()
