"""Step through: to the end by keyboard, a node's numbers, why a gradient is None, what broke."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from explorer.ui.examples.autograd import AUTOGRAD_EXAMPLES
from tests.browser.test_accessibility import grave_findings
from tests.browser.test_window import expect_first_cell, go
from tests.browser.test_windows import expect_no_sideways_scrolling

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser
EXAMPLES = {example.title: example.source for example in AUTOGRAD_EXAMPLES}
MEAN_NODE = "MeanBackward0 · z.mean()"
_STEPS_ASIDE = 26


def step_through(app: App, title: str | None = None, **parameters: str) -> App:
    """Open the page on an example; None: on what it opens on by itself."""
    return app.open(None if title is None else EXAMPLES[title], page="autograd", **parameters)


def inspector(app: App) -> Locator:
    return app.page.get_by_test_id("inspector")


def heading(app: App) -> Locator:
    return inspector(app).get_by_role("heading", level=3)


def plate(app: App, caption: str) -> Locator:
    """Return the place in the inspector whose caption begins so."""
    return app.page.locator(f'.te-plate[data-caption^="{caption}"]').first


def find(app: App, name: str) -> None:
    """Look for a node by its name, and choose it."""
    field = app.page.get_by_label("Find a node by name")
    field.fill(name)
    field.press("Enter")


def click_node(app: App, label: str) -> None:
    """Move the mouse over the graph until it says that it is over a node, and click."""
    box = app.page.get_by_test_id("graph-field").bounding_box()
    assert box is not None
    tip = app.page.get_by_test_id("graph-tip")
    for row in range(int(box["height"] / _STEPS_ASIDE)):
        for column in range(1, 8):
            place = box["x"] + box["width"] * column / 8, box["y"] + (row + 0.5) * _STEPS_ASIDE
            app.page.mouse.move(*place)
            if tip.is_visible() and label in (tip.text_content() or ""):
                app.page.mouse.click(*place)
                return
    raise AssertionError(f"no node {label} under the mouse")


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_the_keyboard_leads_from_the_first_line_through_backward_to_the_end(app: App) -> None:
    step_through(app)
    app.expect_frame(7)
    expect(heading(app)).to_have_text("MulBackward0 · y * y")
    app.page.keyboard.press("Home")
    app.expect_frame(0)
    app.expect_parameter("step", "1")
    expect(app.page.get_by_test_id("whereabouts")).to_contain_text("forward 1 of 5")
    for made in ("x", "AddBackward0 · x + 2", "MulBackward0 · y * y", "MulBackward0 · y * y * 3", MEAN_NODE):
        expect(heading(app)).to_contain_text(made)
        app.page.keyboard.press("ArrowRight")
    expect(app.page.get_by_test_id("whereabouts")).to_contain_text("backward 1 of 5")
    for ran in (
        MEAN_NODE,
        "MulBackward0 · y * y * 3",
        "MulBackward0 · y * y",
        "AddBackward0 · x + 2",
        "AccumulateGrad",
    ):
        expect(heading(app)).to_contain_text(ran)
        app.page.keyboard.press("ArrowRight")
    expect(app.page.get_by_test_id("stage")).to_contain_text("out.backward() is done: 5 nodes ran.")
    app.page.keyboard.press("End")
    app.expect_frame(11)
    app.page.keyboard.press("Home")
    app.page.keyboard.press("]")
    app.expect_frame(5)


def test_a_click_on_a_node_shows_its_numbers_and_leads_to_its_run(app: App) -> None:
    step_through(app, step="1")
    expect(plate(app, "gradient in")).to_have_count(0)
    step_through(app)
    click_node(app, "y * y * 3")
    expect(heading(app)).to_have_text("MulBackward0 · y * y * 3")
    inspector(app).get_by_role("button", name="step 7").click()
    app.expect_frame(6)
    expect(plate(app, "gradient in").locator(".te-grid")).to_contain_text("0.25")
    expect(plate(app, "gradient out").locator(".te-grid")).to_contain_text("0.75")
    expect(app.page.get_by_test_id("how").first).to_contain_text("3 × 0.25 = 0.75")


def test_why_a_gradient_is_none_is_said_for_this_tensor(app: App) -> None:
    step_through(app, "Why y.grad is None: retain_grad")
    find(app, "x * 2")
    expect(heading(app)).to_contain_text("x * 2")
    expect(plate(app, "y.grad")).to_contain_text("None: not a leaf")
    expect(app.page.get_by_label("Last step (End)")).to_be_disabled()  # it opens where y.grad is read
    find(app, "y**2")
    expect(plate(app, "z.grad").locator(".te-grid")).to_contain_text("1")
    app.page.get_by_label("First step (Home)").click()
    find(app, "AccumulateGrad")
    expect(plate(app, "x.grad")).to_contain_text("None")
    expect(plate(app, "x.grad")).to_contain_text("backward")


def test_the_keyboard_alone_leads_to_a_node_its_numbers_and_why_a_gradient_is_none(app: App) -> None:
    step_through(app, "Why y.grad is None: retain_grad")
    keyboard = app.page.keyboard
    keyboard.press("End")
    expect(app.page.get_by_label("Next step (→)")).to_be_disabled()
    last = int(app.stage.get_attribute("data-frame") or 0)
    keyboard.press("ArrowLeft")  # the page opens on the last step: the address need not say that one
    app.expect_parameter("step", str(last))
    keyboard.press("/")
    expect(app.page.get_by_label("Find a node by name")).to_be_focused()
    keyboard.type("y**2")
    keyboard.press("Enter")
    expect(heading(app)).to_contain_text("y**2")
    expect(plate(app, "z.grad").locator("td").first).to_have_text("1.0")
    app.page.reload()
    app.drawn().expect_frame(last - 1)
    keyboard.press("/")
    keyboard.type("x * 2")
    keyboard.press("Enter")
    expect(plate(app, "y.grad")).to_contain_text("None: not a leaf")


def test_windows_of_a_large_tensor_and_of_its_gradient_are_moved_in_the_inspector(app: App) -> None:
    program = "x = torch.arange(90000.0).view(300, 300).requires_grad_()\ny = x * 2\n(y * x).sum().backward()\n"
    app.open(program, page="autograd", step="4")

    def window_of(caption: str) -> int:
        found = plate(app, caption).get_by_test_id(re.compile(r"^go-to-\d+$")).get_attribute("data-testid") or ""
        return int(found.removeprefix("go-to-"))

    grid = window_of("y")
    go(app, grid, "200, 100")
    expect_first_cell(app, grid, "y[200, 100] = 120200")
    app.leave_focus()
    app.page.keyboard.press("End")
    app.page.keyboard.press("ArrowLeft")
    expect(heading(app)).to_have_text("AccumulateGrad · x")
    gradient = window_of("gradient in")
    for wrong, why in (("1e9", "Write 2 whole numbers"), ("0, 300", "out of range")):
        go(app, gradient, wrong)
        expect(app.page.get_by_test_id(f"window-note-{gradient}")).to_contain_text(why)
    go(app, gradient, "200, 100")
    expect_first_cell(app, gradient, "[200, 100] = 240400")
    app.expect_parameter("at", f"{grid}:200,100;{gradient}:200,100")
    app.page.reload()
    app.drawn()
    expect(app.page.get_by_test_id(f"go-to-{gradient}")).to_have_value("200, 100")
    expect_first_cell(app, gradient, "[200, 100] = 240400")


def test_a_stale_value_is_told_at_its_node_and_mended_with_a_button(app: App) -> None:
    step_through(app, "In place: harmless for sin, not for exp")
    expect(app.error).to_contain_text("version 0")
    expect(inspector(app)).to_contain_text("written in place in line 9")
    app.error.get_by_role("button").first.click()
    expect(app.error).to_be_hidden()
    assert "e = e.mul(2)" in (app.linked_program() or "")


def test_a_program_with_one_backward_more_is_built_with_chips(app: App) -> None:
    app.open("import torch\nx = torch.ones(3, requires_grad=True)\ny = x.tanh()\n", page="autograd")
    app.add("backward")
    app.settled()
    app.expect_program(
        "import torch\nx = torch.ones(3, requires_grad=True)\ny = x.tanh()\ny.backward(torch.ones_like(y))\n"
    )
    expect(app.page.get_by_test_id("stage")).to_contain_text("TanhBackward0")
    app.fill("Gradient to start from", "torch.tensor([1.0, 0.0, 2.0])")
    app.settled()
    expect(plate(app, "gradient in").locator("td").last).to_have_text("2.0")


def test_a_wrong_backward_is_found_by_finite_differences_and_the_link_keeps_that(app: App, tabs: Tabs) -> None:
    step_through(app, "A wrong backward: compare it")
    app.page.get_by_text("Compare with finite differences", exact=True).click()
    table = inspector(app).get_by_role("table", name="Compared with finite differences")
    expect(table.first).to_contain_text("x")
    app.expect_parameter("check", "1")
    again = tabs.open().visit(app.page.url)
    expect(again.page.get_by_role("switch", name="Compare with finite differences")).to_be_checked()
    expect(inspector(again)).to_contain_text("Compared with finite differences")


@pytest.mark.parametrize(("junk", "frame"), [("abc", 7), ("-4", 7), ("99999999999999999999", 11)])
def test_a_link_with_a_step_that_is_none_opens_all_the_same(app: App, junk: str, frame: int) -> None:
    step_through(app, step=junk, check="banana")
    app.expect_frame(frame)
    expect(app.page.get_by_role("switch", name="Compare with finite differences")).not_to_be_checked()


def test_a_network_has_charts_and_their_numbers(app: App) -> None:
    step_through(app, "Gradients vanish in many sigmoids")
    expect(app.page.locator(".stPlotlyChart .bars .point").first).to_be_attached()
    app.page.get_by_text("Numbers", exact=True).first.click()
    expect(app.page.get_by_role("cell", name="net.16.weight").first).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_grave_beside_a_graph(tabs: Tabs, *, dark: bool) -> None:
    title = "A network, its loss and one step" if dark else "From the mean back to x"
    app = step_through(tabs.open(dark=dark), title).settled()
    assert grave_findings(app) == []


def test_on_a_telephone_it_is_stepped_through_too(tabs: Tabs) -> None:
    app = step_through(tabs.open_telephone())
    expect_no_sideways_scrolling(app)
    app.page.get_by_test_id("step-next").tap()
    app.expect_frame(8)
    expect(heading(app)).to_have_text("AddBackward0 · x + 2")
