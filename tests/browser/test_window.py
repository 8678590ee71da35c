"""Large tensors: their windows go anywhere, the link goes along, statistics come on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.app import App

pytestmark = pytest.mark.browser

PROGRAM = "import torch\nx = torch.arange(10**6).view(1000, 1000)\nx[500, 700] = -1\ny = x.t()\n"
X, Y = 1, 2


def field(app: App, grid: int) -> Locator:
    return app.page.get_by_test_id(f"go-to-{grid}")


def go(app: App, grid: int, index: str) -> None:
    field(app, grid).fill(index)
    field(app, grid).press("Enter")


def expect_first_cell(app: App, grid: int, said: str) -> None:
    """Wait until the first cell of a grid is read out so."""

    def look() -> bool:
        app.leave_cells()
        box = app.grid(grid).locator(".te-cells")
        box.scroll_into_view_if_needed()
        box.evaluate("box => box.focus()")
        box.press("Control+a")  # means nothing, but makes the focus one of the keyboard
        box.press("Home")
        return said in app.readout.inner_text()

    for _ in range(300):
        if look():
            return
        app.page.wait_for_timeout(100)
    raise AssertionError(f"{said!r} is not in {app.readout.inner_text()!r}")


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_a_window_is_moved_by_typing_and_the_link_goes_along(app: App) -> None:
    app.open(PROGRAM)
    go(app, X, "500, 700")
    app.expect_parameter("at", f"{X}:500,700")
    expect_first_cell(app, X, "x[500, 700] = -1")
    go(app, Y, "[-1, -1]")  # as Python counts, and no further than the last window
    expect(field(app, Y)).to_have_value("936, 936")
    expect_first_cell(app, Y, "y[936, 936] = 936936")
    app.expect_parameter("at", f"{X}:500,700;{Y}:936,936")
    app.page.reload()
    app.drawn()
    expect(field(app, X)).to_have_value("500, 700")
    expect_first_cell(app, X, "x[500, 700] = -1")
    app.settled()
    app.expect_parameter("at", f"{X}:500,700;{Y}:936,936")


def test_what_cannot_be_shown_is_said_in_place(app: App) -> None:
    app.open(PROGRAM, at=f"{X}:500,700")
    note = app.page.get_by_test_id(f"window-note-{X}")
    expect(note).to_be_hidden()
    app.leave_focus()
    app.page.keyboard.press("Home")
    app.page.keyboard.press("ArrowRight")  # before the write
    expect(note).to_contain_text("Overwritten at step 3")
    app.page.keyboard.press("ArrowRight")
    expect(note).to_be_hidden()
    expect_first_cell(app, X, "x[500, 700] = -1")
    for wrong, why in (("5", "Write 2 whole numbers"), ("1, 1000", "Index 1000 is out of range")):
        go(app, X, wrong)
        expect(note).to_contain_text(why)


def test_the_map_is_dragged_and_takes_keys(app: App) -> None:
    app.open(PROGRAM)
    plan = app.page.get_by_test_id(f"minimap-{X}")
    plan.scroll_into_view_if_needed()
    box = plan.bounding_box()
    assert box is not None
    app.page.mouse.move(box["x"] + 5, box["y"] + 5)
    app.page.mouse.down()
    app.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=5)
    app.page.mouse.up()
    row, column = (int(part) for part in field(app, X).input_value().split(","))
    assert column == 936
    assert abs(row - (500 - 32)) <= 10
    plan.focus()
    plan.press("ArrowLeft")
    plan.press("PageDown")
    expect(field(app, X)).to_have_value(f"{row + 64}, 935")
    expect_first_cell(app, X, f"x[{row + 64}, 935] = {(row + 64) * 1000 + 935}")


def test_statistics_of_the_whole_tensor_come_on_demand(app: App) -> None:
    app.open(PROGRAM)
    summary = app.page.get_by_test_id(f"summary-{Y}")
    app.page.get_by_test_id(f"statistics-{Y}").click()
    for text in ("1,000,000", "min", "-1", "999,999", "20 equal bins"):
        expect(summary).to_contain_text(text)
    app.page.get_by_test_id(f"statistics-{Y}").click()
    expect(summary).to_be_hidden()


def test_small_tensors_have_no_controls(app: App) -> None:
    app.open("import torch\nx = torch.arange(100)\n").settled()
    expect(app.page.get_by_test_id("window-0")).to_have_count(0)


def test_the_bits_of_a_cell_are_forgotten_with_the_window_that_it_stood_in(app: App) -> None:
    app.open(PROGRAM)
    card = app.page.get_by_test_id("bits")
    card.locator("summary").click()
    go(app, X, "500, 700")
    expect_first_cell(app, X, "x[500, 700] = -1")
    expect(card).to_contain_text("Bits of x[500, 700]")
    app.rest()
    go(app, X, "0, 0")
    expect(card).to_contain_text("Point at a cell")
    expect_first_cell(app, X, "x[0, 0] = 0")
    expect(card).to_contain_text("Bits of x[0, 0]")
