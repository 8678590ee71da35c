"""The page of recurrent layers as a person uses it: fields and lines, links, an error mended, a telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import torch
from playwright.sync_api import expect
from torch import nn

from tests.browser.test_windows import expect_no_sideways_scrolling

if TYPE_CHECKING:
    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

PLAIN = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
"""
FORGETS = PLAIN.replace(
    "output,",
    "with torch.no_grad():\n    lstm.bias_ih_l0[6:12] = -1.25\n    lstm.bias_hh_l0[6:12] = 0.0\noutput,",
)


def forget_gate() -> float:
    """Return f of unit 0 at the first step of the program, whose bias was set, by torch alone."""
    torch.manual_seed(0)
    x = torch.randn(5, 2, 4)
    lstm = nn.LSTM(4, 6)
    return torch.sigmoid(lstm.get_parameter("weight_ih_l0")[6] @ x[0, 0] - 1.25).item()


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_a_forget_bias_is_typed_goes_into_the_program_and_link_and_comes_back(app: App, tabs: Tabs) -> None:
    app.open(PLAIN, page="recurrent")
    app.fill("bias of f", "-1.25")
    app.expect_linked_program(FORGETS)
    app.expect_program(FORGETS)
    app.leave_focus()
    app.page.keyboard.press("Home")
    app.page.keyboard.press("ArrowRight")
    expect(app.page.get_by_text(re.compile(rf"f of unit 0 at t = 0: {forget_gate():.4f}"[:-1])).first).to_be_visible()
    app.expect_parameter("step", "2")
    there = tabs.open(dark=True, width=1024).visit(app.page.url)
    expect(there.page.get_by_text(re.compile(r"f of unit 0 at t = 0")).first).to_be_visible()
    expect(there.field("bias of f")).to_have_value("-1.25")
    # a line that is typed is read into the field, the browser's way back is undo
    there.run(FORGETS.replace("-1.25", "3.0"))
    expect(there.field("bias of f")).to_have_value("3")
    there.settled().page.go_back()
    there.expect_program(FORGETS)
    expect(there.field("bias of f")).to_have_value("-1.25")
    there.page.get_by_role("button", name="Reset", exact=True).click()
    there.expect_program(PLAIN)


def test_what_does_not_fit_is_explained_and_mended_and_the_last_picture_stays(app: App) -> None:
    app.open(PLAIN, page="recurrent")
    expect(app.page.get_by_test_id("map-f")).to_be_visible()
    app.fill("lengths", "9, 1")
    expect(app.error).to_contain_text("they add up to 10 time steps")
    expect(app.page.get_by_test_id("map-f")).to_be_visible()
    app.fill("lengths", "nine")
    expect(app.page.get_by_text("is not a list of lengths")).to_be_visible()
    expect(app.field("lengths")).to_have_value("nine")
    app.fill("lengths", "")
    app.expect_program(PLAIN)
    expect(app.error).to_have_count(0)


def test_another_unit_layer_and_direction_come_with_the_link_on_a_telephone(app: App, tabs: Tabs) -> None:
    deep = PLAIN.replace("(4, 6)", "(4, 6, num_layers=2, bidirectional=True)")
    there = tabs.open_telephone()
    there.open(deep, page="recurrent", depth="1", reverse="1", unit="4", item="1")
    expect(there.page.get_by_text(re.compile(r"h of unit 4 at t = \d")).first).to_be_visible()
    expect_no_sideways_scrolling(there)
    app.visit(there.page.url)
    app.page.reload()
    app.drawn()
    expect(app.page.get_by_text(re.compile(r"h of unit 4 at t = \d")).first).to_be_visible()
    app.choose("parameters", "…_l0")
    app.expect_parameter("depth", None)
    app.expect_parameter("reverse", None)
    app.expect_parameter("unit", "4")


def test_the_learners_own_words_and_layers_side_by_side(app: App) -> None:
    app.open(PLAIN, page="recurrent")
    app.choose("input", "words")
    app.fill("text", "gates keep what they like")
    expect(app.page.get_by_text("“like”").first).to_be_visible()
    app.choose("backward from", "last output")
    app.choose("compare with", "GRU")
    expect(app.program).to_contain_text("(output[-1].sum() + gru_output[-1].sum()).backward()")
    expect(app.page.get_by_text("GRU").first).to_be_visible()
    expect(app.error).to_have_count(0)


def test_a_weight_is_changed_in_the_picture_and_stands_in_the_program(app: App) -> None:
    app.open(PLAIN, page="recurrent")
    weights = app.page.get_by_test_id("recurrent-weights")
    field = app.page.get_by_test_id("weight-field")
    weights.locator(".te-cells").dblclick(position={"x": 30, "y": 38})  # the first cell: weight_ih_l0[0, 0]
    expect(field).to_have_accessible_name("New value of lstm.weight_ih_l0[0, 0]")
    field.fill("much")
    field.press("Enter")
    expect(weights.get_by_role("alert")).to_contain_text("'much' is not a number")
    field.fill("1.5")
    field.press("Enter")
    app.expect_program(PLAIN.replace("output,", "lstm.weight_ih_l0.data[0, 0] = 1.5\noutput,"))
    expect(app.page.get_by_role("button", name="Reset", exact=True)).to_be_visible()


def test_the_head_of_the_page_is_one_row_at_a_desk(app: App) -> None:
    app.open(PLAIN, page="recurrent")
    export = app.page.get_by_role("button", name=re.compile("^Export")).bounding_box()
    head = app.page.locator(".st-key-recurrent-header").bounding_box()
    assert export is not None
    assert head is not None
    assert export["height"] < 45  # its word is not broken
    assert abs(export["y"] + export["height"] / 2 - head["y"] - head["height"] / 2) < 5
