"""Hovering three linked grids of 100 × 100 cells: time on the browser's main thread for each frame.

A frame is timed from the first pointer event that it handles to a message that its first callback posts, which
comes after styles, layout and painting. Waiting for the screen does not count: headless Chromium shows 60 a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from benchmarks.common import Row, at_most, chromium, in_page, median, open_tab, our_app, percentile, show, wait_until_idle
from explorer.ui.permalink import encode_program

PROGRAM = "x = torch.rand(100, 100)\ny = x.t()\nz = y.contiguous()\n"
POSITIONS = 200
WARM_UP = 20
BUDGET_MS = 16.0
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
  const watch = { frames: [], began: 0, longest: 0 };
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
  while (window.__hover.frames.length < count && performance.now() < until) await new Promise((done) => setTimeout(done, 2));
  return window.__hover.frames.length;
}"""
_LIT = "(figures) => figures.map((figure) => figure.dataset.lit || '')"


@dataclass(frozen=True)
class Hovered:
    """The time of each frame in milliseconds, and how many positions lit exactly one cell in every grid."""

    frames: list[float]
    lit: int


def measure() -> Hovered:
    """Move the mouse over the first grid, one position a frame."""
    with our_app() as server, chromium() as browser:
        page = open_tab(browser, f"{server.url}/shape?program={encode_program(PROGRAM)}")
        page.get_by_test_id(GRIDS[-1]).wait_for()
        wait_until_idle(page)
        page.wait_for_timeout(1000)
        figures = [page.evaluate_handle(_FIND, name) for name in GRIDS]
        in_page(page, _WATCH)
        bounds = in_page(
            page, "(figure) => figure.querySelector('.te-cells').getBoundingClientRect().toJSON()", figures[0]
        )
        for number in range(WARM_UP):
            _move(page, bounds, number * 7)
        in_page(page, "() => { window.__hover.frames.length = 0; }")
        lit = 0
        for number in range(POSITIONS):
            _move(page, bounds, number)
            in_page(page, _NEXT_FRAME, number + 1)
            cells = in_page(page, _LIT, figures)
            lit += all(text.isdigit() for text in cells)
        return Hovered([float(ms) for ms in in_page(page, "() => window.__hover.frames")], lit)


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
    hovered = measure()
    if hovered.lit < POSITIONS * 0.95 or len(hovered.frames) < POSITIONS * 0.95:
        raise RuntimeError(f"{hovered.lit} of {POSITIONS} positions lit all three grids in {len(hovered.frames)} frames")
    over = [ms for ms in hovered.frames if ms > BUDGET_MS]
    rows = [
        Row("positions that lit one cell in each of the three grids", f"{hovered.lit} of {POSITIONS}"),
        Row("main thread in a frame: median / p95", f"{median(hovered.frames):.1f} / {percentile(hovered.frames, 95):.1f} ms"),
        at_most("main thread in a frame: longest", max(hovered.frames), BUDGET_MS, " ms", 1),
        at_most(f"frames over {BUDGET_MS:.0f} ms, of {len(hovered.frames)}", len(over), 0, digits=0),
    ]
    show("hover: 3 × 100 × 100 cells", rows)


if __name__ == "__main__":
    main()
