"""Typing into a field of the form, timed inside the page: from the keystroke to the end of painting the new picture."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.common import in_page

PIERCE = """
  const pierce = (selector, root = document) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const host of root.querySelectorAll("*")) {
      const inside = host.shadowRoot && pierce(selector, host.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const field = (label) => document.querySelector(`input[aria-label="${label}"]`);
"""
# Streamlit's fields are React's: the value goes in through the prototype's setter, and React hears of it as of typing.
_TYPE = (
    """async ({ label, value, text }) => {"""
    + PIERCE
    + """
  const input = field(label);
  const stage = pierce("[data-testid=stage]");
  const program = pierce("[data-testid=program]");
  const before = stage.dataset.ready;
  const wasShown = program.textContent.includes(text);
  const start = performance.now();
  const painted = new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("no new picture within 10 s")), 10_000);
    const observer = new MutationObserver(() => {
      if (stage.dataset.ready === before) return;
      observer.disconnect();
      clearTimeout(late);
      // the attribute changes inside the update; its end is noted when this task is over
      setTimeout(() => done(window.__explorerStage.lastUpdate - start));
    });
    observer.observe(stage, { attributes: true, attributeFilter: ["data-ready"] });
  });
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const taken = await painted;
  const changed = !wasShown && program.textContent.includes(text);
  return { taken, changed, ready: Number(stage.dataset.ready) - Number(before) };
}"""
)


def type_into(page: Page, label: str, value: str, text: str) -> float:
    """Give a field another value; return the milliseconds to the new picture.

    Args:
        page: A page with the form open.
        label: The field's label.
        value: What is typed.
        text: What the program's text then holds.

    Raises:
        RuntimeError: What was timed was not the new picture.
    """
    result = in_page(page, _TYPE, {"label": label, "value": value, "text": text})
    if not result["changed"] or result["ready"] != 1:
        raise RuntimeError(f"the picture of {text} was not what was timed: {result}")
    return float(result["taken"])
