"""What a test does with the page around a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MUL = "s=mean&step=7"


def inspector(page: Page) -> Locator:
    """Return the inspector."""
    return page.get_by_test_id("inspector")


def plate(page: Page, caption: str) -> Locator:
    """Return the place in the inspector with this caption."""
    return page.locator(f'.te-plate[data-caption="{caption}"]')


def choose(page: Page, node: int | None) -> None:
    """Inspect a node; None: follow the steps."""
    page.evaluate("node => window.stage.study.choose(node)", node)


def at_frame(page: Page, frame: int) -> None:
    """Wait until the stage shows a frame."""
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", str(frame))


def hover_cell(page: Page, caption: str, cell: int) -> None:
    """Put the pointer on a cell of the grid under a caption."""
    plate(page, caption).locator(".te-cells").scroll_into_view_if_needed()
    x, y = page.evaluate(
        """([caption, cell]) => {
            const figure = document.querySelector(`.te-plate[data-caption="${caption}"] .te-grid`);
            const { panel } = window.stage.grids.find((view) => view.panel.figure === figure);
            const bounds = panel.base.getBoundingClientRect();
            const { x, y, w, h } = panel.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
            return [bounds.left + x + w / 2, bounds.top + y + h / 2];
        }""",
        [caption, cell],
    )
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
