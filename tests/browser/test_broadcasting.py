"""Broadcasting & matmul: stretched operands, rows and columns, and shapes that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

TIMES = "import torch\nrow = torch.arange(1, 5)\ncolumn = torch.tensor([[1], [2], [3]])\ntable = column * row\n"
MISFIT = "import torch\nx = torch.zeros(3, 4)\nmeans = torch.tensor([1.0, 2.0, 3.0])\ncentred = x - means\n"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for all tests: each opens a program of its own in it."""
    return same_tab


def test_a_product_lights_its_row_and_column(app: App) -> None:
    app.open(page="broadcasting")
    app.hover_cell(app.grid(6), (2, 4), (1, 2))
    expect(app.grid(1)).to_have_attribute("data-used", "3 4 5")
    expect(app.grid(3)).to_have_attribute("data-used", "2 6 10")
    how = app.page.get_by_test_id("how")
    expect(how.first).to_contain_text("product[1, 2] = Σₖ a[1, k] · b[k, 2] = 3·2 + 4·6 + 5·10 = 80")


def test_what_is_stretched_has_ghosts_and_a_table(app: App) -> None:
    app.open(TIMES, page="broadcasting")
    expect(app.page.get_by_test_id("table-0")).to_contain_text("Shapes lined up from the right")
    expect(app.grid(0).locator(".te-under")).to_contain_text("read as (3, 4)")
    app.hover_cell(app.grid(2), (3, 4), (2, 1))
    expect(app.grid(0)).to_have_attribute("data-used", "1")
    expect(app.grid(1)).to_have_attribute("data-used", "2")
    expect(app.page.get_by_test_id("how").first).to_contain_text("= 3·2 = 6")


def test_sizes_that_do_not_fit_are_named_and_mended(app: App) -> None:
    app.open(MISFIT, page="broadcasting")
    expect(app.error).to_contain_text("(3, 4) meets (–, 3)")
    app.error.get_by_role("button").first.click()
    expect(app.error).to_be_hidden()
    app.hover_cell(app.grid(3), (3, 4), (1, 0))
    expect(app.readout).to_contain_text("centred[1, 0] = -2")


def test_a_product_is_built_from_the_menu(app: App) -> None:
    app.open("import torch\nx = torch.arange(6).view(2, 3)\n", page="broadcasting")
    app.page.get_by_test_id("add-operation").click()
    expect(app.page.get_by_role("option").first).to_have_attribute("data-testid", "operation-elementwise")
    app.page.get_by_test_id("operation-@").click()
    app.expect_chips(["x = torch.arange(6)", ".view(2, 3)", "a = x @ x.mT"])
    app.fill("Other tensor", "torch.tensor([1, 2, 3])")
    app.expect_chips(["x = torch.arange(6)", ".view(2, 3)", "a = x @ torch.tensor([1, 2, 3])"])
    app.fill("Other tensor", "3")
    expect(app.page.get_by_text("'3' is not a tensor.")).to_be_visible()
