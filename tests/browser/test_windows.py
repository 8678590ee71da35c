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
WIDTHS = (390, 1024, 1440)

_FITS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return document.documentElement.scrollWidth <= innerWidth && main.scrollWidth <= main.clientWidth;
}"""


def expect_no_sideways_scrolling(app: App) -> None:
    app.settled().page.wait_for_function(_FITS)  # the picture follows another width a frame later


def expect_no_sideways_scrolling_in_any_window(app: App) -> None:
    """Look at what is on the page through narrow and wide windows."""
    for width in WIDTHS:
        app.page.set_viewport_size({"width": width, "height": 1000})
        expect_no_sideways_scrolling(app)


def test_nothing_scrolls_sideways_where_it_was_narrow_from_the_first(tabs: Tabs) -> None:
    expect_no_sideways_scrolling(tabs.open(width=min(WIDTHS)).open())


def test_nothing_scrolls_sideways_whatever_is_open(app: App) -> None:
    app.open()
    expect_no_sideways_scrolling_in_any_window(app)
    app.select(0)
    expect(app.field("Made by")).to_be_visible()
    expect_no_sideways_scrolling_in_any_window(app)
    app.page.get_by_test_id("add-operation").click()
    expect(app.page.get_by_test_id("operation-search")).to_be_visible()
    expect_no_sideways_scrolling_in_any_window(app)
    app.page.keyboard.press("Escape")
    app.run(FAILING)
    expect(app.error).to_be_visible()
    expect_no_sideways_scrolling_in_any_window(app)
    app.run(LARGE)
    app.expect_chips(LARGE_CHIPS)
    expect(app.error).to_have_count(0)
    expect_no_sideways_scrolling_in_any_window(app)


def test_on_a_telephone_a_tensor_is_still_built_and_stepped_through(tabs: Tabs) -> None:
    app = tabs.open_telephone().open()
    app.add("flatten")
    expect(app.chip(4)).to_contain_text(".flatten()")
    app.page.get_by_test_id("step-prev").tap()
    app.expect_frame(3)
    app.grid(1).locator(".te-cells").tap()
    expect(app.grid(1)).not_to_have_attribute("data-lit", "")
    # the name stands in the header here, and what is scrolled goes behind it
    header = app.page.locator("header.stAppHeader")
    assert header.evaluate("header => getComputedStyle(header).backgroundColor") == app.page.locator(".stApp").evaluate(
        "page => getComputedStyle(page).backgroundColor"
    )
