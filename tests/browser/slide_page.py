"""What a test does with the page around a layer that slides a window, and what it asks about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

# the middle of a cell of a panel, in the page's coordinates
_MIDDLE = """([part, cell]) => {
  const panel = window.stage.slide.panels.find((one) => one.picture.testid === part);
  const { x, y, w, h } = panel.geometry.rect(cell, {});
  const { left, top } = panel.base.getBoundingClientRect();
  return [left + x + w / 2, top + y + h / 2];
}"""
_SOME = re.compile(r"\d")
_TEXTS = """(part) => {
  const { area, look } = window.stage.slide.panels.find((one) => one.picture.testid === part).picture;
  return Array.from({ length: area.count }, (_, cell) => look.text(cell, 6));
}"""


def point(page: Page, part: str, cell: int) -> None:
    """Point at a cell of a panel, which is brought into sight."""
    page.get_by_test_id(part).scroll_into_view_if_needed()
    page.mouse.move(*page.evaluate(_MIDDLE, [part, cell]))


def marked(page: Page, part: str, kind: str, *, some: bool = True) -> set[int]:
    """Return the cells of a panel that are marked in one way; `some`: there are some to wait for."""
    panel = page.get_by_test_id(part)
    if some:
        expect(panel).to_have_attribute(f"data-{kind}", _SOME)
    return {int(cell) for cell in (panel.get_attribute(f"data-{kind}") or "").split()}


def numbers(page: Page, part: str) -> list[float]:
    """Return the numbers that are written in the cells of a panel."""
    return [float(text) for text in page.evaluate(_TEXTS, part)]
