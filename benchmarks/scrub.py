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
from explorer.scene import Scene

OPERATIONS = 250
BUDGET_MS = 16.0
_FRAME = "ProxyMain::BeginMainFrame"
_LINES = ("y = y.sin()", "y = y * 1.01", "y = y + x")
_STEPS = "() => Number(document.querySelector('[data-testid=timeline-slider]').max) + 1"
_READY = "() => window.__explorerGraph !== undefined"
_SHOWN = "window.__explorerGraph.view.index"
# the slider is moved in the callbacks of a frame, so that all that follows from it is in that frame
_SCRUB = """async (shown) => {
  const slider = document.querySelector("[data-testid=timeline-slider]");
  const seen = new Set();
  for (let step = 0; step <= Number(slider.max); step += 1) {
    await new Promise(requestAnimationFrame);
    slider.value = String(step);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    seen.add(eval(shown));
  }
  return seen.size;
}"""


@dataclass(frozen=True)
class Scrubbed:
    """Milliseconds of processor time of each frame; steps shown; requests meanwhile; what the page said at the end."""

    frames: list[float]
    steps: int
    requests: int
    said: float

    @property
    def rows(self) -> list[Row]:
        """The rows of a table of results."""
        late = sum(ms > BUDGET_MS for ms in self.frames)
        typical = f"{median(self.frames):.1f} / {percentile(self.frames, 95):.1f} ms"
        return [
            Row("steps shown", str(self.steps)),
            Row("processor time of a frame: median / p95", typical),
            at_most("processor time of a frame: longest", max(self.frames), BUDGET_MS, " ms", 1),
            at_most(f"frames over {BUDGET_MS:.0f} ms, of {len(self.frames)}", late, 0, digits=0),
            at_most("requests meanwhile", self.requests, 0, digits=0),
        ]


def program() -> str:
    """Return a program whose graph has one node for each of `OPERATIONS` lines."""
    body = [_LINES[number % len(_LINES)] for number in range(OPERATIONS - 1)]
    return "\n".join(
        ["x = torch.linspace(-1, 1, 6, requires_grad=True)", "y = x.exp()", *body, "y.sum().backward()", ""]
    )


def scrub(scene: Scene, ready: str, shown: str, asked: str = "() => 0") -> Scrubbed:
    """Open a scene's exported page and move its slider over all steps.

    Args:
        scene: What is exported.
        ready: A function of the page: whether it is drawn.
        shown: An expression of the page: the step that it shows.
        asked: A function of the page: what it says at the end.
    """
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "scrub.html"
        path.write_text(scene.to_html(), encoding="utf-8")
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE * 1000)
        requests: list[str] = []
        page.goto(path.as_uri())
        page.wait_for_function(ready)
        page.on("request", lambda request: requests.append(request.url))
        in_page(page, _SCRUB, shown)
        frames, steps = _traced(browser, page, shown)
        return Scrubbed(frames, steps, len(requests), float(in_page(page, asked)))


def _traced(browser: Browser, page: Page, shown: str) -> tuple[list[float], int]:
    """Scrub once more; return the processor time of each frame, and how many steps were shown."""
    wanted = int(in_page(page, _STEPS))
    browser.start_tracing(page=page, categories=["cc"])
    steps = int(in_page(page, _SCRUB, shown))
    events = json.loads(browser.stop_tracing())["traceEvents"]
    if steps != wanted:
        raise RuntimeError(f"{steps} of {wanted} steps were shown")
    frames = [event["tdur"] / 1000 for event in events if event["name"] == _FRAME and "tdur" in event]
    # the callbacks of a frame may begin before its trace does, and there are frames in which nothing happens
    return sorted(frames)[-wanted:], steps


def main() -> None:
    """Measure and print."""
    scene = explorer.scene(explorer.run(program()), lens="autograd")
    scrubbed = scrub(scene, _READY, _SHOWN, "() => window.__explorerGraph.layoutMs")
    rows = [Row("layout of the graph", f"{scrubbed.said:.0f} ms"), *scrubbed.rows]
    show(f"scrub: {OPERATIONS} operations, forward and backward", rows)


if __name__ == "__main__":
    main()
