"""For people who see colours otherwise, use a screen reader, or have no mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT, DEFAULT_CHIPS, FAILING, THIRTEEN

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser


def grave_findings(app: App) -> list[str]:
    """Return what axe finds serious or critical: the rule, the element, and why."""
    violations = Axe().run(app.page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']}: {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_grave(tabs: Tabs, *, dark: bool) -> None:
    app = tabs.open(dark=dark).open().settled()
    found = {"first page": grave_findings(app)}
    app.select(0)
    expect(app.field("Made by")).to_be_visible()
    found["a form"] = grave_findings(app.settled())
    app.page.get_by_test_id("add-operation").click()
    expect(app.page.get_by_test_id("operation-search")).to_be_visible()
    found["the menu"] = grave_findings(app)
    app.run(FAILING)
    expect(app.error).to_be_visible()
    found["an error"] = grave_findings(app.settled())
    assert {where: what for where, what in found.items() if what} == {}


def test_tab_reaches_everything_in_reading_order(app: App) -> None:
    app.open(DEFAULT)
    app.select(1)
    expect(app.field("Shape")).to_be_visible()
    app.settled()
    app.chip(0).focus()
    landmarks = ["chip-3", "add-operation", "Operation", "Shape", "color-value", "grid-0", "grid-3", "strip-A"]
    for name in [*landmarks, "strip-B", "step-prev", "play", "timeline-slider", "Speed", "program"]:
        app.tab_to(name)


def test_arrow_keys_walk_through_cells_and_the_cell_is_said(app: App) -> None:
    app.open(DEFAULT)
    app.chip(0).focus()
    app.tab_to("grid-1")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        app.page.keyboard.press(key)
    app.expect_lit(THIRTEEN)
    expect(app.readout).to_contain_text("a[2, 1] = 13")
    expect(app.page.locator('[aria-live="polite"]', has_text="a[2, 1] = 13")).to_have_count(1)
    app.expect_frame(3)
    app.page.keyboard.press("Enter")
    expect(app.page.locator('[aria-live="polite"]', has_text="Pinned: a[2, 1] = 13")).to_have_count(1)


def test_a_screen_reader_finds_the_numbers_in_a_table(app: App) -> None:
    app.open(DEFAULT)
    expect(app.grid(1).get_by_role("table", name="a = x.view(4, 6), shape (4, 6)")).to_contain_text("13")


def test_a_chip_is_chosen_moved_and_removed_without_a_mouse(app: App) -> None:
    app.open(DEFAULT)
    app.chip(0).focus()
    app.page.keyboard.press("ArrowRight")
    expect(app.chip(1)).to_be_focused()
    app.page.keyboard.press("Enter")
    expect(app.field("Shape")).to_be_visible()
    expect(app.chip(1)).to_be_focused()
    app.page.keyboard.press("Alt+ArrowRight")
    app.expect_chips([DEFAULT_CHIPS[0], ".t()", ".view(4, 6)", DEFAULT_CHIPS[3]])
    expect(app.chip(2)).to_be_focused()
    app.page.keyboard.press("Delete")
    app.expect_chips([DEFAULT_CHIPS[0], ".t()", DEFAULT_CHIPS[3]])
    expect(app.chip(1)).to_be_focused()
