"""Narrow and wide windows: nothing scrolls sideways but what lies in a box of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import FAILING, LARGE, LARGE_CHIPS

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

_TOO_WIDE = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return [document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
}"""


def expect_no_sideways_scrolling(app: App) -> None:
    document, main = app.settled().page.evaluate(_TOO_WIDE)
    assert document <= 0
    assert main <= 0


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_scrolls_sideways(tabs: Tabs, width: int) -> None:
    app = tabs.open(width=width).open()
    expect_no_sideways_scrolling(app)
    app.select(0)
    expect(app.field("Made by")).to_be_visible()
    expect_no_sideways_scrolling(app)
    app.page.get_by_test_id("add-operation").click()
    expect(app.page.get_by_test_id("operation-search")).to_be_visible()
    expect_no_sideways_scrolling(app)
    app.page.keyboard.press("Escape")
    app.run(FAILING)
    expect(app.error).to_be_visible()
    expect_no_sideways_scrolling(app)
    app.run(LARGE)
    app.expect_chips(LARGE_CHIPS)
    expect(app.error).to_have_count(0)
    expect_no_sideways_scrolling(app)


def test_on_a_telephone_a_tensor_is_still_built_and_stepped_through(tabs: Tabs) -> None:
    app = tabs.open_telephone().open()
    app.add("flatten")
    expect(app.chip(4)).to_contain_text(".flatten()")
    app.page.get_by_test_id("step-prev").tap()
    app.expect_frame(3)
    app.grid(1).locator(".te-cells").tap()
    expect(app.grid(1)).not_to_have_attribute("data-lit", "")
