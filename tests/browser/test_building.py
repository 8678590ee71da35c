"""Building a chain of operations and looking at it, from the bare address on."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS, START, THIRTEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Route

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

DARKNESS = dict.fromkeys(THIRTEEN, "")


@pytest.fixture(scope="module")
def tab(lasting_tabs: Tabs) -> App:
    return lasting_tabs.open().open()


@pytest.fixture
def shown(tab: App) -> Iterator[App]:
    """The first example, for tests that only look."""
    yield tab
    tab.rest()


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_the_bare_address_opens_the_first_example(app: App) -> None:
    app.visit(app.home)
    assert app.page.url.split("?")[0] == f"{app.home}/shape"
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Shape & memory")
    app.expect_program(DEFAULT, DEFAULT_CHIPS)
    app.expect_grids(DEFAULT_GRIDS)
    app.expect_frame(3)


def test_a_tensor_is_built_with_chips_and_its_elements_are_followed(app: App) -> None:
    app.open(START)
    app.select(0)
    app.remake("Made by", "linspace")
    app.expect_chips(["x = torch.linspace(0, 1, 24)"])
    app.fill("End", "23")
    app.expect_chips(["x = torch.linspace(0, 23, 24)"])
    app.add("view", search="vie")
    app.expect_chips(["x = torch.linspace(0, 23, 24)", ".view(4, 6)"])
    app.add("transpose")
    app.expect_chips(["x = torch.linspace(0, 23, 24)", ".view(4, 6)", ".transpose(0, 1)"])
    app.add("reshape")
    app.expect_chips(["x = torch.linspace(0, 23, 24)", ".view(4, 6)", ".transpose(0, 1)", ".reshape(4, 6)"])
    expect(app.chip(3)).to_contain_text("copy")
    app.expect_frame(3)
    app.hover_cell(app.grid(1), (4, 6), (2, 1))
    app.expect_lit(THIRTEEN)


def test_values_can_be_typed(app: App) -> None:
    app.open(START)
    app.select(0)
    app.remake("Made by", "values")
    values = app.field("Values")
    expect(values).to_have_value(
        "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]"
    )
    values.fill("1 2 3\n4 5 6")
    values.press("Control+Enter")
    app.expect_chips(["x = torch.tensor([[1, 2, 3], [4, 5, 6]])"])
    expect(app.grid(0)).to_contain_text("(2, 3)")


def test_the_menu_is_used_with_the_keyboard_alone(app: App) -> None:
    app.open(START)
    button = app.page.get_by_test_id("add-operation")
    button.press("Enter")
    search = app.page.get_by_test_id("operation-search")
    chosen = app.page.locator('[role="option"][aria-selected="true"]')
    search.press_sequentially("re")
    first = chosen.get_attribute("data-testid")
    search.press("ArrowDown")
    expect(chosen).not_to_have_attribute("data-testid", first or "")
    search.fill("no such operation")
    expect(app.page.get_by_text("Nothing by that name.")).to_be_visible()
    search.press("Escape")
    expect(search).to_be_hidden()
    expect(button).to_be_focused()
    app.expect_chips(["x = torch.arange(24)"])


def test_the_element_under_the_mouse_is_lit_everywhere(shown: App) -> None:
    shown.hover_cell(shown.grid(1), (4, 6), (2, 1))
    shown.expect_lit(THIRTEEN)
    expect(shown.readout).to_contain_text("a[2, 1] = 13")
    expect(shown.readout).to_contain_text("byte +104 = 0 + 2·6·8 + 1·1·8")
    shown.leave_cells()
    shown.expect_lit(DARKNESS)


def test_a_cell_of_memory_shows_who_reads_it(shown: App) -> None:
    shown.hover_strip(shown.strip("A"), 24, 13)
    shown.expect_lit(THIRTEEN)
    expect(shown.readout).to_contain_text("storage A, element 13 = 13")
    shown.hover_strip(shown.strip("B"), 24, 6)
    shown.expect_lit(THIRTEEN)


def test_a_click_pins_and_escape_lets_go(shown: App) -> None:
    shown.click_cell(shown.grid(2), (6, 4), (1, 2))
    shown.leave_cells()
    expect(shown.readout).to_contain_text("pinned")
    shown.expect_lit(THIRTEEN)
    shown.page.keyboard.press("Escape")
    shown.expect_lit(DARKNESS)
    expect(shown.readout).not_to_contain_text("pinned")


def test_chips_change_places_and_go(app: App) -> None:
    app.open(DEFAULT)
    app.select(2)
    app.page.get_by_test_id("chip-left").click()
    app.expect_chips(["x = torch.arange(24)", ".t()", ".view(4, 6)", ".reshape(3, 8)"])
    expect(app.chip(1)).to_have_attribute("aria-pressed", "true")
    app.page.get_by_test_id("chip-remove").click()
    app.expect_chips(["x = torch.arange(24)", ".view(4, 6)", ".reshape(3, 8)"])


def test_the_picture_follows_while_a_field_is_typed_in(app: App) -> None:
    app.open(DEFAULT)
    app.select(3)
    field = app.field("Shape")
    field.fill("2, 12")
    expect(app.grid(3)).to_contain_text("(2, 12)")
    app.expect_program(DEFAULT.replace("3, 8", "2, 12"))
    expect(app.chip(3)).to_contain_text(".reshape(3, 8)")  # the chain waits until the field is left
    field.fill("2, x")
    expect(app.grid(3)).to_contain_text("(3, 8)")
    field.fill("4, 6")
    field.press("Enter")
    expect(app.chip(3)).to_contain_text(".reshape(4, 6)")
    expect(app.grid(3)).to_contain_text("(4, 6)")


def test_the_last_that_was_typed_is_shown_however_slow_the_pictures_come(app: App) -> None:
    def late(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    app.open(DEFAULT)
    app.select(3)
    app.page.route("**/explorer/preview", late)
    field = app.field("Shape")
    field.fill("2, 12")
    expect(app.grid(3)).to_contain_text("(2, 12)")
    field.fill("6, 4")
    field.fill("12, 2")
    expect(app.grid(3)).to_contain_text("(12, 2)")
    field.fill("12, x")
    expect(app.grid(3)).to_contain_text("(3, 8)")


def test_the_head_of_the_page_follows_the_program(app: App) -> None:
    app.open(DEFAULT)
    examples = app.page.get_by_role("combobox", name="Examples")
    expect(examples).to_have_value("Why reshape copies")
    app.select(3)
    app.fill("Shape", "2, 12")
    expect(app.chip(3)).to_contain_text(".reshape(2, 12)")
    expect(examples).to_have_value("")
    app.page.get_by_role("button", name="Export").click()
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Program as .py").click()
    assert download.value.path().read_text() == DEFAULT.replace("3, 8", "2, 12")
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Picture as HTML").click()
    assert "b.reshape(2, 12)" in base64.b64decode(_payload(download.value.path().read_text())).decode(errors="replace")


def _payload(page: str) -> str:
    """Return the scene in an exported page, in base64."""
    return page.split('atob("')[1].split('"', maxsplit=1)[0]
