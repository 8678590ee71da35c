"""Hovering three linked grids of 100 × 100 cells: time on the browser's main thread for each frame.

A frame is timed from the first pointer event that it handles to a message that its first callback posts, which
comes after styles, layout and painting. Waiting for the screen does not count: headless Chromium shows 60 a second.
Waiting for a processor does; so Chromium's own trace of a second pass tells the processor time of each frame.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, JSHandle, Page

from benchmarks.common import (
    Row,
    at_most,
    chromium,
    in_page,
    median,
    open_tab,
    our_app,
    percentile,
    show,
    wait_until_idle,
)
from explorer.ui.permalink import encode_program

PROGRAM = "x = torch.rand(100, 100)\ny = x.t()\nz = y.contiguous()\n"
POSITIONS = 200
WARM_UP = 20
BUDGET_MS = 16.0
_FRAME = "ProxyMain::BeginMainFrame"
GRIDS = ("grid-0", "grid-1", "grid-2")

_FIND = """(name) => {
  const pierce = (root) => {
    const found = root.querySelector(`[data-testid="${name}"]`);
    if (found) return found;
    for (const host of root.querySelectorAll("*")) {
      const inside = host.shadowRoot && pierce(host.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  return pierce(document);
}"""
# Chromium hands pointer events out right before the callbacks of a frame; the listener and the ticker were there first.
_WATCH = """() => {
  const watch = { frames: [], began: 0 };
  window.__hover = watch;
  window.addEventListener("pointermove", () => { watch.began ||= performance.now(); }, { capture: true });
  const channel = new MessageChannel();
  let start = 0;
  let moved = false;
  channel.port1.onmessage = () => {
    if (moved) watch.frames.push(performance.now() - start);
  };
  const tick = () => {
    moved = watch.began > 0;
    start = watch.began || performance.now();
    watch.began = 0;
    channel.port2.postMessage(null);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
_NEXT_FRAME = """async (count) => {
  const until = performance.now() + 2000;
  const pause = () => new Promise((done) => setTimeout(done, 2));
  while (window.__hover.frames.length < count && performance.now() < until) await pause();
  return window.__hover.frames.length;
}"""
_LIT = "(figures) => figures.map((figure) => figure.dataset.lit || '')"


@dataclass(frozen=True)
class Hovered:
    """Milliseconds of each frame, by the clock and of the processor; positions that lit one cell in every grid."""

    clock: list[float]
    processor: list[float]
    lit: int

    @property
    def rows(self) -> list[Row]:
        """The rows of a table of results."""
        late = sum(ms > BUDGET_MS for ms in self.clock)
        return [
            _spread("processor time of a frame: median / p95", self.processor),
            at_most("processor time of a frame: longest", max(self.processor), BUDGET_MS, " ms", 1),
            _spread("main thread by the clock: median / p95", self.clock),
            at_most("main thread by the clock: longest", max(self.clock), BUDGET_MS, " ms", 1),
            at_most(f"frames over {BUDGET_MS:.0f} ms by the clock, of {len(self.clock)}", late, 0, digits=0),
        ]


def measure(path: str, panels: Sequence[str], lit_cell: str) -> Hovered:
    """Move the mouse over the first of some panels, one position a frame, twice.

    Args:
        path: Of the page, with its program.
        panels: What tests call them.
        lit_cell: A function of the page from their elements to the number of the cell that is lit in each, as text.
    """
    with our_app() as server, chromium() as browser:
        page = open_tab(browser, f"{server.url}/{path}")
        page.get_by_test_id(panels[-1]).wait_for()
        wait_until_idle(page)
        page.wait_for_timeout(1000)
        figures = [page.evaluate_handle(_FIND, name) for name in panels]
        in_page(page, _WATCH)
        _pass_over(page, figures, lit_cell, WARM_UP)
        lit = _pass_over(page, figures, lit_cell, POSITIONS)
        clock = [float(ms) for ms in in_page(page, "() => window.__hover.frames")]
        return Hovered(clock, _processor_times(browser, page, figures, lit_cell), lit)


def _pass_over(page: Page, figures: list[JSHandle], lit_cell: str, positions: int) -> int:
    """Move over the first panel; return how many positions lit exactly one cell in each."""
    bounds = in_page(page, "(figure) => figure.querySelector('.te-cells').getBoundingClientRect().toJSON()", figures[0])
    in_page(page, "() => { window.__hover.frames.length = 0; }")
    lit = 0
    for number in range(positions):
        _move(page, bounds, number)
        in_page(page, _NEXT_FRAME, number + 1)
        lit += all(text.isdigit() for text in in_page(page, lit_cell, figures))
    return lit


def _processor_times(browser: Browser, page: Page, figures: list[JSHandle], lit_cell: str) -> list[float]:
    """Return the processor time of the frames of another pass: events, callbacks, styles, layout, paint, commit."""
    browser.start_tracing(page=page, categories=["cc"])
    _pass_over(page, figures, lit_cell, POSITIONS)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    frames = [event["tdur"] / 1000 for event in events if event["name"] == _FRAME and "tdur" in event]
    # between two positions there are frames in which nothing happens
    return sorted(frames)[-POSITIONS:]


def _move(page: Page, bounds: dict[str, Any], number: int) -> None:
    """Move to another cell: across the grid and down, so that no two positions share a row or column."""
    across = 0.06 + 0.9 * (number * 37 % POSITIONS) / POSITIONS
    down = 0.06 + 0.9 * number / POSITIONS
    page.mouse.move(bounds["x"] + bounds["width"] * across, bounds["y"] + bounds["height"] * down)


def main() -> None:
    """Measure and print.

    Raises:
        RuntimeError: The cells did not light up, so that nothing was measured.
    """
    hovered = measure(f"shape?program={encode_program(PROGRAM)}", GRIDS, _LIT)
    frames = hovered.clock
    if hovered.lit < POSITIONS * 0.95 or len(frames) < POSITIONS * 0.95:
        raise RuntimeError(f"{hovered.lit} of {POSITIONS} positions lit all three grids in {len(frames)} frames")
    rows = [
        Row("positions that lit one cell in each of the three grids", f"{hovered.lit} of {POSITIONS}"),
        *hovered.rows,
    ]
    show("hover: 3 × 100 × 100 cells", rows)


def _spread(what: str, taken: list[float]) -> Row:
    return Row(what, f"{median(taken):.1f} / {percentile(taken, 95):.1f} ms")


if __name__ == "__main__":
    main()
