"""From a changed parameter to the new picture, against the button of an empty Streamlit app.

Both are timed inside the page, in Chromium, by turns: for our app from the keystroke in a field of the form to the end
of painting the new picture, and then from Enter to the end of the page's rerun; for the empty app from the click to
the mutation that shows the new text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from benchmarks.common import (
    APPS,
    Row,
    Server,
    at_most,
    chromium,
    in_page,
    machine,
    median,
    open_tab,
    our_app,
    percentile,
    show,
    wait_until_idle,
)
from benchmarks.keystroke import PIERCE, type_into

WARM_UP = 5
BLOCKS = 8
PER_BLOCK = 5
PAUSE_MS = 120

# Enter makes the change for good: Streamlit reruns the page, and the chip says the new call.
_COMMIT = (
    """async (text) => {"""
    + PIERCE
    + """
  const start = performance.now();
  const settled = new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("no new chip within 10 s")), 10_000);
    const look = () => {
      if (!pierce("[data-testid=chip-3]").innerText.includes(text)) return setTimeout(look, 1);
      clearTimeout(late);
      done(performance.now() - start);
    };
    look();
  });
  const input = field("Shape");
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }));
  return await settled;
}"""
)
_CLICK = """async (wanted) => {
  const button = [...document.querySelectorAll("button")].find((b) => b.innerText.trim() === "Step");
  const shown = () => [...document.querySelectorAll('[data-testid="stMarkdownContainer"]')]
    .some((element) => element.innerText.startsWith(wanted));
  return await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("no new text within 10 s")), 10_000);
    const start = performance.now();
    const observer = new MutationObserver(() => {
      if (!shown()) return;
      const taken = performance.now() - start;
      observer.disconnect();
      clearTimeout(late);
      done(taken);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    button.click();
  });
}"""


@dataclass
class Subject:
    """An app that is measured: its tab, one interaction that returns its milliseconds, and what was measured."""

    page: Page
    interact: Callable[[int], float]
    taken: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)

    def block(self, first: int, count: int) -> list[float]:
        """Interact `count` times, with pauses."""
        self.page.bring_to_front()
        taken = []
        for number in range(first, first + count):
            taken.append(self.interact(number))
            wait_until_idle(self.page)
            self.page.wait_for_timeout(PAUSE_MS)
        return taken


def empty_app(browser: Browser, url: str) -> Subject:
    """Open the empty app."""
    page = open_tab(browser, url)
    page.get_by_text("count 0 .").wait_for()
    wait_until_idle(page)
    return Subject(page, lambda number: float(in_page(page, _CLICK, f"count {number + 1} .")))


def explorer_app(browser: Browser, url: str) -> Subject:
    """Open our app on its first example, with the form of `.reshape(3, 8)` open."""
    page = open_tab(browser, f"{url}/shape")
    page.get_by_test_id("chip-3").click()
    page.get_by_label("Shape", exact=True).wait_for()
    wait_until_idle(page)
    subject = Subject(page, lambda number: _change(subject, "8, 3" if number % 2 == 0 else "3, 8"))
    return subject


def _change(subject: Subject, value: str) -> float:
    """Give `.reshape` another shape; return how long the new picture took, and note how long the rerun took."""
    taken = type_into(subject.page, "Shape", value, f"reshape({value})")
    subject.settled.append(float(in_page(subject.page, _COMMIT, f"reshape({value})")))
    return taken


def measure() -> list[Subject]:
    """Return our app, the empty app as it ships, and the empty app with frozen imports, measured by turns."""
    with ExitStack() as stack:
        servers = [our_app(), Server(APPS / "empty.py", APPS), Server(APPS / "empty_frozen.py", APPS)]
        urls = [stack.enter_context(server).url for server in servers]
        browser = stack.enter_context(chromium())
        subjects = [
            open_app(browser, url) for open_app, url in zip((explorer_app, empty_app, empty_app), urls, strict=True)
        ]
        for subject in subjects:
            subject.block(0, WARM_UP)
        for block in range(BLOCKS):
            for subject in subjects:
                subject.taken += subject.block(WARM_UP + block * PER_BLOCK, PER_BLOCK)
        return subjects


def _times(what: str, taken: list[float]) -> Row:
    return Row(what, f"{median(taken):.1f} / {percentile(taken, 90):.1f} ms")


def main() -> None:
    """Measure and print."""
    before = machine()
    explorer, *others = measure()
    ours, (empty, frozen) = explorer.taken, (subject.taken for subject in others)
    settled = explorer.settled[WARM_UP:]
    rows = [
        _times("parameter changed → new picture, median / p90", ours),
        _times("Enter → page rerun, chips and link renewed", settled),
        _times("empty app, button → text, median / p90", empty),
        _times("the same with gc.freeze, median / p90", frozen),
        at_most("ratio to the empty app as it ships", median(ours) / median(empty), 1.0),
        Row("ratio to the empty app with gc.freeze", f"{median(ours) / median(frozen):.2f}"),
        Row("the rerun, as a ratio to the empty app as it ships", f"{median(settled) / median(empty):.2f}"),
    ]
    show(f"interaction: medians of {len(ours)} each; at the start {before}", rows)


if __name__ == "__main__":
    main()
