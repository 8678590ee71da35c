"""Reductions & dim: what feeds a cell, and which dimension disappears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

SUM = "import torch\nx = torch.arange(12).view(3, 4)\nrows = x.sum(dim=0)\n"
WHOLE = "import torch\nx = torch.arange(12).view(3, 4)\nmean = x.mean(dim=0)\n"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for all tests: each opens a program of its own in it."""
    return same_tab


def test_dim_0_runs_down_the_rows(app: App) -> None:
    app.open(page="reductions")
    expect(app.grid(1).locator(".te-under")).to_contain_text("dim=0 ↓ runs down the rows")
    app.hover_cell(app.grid(4), (4,), (1,))
    expect(app.grid(1)).to_have_attribute("data-used", "1 5 9")
    expect(app.page.get_by_test_id("how").first).to_contain_text("1 + 5 + 9 = 15")


def test_another_dimension_is_typed_and_shown_at_once(app: App) -> None:
    app.open(SUM, page="reductions")
    app.select(2)
    app.field("Dimensions").fill("1")
    expect(app.grid(2)).to_contain_text("(3,)")
    expect(app.grid(1).locator(".te-under")).to_contain_text("dim=1")
    app.field("Dimensions").press("Enter")
    app.expect_chips(["x = torch.arange(12)", ".view(3, 4)", ".sum(dim=1)"])
    app.hover_cell(app.grid(2), (3,), (2,))
    expect(app.grid(1)).to_have_attribute("data-used", "8 9 10 11")


def test_max_names_its_values_and_their_indices(app: App) -> None:
    app.open("import torch\nx = torch.tensor([[3, 9, 2], [7, 1, 8]])\n", page="reductions")
    app.add("max")
    app.expect_program("import torch\nx = torch.tensor([[3, 9, 2], [7, 1, 8]])\nvalues, indices = x.max(dim=0)\n")
    app.expect_grids(["x = torch.tensor([[3, 9, 2], [7, 1, 8]])", "values = x.max(dim=0)", "indices = x.max(dim=0)"])
    app.fill("Dimension", "")
    app.expect_program("import torch\nx = torch.tensor([[3, 9, 2], [7, 1, 8]])\nvalues = x.max()\n")


def test_a_mean_of_whole_numbers_is_refused_and_mended(app: App) -> None:
    app.open(WHOLE, page="reductions")
    expect(app.error).to_contain_text("mean works on floating-point tensors")
    app.error.get_by_role("button").first.click()
    expect(app.error).to_be_hidden()
    expect(app.page.get_by_test_id("grid-3")).to_contain_text("mean")
