"""The inspector beside a graph: plates, cells, chosen nodes, verdicts, on scenes made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import study_scenes
from tests.browser.stage_site import serving
from tests.browser.study_page import MUL, at_frame, choose, hover_cell, inspector, plate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
MAKERS = (
    study_scenes.mean, study_scenes.failed, study_scenes.crowded, study_scenes.even, study_scenes.checked,
)  # fmt: skip
_CUT_CELLS = """table => {
  const { right } = table.closest(".te-card-scroll").getBoundingClientRect();
  const cells = [...table.querySelectorAll("tbody :is(th, td)")];
  const sticksOut = (cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.getBoundingClientRect().right > right + 1;
  return cells.filter(sticksOut).length;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {make.__name__: make() for make in MAKERS}) as address:
        yield address


def test_a_node_of_backward_is_told_in_order(open_stage: Opener) -> None:
    page = open_stage(MUL)
    expect(inspector(page).get_by_role("heading", level=3)).to_have_text("MulBackward0 · y * 3")
    expect(page.locator(".te-plates > *")).to_contain_text(
        ["gradient in: ∂out/∂z", "saved: other", "∂(u · 3)/∂u = 3", "gradient out: ∂out/∂y", "x.grad so far"]
    )
    expect(plate(page, "x.grad so far")).to_contain_text("None: AccumulateGrad has not run")
    expect(page.get_by_test_id("how")).to_have_text("(∂out/∂y)[0, 0] = 3 × 0.25 = 0.75")
    expect(page.get_by_test_id("formula")).to_contain_text("local derivative × upstream = downstream")
    expect(page.get_by_test_id("node-facts")).to_contain_text("None: it is not a leaf, and was not retained")


def test_a_gradient_cell_lights_what_it_receives_gradient_from(open_stage: Opener) -> None:
    page = open_stage(MUL)
    hover_cell(page, "gradient out", 3)
    expect(plate(page, "gradient in").locator(".te-grid")).to_have_attribute("data-used", "3")
    expect(page.get_by_test_id("how")).to_have_text("(∂out/∂y)[1, 1] = 3 × 0.25 = 0.75")
    expect(page.locator(".te-inspector .te-arrow")).to_have_count(1)
    hover_cell(page, "gradient in", 0)
    expect(plate(page, "gradient out").locator(".te-grid")).to_have_attribute("data-fed", "0")


def test_the_keyboard_walks_through_the_cells_of_a_plate(open_stage: Opener) -> None:
    page = open_stage(MUL)
    plate(page, "gradient out").locator(".te-cells").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("how")).to_contain_text("[1, 0] = 3 × 0.25 = 0.75")
    at_frame(page, 6)


def test_a_chosen_node_says_what_is_known_of_it_and_when_it_runs(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=2")
    choose(page, 0)
    expect(plate(page, "x.grad")).to_contain_text("None: backward has not run yet")
    inspector(page).get_by_role("button", name="step 9").click()
    at_frame(page, 8)
    expect(plate(page, "x.grad").get_by_role("table")).to_contain_text("0.75")
    expect(inspector(page).get_by_role("button", name="step 9")).to_have_attribute("aria-current", "step")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("follow")).to_be_hidden()
    expect(inspector(page).get_by_role("heading", level=3)).to_have_text("AccumulateGrad · x")


def test_a_chosen_node_stays_while_stepping_and_is_not_there_before_it_is_made(open_stage: Opener) -> None:
    page = open_stage(MUL)
    choose(page, 2)
    expect(plate(page, "gradient out")).to_be_visible()
    page.keyboard.press("Home")
    expect(inspector(page)).to_contain_text("Not made yet: it appears at step 3.")
    expect(page.locator(".te-plate")).to_have_count(0)
    page.get_by_test_id("follow").click()
    expect(inspector(page).get_by_role("heading", level=3)).to_have_text("AccumulateGrad · x")


def test_cells_are_coloured_by_value_on_request_and_the_link_says_so(open_stage: Opener) -> None:
    page = open_stage(MUL)
    expect(page.get_by_test_id("color-none")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("color-value").click()
    expect(page.locator(".te-legend")).to_contain_text("0.25")
    page.wait_for_url("**/*color=value*")


def test_cells_without_room_for_numbers_tell_them_by_colour(open_stage: Opener) -> None:
    page = open_stage("s=crowded&step=1")
    expect(plate(page, "x")).to_contain_text("colours from 0.0 to 3599.0")
    corner, last = page.evaluate(
        """() => {
            const { base, geometry } = window.stage.grids[0].panel;
            const ratio = base.width / geometry.width;
            return [0, 3599].map((cell) => {
                const { x, y, w, h } = geometry.rect(cell, {});
                return [...base.getContext("2d").getImageData((x + w / 2) * ratio, (y + h / 2) * ratio, 1, 1).data];
            });
        }"""
    )
    assert corner != last


def test_cells_of_one_value_are_said_in_one_word(open_stage: Opener) -> None:
    page = open_stage("s=even&step=1")
    expect(plate(page, "x").locator(".te-plate-words")).to_have_text("all cells are 2.0")


@pytest.mark.parametrize("width", [1400, 1024, 390])
def test_a_verdict_stands_first_and_none_of_its_columns_is_cut(open_stage: Opener, width: int) -> None:
    page = open_stage("s=checked&step=9", width=width)
    table = inspector(page).get_by_role("table", name="Compared")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("row").last.get_by_role("cell")).to_have_text(
        ["3 (marked)", "[1, 1]", "0.75", "3.75", "—"]
    )
    card, first = (page.locator(name).first.bounding_box() for name in (".te-table-card", ".te-plate"))
    assert card
    assert first
    assert card["y"] + card["height"] <= first["y"]
    assert table.evaluate(_CUT_CELLS) == 0
    choose(page, 0)
    expect(table).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["mean", "failed", "checked&step=9"])
def test_axe_finds_nothing_grave(open_stage: Opener, name: str, scheme: Literal["light", "dark"]) -> None:
    page = open_stage(f"s={name}", scheme=scheme)
    expect(page.get_by_test_id("program")).to_be_visible()
    if name == "mean":
        choose(page, 0)
    found = Axe().run(page).response["violations"]
    grave = [violation for violation in found if violation["impact"] in ("serious", "critical")]
    assert [(violation["id"], [node["target"] for node in violation["nodes"]]) for violation in grave] == []


def test_what_the_sentence_says_of_a_node_is_not_said_again_beside_it(open_stage: Opener) -> None:
    page = open_stage(MUL)
    notes = page.evaluate(
        """async () => {
      const { insightAt } = await import("./stage/insight.js");
      const { scene, frame } = window.stage;
      const number = scene.frames[frame].node;
      const graph = { ...scene.graph, nodes: scene.graph.nodes.map((node) => ({ ...node, note: "A hook did it." })) };
      const frames = (why) => scene.frames.map((one) => ({ ...one, why }));
      const noted = (why, chosen) => insightAt({ ...scene, graph, frames: frames(why) }, frame, chosen).note;
      return [noted("A hook did it. And more.", null), noted("And more.", null), noted("A hook did it.", number)];
    }"""
    )
    assert notes == ["", "A hook did it.", "A hook did it."]
