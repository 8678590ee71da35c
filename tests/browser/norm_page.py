"""What a test does with the page around a layer that normalises, and what it asks about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

# the middle of a cell of a panel, in the page's coordinates
_MIDDLE = """([part, cell]) => {
  const panel = window.stage.layer.panels.find((one) => one.picture.testid === part);
  const { x, y, w, h } = panel.geometry.rect(cell, {});
  const { left, top } = panel.base.getBoundingClientRect();
  return [left + x + w / 2, top + y + h / 2];
}"""
_NUMBER = re.compile(r"[−-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[−-]?\d+)?")


def point(page: Page, part: str, cell: int) -> None:
    """Point at a cell of a panel, which is brought into sight."""
    page.get_by_test_id(part).scroll_into_view_if_needed()
    page.mouse.move(*page.evaluate(_MIDDLE, [part, cell]))
    expect(page.get_by_test_id(part)).to_have_attribute("data-cell", str(cell))


def group(page: Page, part: str) -> str | None:
    """Return the group that is lit in a panel."""
    return page.get_by_test_id(part).get_attribute("data-group")


def numbers(text: str) -> list[float]:
    """Return the numbers in a text of the stage."""
    return [float(found.replace("−", "-")) for found in _NUMBER.findall(text)]
