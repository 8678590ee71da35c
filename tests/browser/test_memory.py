"""Memory laboratory: who shares memory with whom, and who sees a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser

SHARING = "import torch\nx = torch.arange(6)\ny = x + 1\nz = x.view(2, 3)\nz[0, 0] = 100\ny += x\n"
EXPANDED = "import torch\nx = torch.tensor([[1], [2]])\ne = x.expand(2, 3)\ne[0, 0] = 9\ne += 1\n"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for all tests: each opens a program of its own in it."""
    return same_tab


def test_a_write_is_seen_through_every_name_of_the_memory(app: App) -> None:
    app.open(SHARING, page="memory")
    table = app.page.get_by_test_id("table-0")
    expect(table).to_contain_text("Who shares memory")
    expect(table).to_contain_text("only y reads what was written to storage B")
    app.page.keyboard.press("ArrowLeft")
    expect(app.stage).to_have_attribute("data-frame", "3")
    app.hover_cell(app.grid(2), (2, 3), (0, 0))
    expect(app.readout).to_contain_text("z[0, 0] = 100")
    app.expect_lit({"grid-0": "0", "grid-2": "0", "strip-A": "0", "grid-1": ""})


def test_steps_go_through_the_writes(app: App) -> None:
    app.open(SHARING, page="memory")
    app.page.keyboard.press("Home")
    app.expect_frame(0)
    for frame in range(1, 5):
        app.page.keyboard.press("ArrowRight")
        app.expect_frame(frame)
    app.hover_strip(app.strip("B"), 6, 0)
    expect(app.readout).to_contain_text("storage B, element 0 = 101")


def test_writing_everywhere_in_an_expanded_tensor_is_refused(app: App) -> None:
    app.open(EXPANDED, page="memory")
    expect(app.error).to_contain_text("the stride is 0")
    expect(app.chip(3)).to_contain_text("error")


def test_an_update_is_built_and_writes_in_place(app: App) -> None:
    app.open("import torch\nx = torch.arange(3)\ny = x.view(3)\n", page="memory")
    app.add("update")
    app.expect_chips(["x = torch.arange(3)", ".view(3)", "y += 1"])
    app.fill("Value", "10")
    app.choose("Operator", "*=")
    app.expect_chips(["x = torch.arange(3)", ".view(3)", "y *= 10"])
    app.hover_cell(app.grid(0), (3,), (2,))
    expect(app.readout).to_contain_text("x[2] = 20")
