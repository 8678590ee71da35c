"""Links: the first ones that a server sees, back and forward, and copied ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from explorer.ui.permalink import encode_program
from tests.browser.programs import DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS, SHORT, SHORT_CHIPS, SHORT_GRIDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.app import App
    from tests.browser.server import Server
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

EXPANDED_CHIPS = ("x = torch.tensor([[1], [2], [3]])", ".expand(3, 4)", ".repeat(1, 4)")
EXPANDED_GRIDS = ("x = torch.tensor([[1], [2], [3]])", "e = x.expand(3, 4)", "r = x.repeat(1, 4)")
WIDE_CHIPS = ("x = torch.arange(24)", ".view(2, 12)", ".t()", ".reshape(3, 8)")
WIDE_GRIDS = ("x = torch.arange(24)", "a = x.view(2, 12)", "b = a.t()", "c = b.reshape(3, 8)")

# a button's text is in the clipboard a moment after the click
_COPIED = """async () => {
    const copied = () => navigator.clipboard.readText();
    for (let left = 1000; left && await copied() !== location.href; left--)
        await new Promise(later => setTimeout(later, 50));
    return copied();
}"""


def test_a_deep_link_may_be_the_first_thing_that_a_server_sees(app: App, fresh_server: Callable[[], Server]) -> None:
    home = fresh_server().url
    app.visit(f"{home}/shape?program={encode_program(SHORT)}&step=2&color=value")
    app.expect_program(SHORT, SHORT_CHIPS)
    app.expect_grids(SHORT_GRIDS)
    app.expect_frame(1)
    expect(app.page.get_by_test_id("color-value")).to_have_attribute("aria-pressed", "true")
    expect(app.page.get_by_role("dialog")).to_have_count(0)


def test_the_bare_address_may_be_the_first_thing_that_a_server_sees(
    app: App, fresh_server: Callable[[], Server]
) -> None:
    home = fresh_server().url
    app.visit(home)
    app.expect_program(DEFAULT, DEFAULT_CHIPS)
    app.expect_grids(DEFAULT_GRIDS)


def test_the_bare_address_hands_on_what_the_link_carries(app: App) -> None:
    app.visit(f"{app.home}/?program={encode_program(SHORT)}&step=1&color=none")
    app.expect_program(SHORT, SHORT_CHIPS)
    app.expect_frame(0)
    expect(app.page.get_by_test_id("color-none")).to_have_attribute("aria-pressed", "true")


def test_back_and_forward_undo_and_redo_changes_of_the_program(app: App) -> None:
    app.open()
    app.select(1)
    app.fill("Shape", "2, 12")
    app.expect_chips(WIDE_CHIPS)
    wide = DEFAULT.replace("x.view(4, 6)", "x.view(2, 12)")
    app.expect_parameter("program", encode_program(wide))
    app.choose("Examples", "expand against repeat")
    app.expect_chips(EXPANDED_CHIPS)
    app.settled()
    app.page.go_back()
    _expect_all(app, wide, WIDE_CHIPS, WIDE_GRIDS)
    app.page.go_back()
    _expect_all(app, DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS)
    app.page.go_forward()
    _expect_all(app, wide, WIDE_CHIPS, WIDE_GRIDS)
    app.page.go_forward()
    app.expect_chips(EXPANDED_CHIPS)
    app.expect_grids(EXPANDED_GRIDS)


def test_back_returns_to_the_step_that_was_looked_at(app: App) -> None:
    app.open(SHORT)
    app.page.keyboard.press("Home")
    app.expect_parameter("step", "1")
    app.run(DEFAULT)
    app.expect_chips(DEFAULT_CHIPS)
    app.expect_frame(3)
    app.settled()
    app.page.go_back()
    _expect_all(app, SHORT, SHORT_CHIPS, SHORT_GRIDS)
    app.expect_frame(0)
    app.page.go_forward()
    _expect_all(app, DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS)
    app.expect_frame(3)


def test_back_returns_to_the_device_and_the_next_click_does_not_leave_it(app: App) -> None:
    app.open(SHORT)
    # for a moment the picker of before still stands behind the new one
    meta = app.page.get_by_role("radio", name="meta · shapes only").first
    app.page.get_by_text("meta · shapes only").click()
    app.expect_parameter("device", "meta")
    app.settled()
    app.page.go_back()
    expect(meta).not_to_be_checked()
    app.settled()
    app.select(1)
    app.settled()
    expect(meta).not_to_be_checked()
    assert app.parameter("device") is None
    expect(app.grid(0)).not_to_contain_text("meta: no values")


def test_a_copied_link_shows_the_same_on_a_telephone(tabs: Tabs) -> None:
    here = tabs.open().open(SHORT)
    here.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    here.page.get_by_text("meta · shapes only").click()
    here.expect_parameter("device", "meta")
    here.page.get_by_test_id("color-value").click()
    here.page.get_by_test_id("step-prev").click()
    here.expect_parameter("step", "2")
    here.expect_parameter("color", "value")
    here.page.get_by_test_id("copy-link").click()
    copied = here.page.evaluate(_COPIED)
    assert copied == here.page.url
    there = tabs.open_telephone().visit(copied)
    there.expect_program(SHORT, SHORT_CHIPS)
    there.expect_grids(SHORT_GRIDS)
    there.expect_frame(1)
    expect(there.page.get_by_test_id("color-value")).to_have_attribute("aria-pressed", "true")
    expect(there.grid(0)).to_contain_text("meta: no values")


def test_a_cut_link_says_so_and_opens_the_first_example(app: App) -> None:
    app.visit(f"{app.home}/shape?program={encode_program(SHORT)[:-6]}")
    expect(app.page.get_by_text("cut off")).to_be_visible()
    app.expect_program(DEFAULT, DEFAULT_CHIPS)


def _expect_all(app: App, source: str, chips: tuple[str, ...], grids: tuple[str, ...]) -> None:
    """The address, the chain, the picture and the text all show one program."""
    app.expect_program(source, chips)
    app.expect_grids(grids)
    app.expect_linked_program(None if source == DEFAULT else source)
