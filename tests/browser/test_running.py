"""A program that runs for long: the bar over the page, Stop, and what stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import SHORT, SHORT_CHIPS, SHORT_GRIDS

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

LONG = "x = torch.zeros(3)\nfor i in range(1_000_000):\n    x = x + 1\n"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_a_long_run_is_watched_and_stopped(app: App) -> None:
    app.open(SHORT)
    bar = app.page.get_by_role("group", name="The program is running")
    expect(bar).to_have_count(0)
    app.run(LONG)
    # what it says, and that it moves
    said = bar.get_by_test_id("running-text")
    expect(said).to_have_text(re.compile(r"^step [\d,]+ of 1,000,000 · \d+\.\d s$"))
    first = said.text_content()
    expect(said).not_to_have_text(str(first))
    assert 0 < float(bar.get_by_role("progressbar").get_attribute("value") or 0) < 1
    app.expect_grids(SHORT_GRIDS)
    expect(app.chips.first).to_contain_text("running")
    # what is typed meanwhile stays
    typed = f"{LONG}# more to come\n"
    app.retype(typed)
    bar.get_by_role("button", name="Stop").click()
    expect(app.error).to_contain_text(re.compile(r"Stopped by you at step [\d,]+ of 1,000,000, after \d+\.\d s"))
    expect(bar).to_have_count(0)
    # what ran until then is shown
    expect(app.page.get_by_test_id("not-drawn")).to_have_count(0)
    expect(app.page.locator("figure.te-grid:visible")).to_have_count(2)  # x before the last step, and after
    expect(app.page.locator("figure.te-grid:visible").last).to_contain_text("x = x + 1")
    app.expect_program(typed)
    app.expect_linked_program(LONG)
    # another program is run as ever
    app.run(SHORT)
    app.expect_program(SHORT, SHORT_CHIPS)
    expect(app.error).to_have_count(0)
    expect(bar).to_have_count(0)


def test_a_link_to_a_long_program_begins_with_the_bar(app: App) -> None:
    app.open(SHORT)
    app.run(LONG)
    bar = app.page.get_by_test_id("running")
    expect(bar).to_be_visible()
    app.expect_linked_program(LONG)
    app.page.reload()
    expect(bar).to_be_visible()
    expect(app.stage).to_have_count(0)  # there is no picture from before
    app.page.get_by_test_id("stop").click()
    expect(app.error).to_contain_text("Stopped by you")
    # it is what was in the link, and runs again when it is asked for
    app.expect_program(LONG)
    app.page.get_by_test_id("fix-0").first.click()
    expect(bar).to_be_visible()
    app.page.get_by_test_id("stop").click()
    expect(bar).to_have_count(0)
