"""Timing the program in a real browser: the dialog, the figure, the keyboard, the telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT
from tests.browser.test_accessibility import grave_findings

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

# two runs to warm up and one that is timed take six seconds, long enough for a click on Stop; sleeping, since what
# computes so long takes more than that while other tests compute, and takes it from them
SLOW = "import time\nimport torch\nx = torch.zeros(3)\ntime.sleep(2)\n"


def time_it(app: App) -> Locator:
    """Open the dialog and start; return the dialog."""
    app.page.get_by_role("button", name="Time it", exact=True).click()
    dialog = app.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Start", exact=True).click()
    return dialog


def expect_results(dialog: Locator) -> None:
    expect(dialog.get_by_role("button", name="Time it again")).to_be_visible()
    expect(dialog.locator(".js-plotly-plot")).to_be_visible()
    expect(dialog.get_by_role("row", name="cpu")).to_be_visible()


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def expect_all_of_it(app: App, dialog: Locator) -> None:
    """Wait for what it says and draws; a screen reader can tell it, too."""
    expect_results(dialog)
    expect(dialog.get_by_text("Only the cpu computes here")).to_be_visible()
    expect(dialog.locator(".boxlayer .point")).to_have_count(20)
    assert grave_findings(app) == []


def test_it_times_and_draws(app: App) -> None:
    app.open(DEFAULT).settled()
    expect_all_of_it(app, time_it(app))
    app.page.keyboard.press("Escape")


def test_on_a_telephone_it_fits(tabs: Tabs) -> None:
    app = tabs.open_telephone().open().settled()
    dialog = time_it(app)
    expect_results(dialog)
    figure = dialog.locator(".js-plotly-plot").bounding_box()
    assert figure is not None
    assert figure["x"] >= 0
    assert figure["x"] + figure["width"] <= 390
    assert dialog.evaluate("box => box.scrollWidth <= box.clientWidth + 1")


def test_it_works_with_the_keyboard_alone_and_in_the_dark(tabs: Tabs) -> None:
    app = tabs.open(dark=True).open().settled()
    app.page.get_by_role("button", name="Time it", exact=True).focus()
    app.page.keyboard.press("Enter")
    dialog = app.page.get_by_role("dialog")
    start = dialog.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_visible()
    for _ in range(10):
        app.page.keyboard.press("Tab")
        if start.evaluate("button => button === document.activeElement"):
            break
    expect(start).to_be_focused()
    app.page.keyboard.press("Enter")
    expect_all_of_it(app, dialog)
    app.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_it_can_be_stopped_and_the_page_stays_usable(app: App) -> None:
    app.open(SLOW).settled()
    dialog = time_it(app)
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(dialog.get_by_text("Stopped;")).to_be_visible()
    expect(dialog.get_by_role("button", name="Time it again", exact=True)).to_be_focused()
    app.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    app.run("x = torch.arange(6)\n")
    app.settled()
    app.expect_grids(["x = torch.arange(6)"])
