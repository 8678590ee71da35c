"""What people see when torch refuses a call, and when a field holds no argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT, DEFAULT_CHIPS, DEFAULT_GRIDS

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_view_that_cannot_be_is_explained_and_mended_with_a_click(tabs: Tabs, *, dark: bool) -> None:
    app = tabs.open(dark=dark).open()
    app.select(3)
    app.remake("Operation", "view")
    app.expect_chips([*DEFAULT_CHIPS[:3], "!.view(4, 6)"])
    app.fill("Shape", "3, 8")
    app.expect_program(DEFAULT.replace("b.reshape", "b.view"), [*DEFAULT_CHIPS[:3], "!.view(3, 8)"])
    expect(app.error).to_be_visible()
    for part in ("b has shape (6, 4) and strides (1, 6)", "4 × 6 = 24", "line 6"):
        expect(app.error).to_contain_text(part)
    app.expect_grids(DEFAULT_GRIDS[:3])
    expect(app.grid(2)).to_have_attribute("data-operand", "true")
    expect(app.chip(3)).to_contain_text("error")
    app.error.get_by_role("button", name=".reshape(3, 8)", exact=True).click()
    expect(app.error).to_have_count(0)
    app.expect_program(DEFAULT, DEFAULT_CHIPS)
    app.expect_grids(DEFAULT_GRIDS)
    expect(app.field("Operation")).to_have_value("reshape")


def test_a_wrong_number_of_elements_shows_the_arithmetic(app: App) -> None:
    app.open(DEFAULT)
    app.select(1)
    app.fill("Shape", "5, 5")
    expect(app.error).to_contain_text("5 × 5 = 25")
    expect(app.error).to_contain_text("24")
    app.expect_grids(DEFAULT_GRIDS[:1])
    app.expect_chips([DEFAULT_CHIPS[0], "!.view(5, 5)", *DEFAULT_CHIPS[2:]])
    expect(app.chip(2)).to_contain_text("not run")
    app.fill("Shape", "4, 6")
    expect(app.error).to_have_count(0)
    app.expect_grids(DEFAULT_GRIDS)


def test_text_that_is_no_list_of_sizes_stays_with_an_explanation_below(app: App) -> None:
    app.open(DEFAULT)
    app.select(1)
    app.fill("Shape", "4, x")
    explanation = app.page.locator(".stMarkdownColoredText", has_text="'x'")
    expect(explanation).to_be_visible()
    expect(app.field("Shape")).to_have_value("4, x")
    app.expect_program(DEFAULT, DEFAULT_CHIPS)
    field, below = app.field("Shape").bounding_box(), explanation.bounding_box()
    assert field is not None
    assert below is not None
    expect(explanation).to_contain_text("Shape")  # it stands below the row of fields, and says which one it means
    assert 0 <= below["y"] - field["y"] - field["height"] < 60
    app.fill("Shape", "6, 4")
    app.expect_chips([DEFAULT_CHIPS[0], ".view(6, 4)", *DEFAULT_CHIPS[2:]])
    expect(explanation).to_have_count(0)


def test_a_program_that_fails_before_its_first_tensor_is_not_told_to_have_one(app: App) -> None:
    app.open("x = torch.zeroes(3)")
    expect(app.error).to_contain_text("zeroes")
    expect(app.page.locator(".te-empty")).to_have_text("There is no picture: the program stopped before there was one.")
