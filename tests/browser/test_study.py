"""The page around a graph: code, timeline with phases, columns, exported pages, on scenes made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import scenes, study_scenes
from tests.browser.stage_site import serving
from tests.browser.study_page import MUL, at_frame, inspector, plate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
MAKERS = (
    study_scenes.mean, study_scenes.wide, study_scenes.failed, study_scenes.empty, study_scenes.long,
    study_scenes.checked, study_scenes.kept, study_scenes.narrow, scenes.views,
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {make.__name__: make() for make in MAKERS}) as address:
        yield address


def test_the_steps_line_stands_above_the_graph_where_the_code_is_far_below(open_stage: Opener) -> None:
    page = open_stage(MUL, width=960)
    line = page.get_by_test_id("study-line")
    expect(line).to_be_visible()
    expect(line.locator("mark")).to_have_text("y * 3")
    page.keyboard.press("Home")
    expect(line).to_contain_text("x = ")
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(line).to_be_hidden()


def test_it_opens_where_it_becomes_interesting_and_the_link_keeps_another_step(open_stage: Opener) -> None:
    page = open_stage("s=mean")
    at_frame(page, study_scenes.OPENS_ON)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/*step=7*")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("!location.search.includes('step')")
    at_frame(open_stage(MUL), 6)


def test_a_slash_finds_a_node_from_anywhere(open_stage: Opener) -> None:
    page = open_stage(MUL)
    plate(page, "gradient out").locator(".te-cells").focus()
    page.keyboard.press("/")
    expect(page.get_by_test_id("graph-search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.get_by_test_id("graph-search")).to_have_value("a/b")
    at_frame(page, 6)


def test_the_code_marks_the_call_and_where_the_node_came_from(open_stage: Opener) -> None:
    page = open_stage(MUL)
    expect(page.locator(".te-origin").first).to_contain_text("y")
    expect(page.locator(".te-made")).to_have_text("z = y * 3")
    expect(page.locator(".te-now")).to_have_text("out.backward()")
    expect(page.get_by_test_id("whereabouts")).to_have_text("backward 2 of 4 · line 5MulBackward0 came from line 3")
    page.keyboard.press("Home")
    expect(page.locator(".te-made")).to_have_count(0)
    expect(page.get_by_test_id("whereabouts")).to_have_text("forward 1 of 5 · line 1")


def test_from_node_to_node_the_gradients_stay_in_their_places(open_stage: Opener) -> None:
    page = open_stage("s=kept&step=6")
    before = plate(page, "gradient in").bounding_box()
    page.keyboard.press("ArrowRight")
    at_frame(page, 6)
    card = inspector(page).get_by_test_id("table-0")
    expect(card).to_be_visible()
    after = plate(page, "gradient in").bounding_box()
    below = card.bounding_box()
    assert before is not None
    assert after is not None
    assert below is not None
    assert after["y"] == before["y"] < below["y"]


def test_on_a_telephone_no_word_is_cut(open_stage: Opener) -> None:
    page = open_stage("s=narrow", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    seen = page.locator(".te-phase").evaluate_all(
        """pieces => pieces.map((piece) => {
            const { bottom, right } = piece.getBoundingClientRect();
            const words = [...piece.firstElementChild.children];
            const shown = words.filter((word) => word.getBoundingClientRect().top < bottom);
            const fits = shown.every((word) => word.getBoundingClientRect().right <= right);
            return [shown.map((word) => word.textContent).join(""), fits];
        })"""
    )
    assert seen == [["forward · 4 operations", True], ["backward", True], ["", True]]


def test_time_has_two_stretches_and_keys_that_jump_between_them(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=1")
    expect(page.locator(".te-phase")).to_have_text(["forward · 4 operations", "backward · 4 nodes"])
    page.keyboard.press("]")
    at_frame(page, 5)
    page.keyboard.press("]")
    at_frame(page, 5)
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    at_frame(page, 5)
    page.keyboard.press("[")
    at_frame(page, 0)
    page.keyboard.press("Shift+ArrowRight")
    at_frame(page, 5)


def test_playing_goes_on_into_backward(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=5")
    page.get_by_label("Speed").select_option("4")
    page.get_by_test_id("play").click()
    at_frame(page, 8)
    expect(plate(page, "x.grad so far").locator(".te-grid")).to_be_visible()


def test_a_node_in_the_graph_and_its_expression_light_up_together(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=1")
    page.evaluate("window.stage.study.point(2)")
    expect(page.locator(".te-pointed").first).to_contain_text("y")
    page.evaluate("window.stage.study.point(null)")
    expect(page.locator(".te-pointed")).to_have_count(0)


def test_stepping_moves_nothing(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=1")
    boxes = set()
    for _ in range(9):
        parts = (
            page.locator(name).bounding_box()
            for name in (".te-study", ".te-graph-box", ".te-timeline", ".te-study ~ .te-head")
        )
        boxes.add(tuple(tuple(part.values()) for part in parts if part))
        page.keyboard.press("ArrowRight")
    assert len(boxes) == 1


@pytest.mark.parametrize(
    ("width", "beside"),
    [(1400, ["te-study-code", "te-graph-box", "te-inspector"]), (800, ["te-graph-box", "te-inspector"]), (390, [])],
)
def test_columns_follow_the_width(open_stage: Opener, width: int, beside: list[str]) -> None:
    page = open_stage(MUL, width=width)
    boxes = [page.locator(f".{name}").bounding_box() for name in beside]
    assert len({box["y"] for box in boxes if box}) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    graph, inspected = (page.locator(name).bounding_box() for name in (".te-graph-box", ".te-inspector"))
    assert graph
    assert inspected
    assert (inspected["y"] >= graph["y"] + graph["height"]) == (width == 390)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (730, 800), (1400, 440)])
def test_time_stays_in_reach_where_the_card_is_higher_than_the_window(
    open_stage: Opener, width: int, height: int
) -> None:
    page = open_stage(MUL, width=width)
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("document.documentElement.scrollHeight > innerHeight + 40")
    expect(page.get_by_test_id("step-next")).to_be_in_viewport(ratio=1)
    page.get_by_test_id("step-next").click()
    at_frame(page, 7)
    assert page.evaluate("scrollY") == 0
    page.evaluate("scrollTo(0, 60)")
    expect(page.get_by_test_id("step-next")).to_be_in_viewport(ratio=1)


def test_a_switch_leads_to_the_step_that_it_adds_something_to(open_stage: Opener) -> None:
    page = open_stage("s=mean&step=2")
    page.evaluate("show('checked')")
    at_frame(page, 8)
    expect(inspector(page).get_by_role("table", name="Compared")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.evaluate("show('mean')")
    at_frame(page, 7)
    page.keyboard.press("End")
    page.evaluate("show('checked')")
    at_frame(page, 8)


def test_what_stopped_the_program_stays_above_and_can_be_mended(open_stage: Opener) -> None:
    page = open_stage("s=failed")
    expect(page.get_by_test_id("error").locator(".te-error-message code")).to_have_text("backward")
    expect(page.get_by_test_id("mark-error").locator("p code")).to_have_text("backward")
    page.get_by_test_id("error").get_by_role("button", name="retain_graph=True").click()
    assert page.evaluate("runs") == ["mended"]


def test_a_program_that_did_not_begin_has_a_place_to_be_written(open_stage: Opener) -> None:
    page = open_stage("s=empty")
    expect(inspector(page)).to_contain_text("no operation on a tensor ran")
    expect(page.get_by_test_id("program")).to_be_visible()
    expect(page.locator(".te-timeline")).to_be_hidden()


def test_long_lines_of_the_program_are_wrapped(open_stage: Opener) -> None:
    page = open_stage("s=mean", width=1024)
    page.evaluate("show('wide')")
    page.locator(".cm-line", has_text="made_of_many_words").wait_for()
    assert page.locator(".cm-scroller").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.locator(".cm-line").last.evaluate("line => line.getBoundingClientRect().height > 30")


def test_the_program_is_written_and_run_beside_its_graph(open_stage: Opener) -> None:
    page = open_stage("s=mean")
    page.get_by_test_id("program").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nprint(y.grad)")
    at_frame(page, study_scenes.OPENS_ON)
    page.keyboard.press("Control+Enter")
    assert page.evaluate("runs") == [f"{study_scenes.SOURCE}\nprint(y.grad)"]


def test_scenes_with_and_without_a_graph_follow_each_other(open_stage: Opener) -> None:
    page = open_stage("s=views")
    page.evaluate("show('mean')")
    at_frame(page, study_scenes.OPENS_ON)
    expect(inspector(page)).to_be_visible()
    page.evaluate("show('views')")
    expect(page.get_by_test_id("grid-2")).to_be_visible()
    expect(inspector(page)).to_have_count(0)
    expect(page.get_by_test_id("color-element")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_test_id("program")).to_contain_text("z = y.t()")
    page.evaluate("show('mean')")
    expect(inspector(page)).to_contain_text("MeanBackward0")
    expect(page.get_by_test_id("program")).to_contain_text("out.backward()")


def test_a_long_program_needs_no_more_panels_than_a_short_one(open_stage: Opener) -> None:
    page = open_stage("s=long&step=1")
    page.evaluate("for (let i = 0; i < 1200; i += 7) window.stage.timeline.go(i)")
    assert page.evaluate("window.stage.study.pool.views.length") <= 4
    page.keyboard.press("End")
    expect(plate(page, "gradient in").get_by_role("table")).to_contain_text("0.5")


def test_an_exported_page_steps_inspects_and_lists_the_charts(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "mean.html").write_text(study_scenes.charted().to_html(), encoding="utf-8")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "mean.html").as_uri())
    at_frame(page, study_scenes.OPENS_ON)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("how")).to_have_text("(∂out/∂y)[0, 0] = 3 × 0.25 = 0.75")
    expect(page.locator(".te-made")).to_contain_text("z = y * 3")
    table = page.get_by_test_id("chart-table")
    table.locator("summary").click()
    expect(table.get_by_role("row")).to_have_text(["parameternorm", "x1.5", "wnone"])
    assert errors == []
    page.close()


def test_an_exported_page_without_a_graph_does_without_its_modules() -> None:
    assert "class Study" not in scenes.views().to_html()


def test_lines_of_an_exported_program_are_drawn_again_only_when_their_marks_change(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "mean.html").write_text(study_scenes.charted().to_html(), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "mean.html").as_uri())
    at_frame(page, study_scenes.OPENS_ON)
    code = page.locator(".te-line code")
    before = code.all_inner_texts()
    code.evaluate_all("(lines) => lines.forEach((line) => { line.firstChild.untouched = true; })")
    page.keyboard.press("ArrowRight")
    at_frame(page, study_scenes.OPENS_ON + 1)
    assert before
    assert code.all_inner_texts() == before
    kept = code.evaluate_all("(lines) => lines.map((line) => line.firstChild.untouched === true)")
    assert kept[0]
    assert not all(kept)
    page.close()
