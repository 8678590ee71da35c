"""Indexing & gathering: which cell an index picks, and building with indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

PAIRS = """import torch
x = torch.arange(20).view(4, 5)
rows = torch.tensor([0, 2, 3])
columns = torch.tensor([1, 1, 4])
pairs = x[rows, columns]
"""
OUTSIDE = "import torch\nx = torch.arange(12).view(3, 4)\nrows = x[torch.tensor([0, 3])]\n"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for all tests: each opens a program of its own in it."""
    return same_tab


def test_gather_shows_what_each_cell_was_picked_by(app: App) -> None:
    app.open(page="indexing")
    expect(app.page.get_by_role("heading", level=1)).to_have_text("Indexing & gathering")
    app.hover_cell(app.grid(3), (2, 4), (0, 2))
    expect(app.grid(2)).to_have_attribute("data-index", "2")
    expect(app.grid(1)).to_have_attribute("data-used", "6")
    how = app.page.get_by_test_id("how")
    expect(how.first).to_have_text("out[0][2] = x[index[0][2]][2]")
    expect(how.last).to_have_text("index[0, 2] = 1, so x[1, 2] = 6")
    app.page.keyboard.press("ArrowLeft")
    expect(app.grid(1)).not_to_have_attribute("data-used", "6")


def test_two_index_tensors_pick_pairs(app: App) -> None:
    app.open(PAIRS, page="indexing")
    app.hover_cell(app.grid(4), (3,), (1,))
    expect(app.grid(1)).to_have_attribute("data-used", "11")
    expect(app.grid(2)).to_have_attribute("data-index", "1")
    expect(app.grid(3)).to_have_attribute("data-index", "1")


def test_a_write_through_an_index_is_built_and_changed(app: App) -> None:
    app.open("import torch\nx = torch.zeros(3, 4)\n", page="indexing")
    app.add("assign")
    app.expect_chips(["x = torch.zeros(3, 4)", "x[0] = 0"])
    app.fill("Value", "7")
    app.expect_chips(["x = torch.zeros(3, 4)", "x[0] = 7"])
    app.fill("Index", ":, 1")
    app.expect_chips(["x = torch.zeros(3, 4)", "x[:, 1] = 7"])
    app.hover_cell(app.grid(0), (3, 4), (2, 1))
    expect(app.readout).to_contain_text("x[2, 1] = 7")


def test_an_index_outside_is_explained_with_its_range(app: App) -> None:
    app.open(OUTSIDE, page="indexing")
    expect(app.error).to_contain_text("dimension 0 has size 3")
    app.run(OUTSIDE.replace("3])", "2])"))
    expect(app.error).to_be_hidden()
    app.expect_grids(
        [
            "torch.arange(12)",
            "x = torch.arange(12).view(3, 4)",
            "torch.tensor([0, 2])",
            "rows = x[torch.tensor([0, 2])]",
        ]
    )
