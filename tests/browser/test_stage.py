"""The stage in a real browser, without Streamlit: hover, time, address, editor."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from explorer.ui.components import HEAD_LENGTH
from tests.browser import scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("site"), {"views": scenes.views(), "failed": scenes.failed()}) as address:
        yield address


def expect_lit(page: Page, lit: dict[str, str]) -> None:
    for panel, cells in lit.items():
        expect(page.get_by_test_id(panel), panel).to_have_attribute("data-lit", cells)


def expect_frame(page: Page, frame: int) -> None:
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", str(frame))


def test_the_same_element_lights_up_everywhere_and_stays_when_pinned(open_stage: Opener) -> None:
    page = open_stage("s=views")
    cells = page.get_by_test_id("grid-2").locator(".te-cells")
    cells.click(position={"x": 60, "y": 60})  # row 1, column 1
    page.mouse.move(2, 2)
    expect_lit(page, {"grid-0": "4", "grid-1": "4", "grid-2": "3", "strip-A": "4"})
    for said in ("z[1, 1] = 4", "byte +32 = 0 + 1·1·8 + 1·3·8", "x[4], y[1, 1]"):
        expect(page.get_by_test_id("readout")).to_contain_text(said)
    page.keyboard.press("Escape")
    expect_lit(page, {"strip-A": ""})


def test_keys_move_through_time_and_the_address_follows(open_stage: Opener) -> None:
    page = open_stage("s=views")
    expect_frame(page, 2)
    page.keyboard.press("Home")
    expect_frame(page, 0)
    expect(page.get_by_test_id("grid-1")).to_have_attribute("data-pending", "true")
    page.wait_for_function("location.search.includes('step=1')")
    page.keyboard.press("End")
    page.wait_for_function("!location.search.includes('step=')")
    assert "s=views" in page.url


def test_the_address_is_read_at_first(open_stage: Opener) -> None:
    page = open_stage("s=views&step=2&color=value")
    expect_frame(page, 1)
    expect(page.get_by_test_id("color-value")).to_have_attribute("aria-pressed", "true")


def test_arrow_keys_walk_through_cells_without_moving_time(open_stage: Opener) -> None:
    page = open_stage("s=views")
    page.get_by_test_id("grid-1").locator(".te-cells").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect_lit(page, {"grid-1": "4"})
    expect_frame(page, 2)


def test_the_editor_runs_and_keeps_a_draft(open_stage: Opener) -> None:
    page = open_stage("s=views")
    program = page.get_by_test_id("program")
    program.fill("x = 1")
    page.evaluate("show('failed')")
    page.get_by_test_id("error").wait_for()
    expect(program.locator(".cm-line")).to_have_text(["x = 1"])
    program.press("Control+Enter")
    page.wait_for_function("runs.length === 1 && runs[0] === 'x = 1'")


def test_a_failure_keeps_the_panels_and_marks_the_dimensions(open_stage: Opener) -> None:
    page = open_stage("s=failed")
    expect(page.get_by_test_id("error")).to_contain_text("sizes 2 and 3 disagree")
    expect(page.get_by_test_id("grid-1")).to_have_attribute("data-operand", "true")
    expect(page.locator(".te-wrong")).to_have_text(["2", "3"])


def test_changes_between_texts_are_right_whatever_the_texts(open_stage: Opener) -> None:
    chance = random.Random(0)  # noqa: S311 - no secret
    texts = ["".join(chance.choices("ab\n", k=chance.randrange(14))) for _ in range(400)]
    wrong = open_stage("s=views").evaluate(
        """async (texts) => {
            const { textChanges } = await import("/stage/merge.js");
            const made = (text, changes) => [...changes].reverse().reduce(
                (whole, { from, to, insert }) => whole.slice(0, from) + insert + whole.slice(to), text);
            const pairs = texts.flatMap((before) => texts.slice(0, 60).map((after) => [before, after]));
            return pairs.filter(([before, after]) => made(before, textChanges(before, after)) !== after);
        }""",
        texts,
    )
    assert wrong == []


@pytest.mark.parametrize("name", ["chain.js", "stage.js"])
def test_what_an_earlier_call_left_does_not_take_away_what_a_later_one_drew(open_stage: Opener, name: str) -> None:
    drawn = open_stage("s=views").evaluate(
        """async ([name, head]) => {
            const { default: draw } = await import(`/stage/${name}`);
            const parentElement = document.body.appendChild(document.createElement("div"));
            const chips = { chips: [], selected: null, edition: 0, operations: [] };
            const data = name === "chain.js" ? new TextEncoder().encode(JSON.stringify(chips))
                : new Uint8Array([...new TextEncoder().encode(" ".repeat(head)),
                    ...new Uint8Array(await (await fetch("/views.bin")).arrayBuffer())]);
            const call = () => draw({ data, parentElement, setTriggerValue: () => {} });
            const shown = () => parentElement.querySelector(".te-stage") !== null;
            const [earlier, later] = [call(), call()];
            earlier();
            const kept = shown();
            later();
            return [kept, shown()];
        }""",
        [name, HEAD_LENGTH],
    )
    assert drawn == [True, False]
