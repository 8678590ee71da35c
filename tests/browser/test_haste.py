"""Several tabs, and people who are faster than the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS, SHORT, SHORT_CHIPS, SHORT_GRIDS, START

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_two_tabs_do_not_disturb_each_other(tabs: Tabs) -> None:
    one, other = tabs.open().open(SHORT), tabs.open().open()
    other.page.get_by_text("meta · shapes only").click()
    other.expect_parameter("device", "meta")
    one.select(1)
    one.fill("Shape", "3, 2")
    one.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2]])
    other.expect_program(DEFAULT, DEFAULT_CHIPS)
    other.run(START)
    other.expect_chips(["x = torch.arange(24)"])
    expect(other.page.get_by_label("Shape", exact=True)).to_have_count(0)
    one.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2]])
    expect(one.page.get_by_role("radio", name="meta · shapes only")).not_to_be_checked()


def test_ten_programs_in_haste_end_in_the_last_one(app: App) -> None:
    app.open(START)
    for count in range(10, 20):
        app.run(f"import torch\nx = torch.arange({count})\n")
    app.settled()
    _expect_count(app, 19)


def test_what_is_typed_while_a_program_runs_stays(app: App) -> None:
    app.open(START)
    app.run(SHORT)
    app.page.keyboard.type("c = b.clone()")
    app.expect_chips(SHORT_CHIPS)
    app.settled()
    app.expect_program(f"{SHORT}c = b.clone()")
    app.program.press("Control+Enter")
    app.expect_chips([*SHORT_CHIPS, ".clone()"])


def test_ten_numbers_typed_in_haste_end_in_the_last_one(app: App) -> None:
    app.open(START)
    app.select(0)
    expect(app.field("End")).to_be_visible()
    for count in range(10, 20):
        app.fill("End", str(count))
    _expect_count(app, 19)
    expect(app.field("End")).to_have_value("19")


def test_ten_chips_clicked_in_haste_end_in_the_last_one(app: App) -> None:
    app.open(DEFAULT)
    for number in (0, 1, 2, 0, 1, 2, 0, 1, 2, 3):
        app.chip(number).click()
    expect(app.chip(3)).to_have_attribute("aria-pressed", "true")
    app.settled()
    expect(app.field("Operation")).to_have_value("reshape")
    pressed = [chip.get_attribute("aria-pressed") for chip in app.chips.all()]
    assert pressed == ["false", "false", "false", "true"]


# both in one task: the browser is told of a press before it has done all that the release before asked for
_RELEASED_AND_PRESSED = """(chip) => {
    window.dispatchEvent(new PointerEvent("pointerup"));
    chip.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
}"""


@pytest.mark.parametrize("hasty", [False, True])
def test_a_chip_that_is_pressed_while_the_row_changes_is_clicked(app: App, hasty: bool) -> None:
    app.open(DEFAULT)
    box = app.chip(0).bounding_box()
    assert box is not None
    app.chip(2).click()
    app.page.mouse.move(box["x"] + 9, box["y"] + 9)
    app.page.mouse.down()
    if hasty:
        app.chip(0).evaluate(_RELEASED_AND_PRESSED)
    expect(app.field("Operation")).to_be_visible()  # the first click is answered: the row is to be drawn anew
    app.settled()
    app.page.mouse.up()
    expect(app.chip(0)).to_have_attribute("aria-pressed", "true")


def test_a_reload_in_the_middle_of_a_change_recovers(app: App) -> None:
    app.open(SHORT)
    app.run(DEFAULT)
    app.page.reload()
    app.drawn().settled()
    shown = app.linked_program() or DEFAULT
    assert shown in (SHORT, DEFAULT)
    app.expect_program(DEFAULT)  # what did not run yet came back as a draft
    chips, grids = {SHORT: (SHORT_CHIPS, SHORT_GRIDS), DEFAULT: (DEFAULT_CHIPS, DEFAULT_GRIDS)}[shown]
    app.expect_chips(chips)
    app.expect_grids(grids)
    app.run(START)
    _expect_count(app, 24)


def test_a_reload_before_the_address_has_the_program_does_not_lose_it(app: App) -> None:
    app.open(SHORT)
    app.page.evaluate("history.pushState = history.replaceState = () => {}")  # an address that never comes
    app.run(DEFAULT)
    app.expect_chips(DEFAULT_CHIPS)
    app.page.reload()
    app.drawn()
    assert app.linked_program() == SHORT
    app.expect_program(DEFAULT)
    expect(app.page.get_by_text("Your unsaved draft is back.")).to_be_visible()


def _expect_count(app: App, count: int) -> None:
    """Everything shows torch.arange(count), and goes on showing it."""
    app.expect_chips([f"x = torch.arange({count})"])
    app.expect_grids([f"x = torch.arange({count})"])
    app.settled()
    app.expect_program(f"import torch\nx = torch.arange({count})\n", [f"x = torch.arange({count})"])
    app.expect_linked_program(f"import torch\nx = torch.arange({count})\n")
