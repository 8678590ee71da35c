"""Stepping through a program: with keys, buttons, the slider, and with less motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import SHORT, SHORT_CHIPS

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

_SENT_OF_THE_STAGE = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/explorer/stage/")).map(({ name, transferSize }) => [name, transferSize])"""
_COUNT_FLIGHTS = """stage => {
    window.flights = 0;
    const count = records => records.forEach(record => record.addedNodes.forEach(
        added => window.flights += added.className === "te-travel"));
    new MutationObserver(count).observe(stage, { childList: true, subtree: true });
}"""


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_keys_step_right_after_the_page_has_loaded(app: App) -> None:
    app.open()
    app.expect_frame(3)
    for key, frame, step in (
        ("Home", 0, "1"),
        ("ArrowRight", 1, "2"),
        ("ArrowRight", 2, "3"),
        ("ArrowLeft", 1, "2"),
        ("End", 3, None),
        ("ArrowLeft", 2, "3"),
    ):
        app.page.keyboard.press(key)
        app.expect_frame(frame)
        app.expect_parameter("step", step)
    expect(app.grid(3)).to_have_attribute("data-pending", "true")


def test_space_plays_to_the_end_and_pauses(app: App) -> None:
    app.open(SHORT)
    play = app.page.get_by_test_id("play")
    app.page.get_by_label("Speed").select_option("4×")
    app.leave_focus()
    app.page.keyboard.press("Space")
    app.expect_frame(0)
    expect(play).to_have_accessible_name("Pause (Space)")
    app.expect_frame(2)
    expect(play).to_have_accessible_name("Play (Space)")


def test_buttons_and_slider_step(app: App) -> None:
    app.open(SHORT)
    app.page.get_by_test_id("step-prev").click()
    app.expect_frame(1)
    app.page.get_by_test_id("step-next").click()
    app.expect_frame(2)
    slider = app.page.get_by_test_id("timeline-slider")
    slider.fill("0")
    app.expect_frame(0)
    slider.press("ArrowRight")
    app.expect_frame(1)
    expect(slider).to_have_attribute("aria-valuetext", "step 2 of 3: view")


def test_a_reload_keeps_program_step_colouring_and_device(app: App) -> None:
    app.open(SHORT)
    app.page.get_by_test_id("color-value").click()
    app.expect_parameter("color", "value")
    app.page.get_by_text("meta · shapes only").click()
    app.expect_parameter("device", "meta")
    expect(app.grid(0)).to_contain_text("meta: no values")
    app.leave_focus()
    app.page.keyboard.press("Home")
    app.page.keyboard.press("ArrowRight")
    app.expect_parameter("step", "2")
    app.page.reload()
    app.drawn()
    app.expect_program(SHORT, SHORT_CHIPS)
    app.expect_frame(1)
    expect(app.page.get_by_test_id("color-value")).to_have_attribute("aria-pressed", "true")
    expect(app.page.get_by_role("radio", name="meta · shapes only")).to_be_checked()
    expect(app.grid(0)).to_contain_text("meta: no values")
    # the browser has the stage's files from before
    sent = dict(app.page.evaluate(_SENT_OF_THE_STAGE))
    assert {address.rpartition("/")[2] for address in sent} >= {"stage.js", "stage.css", "chain.js"}
    assert set(sent.values()) == {0}


@pytest.mark.parametrize("still", [False, True], ids=["motion", "still"])
def test_cells_fly_only_for_those_who_want_motion(tabs: Tabs, *, still: bool) -> None:
    app = tabs.open(still=still).open(SHORT)
    app.stage.evaluate(_COUNT_FLIGHTS)
    app.page.keyboard.press("Home")
    app.expect_frame(0)
    app.page.keyboard.press("ArrowRight")
    app.expect_frame(1)
    expect(app.grid(1)).not_to_have_attribute("data-pending", "true")
    assert app.page.evaluate("window.flights") == (0 if still else 1)
