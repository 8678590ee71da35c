"""Steps that pass by quickly: what the person looks at follows at once, the rest when the steps rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import study_scenes
from tests.browser.stage_site import serving
from tests.browser.study_page import at_frame, plate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
FRAMES = 1200
LAST_FORWARD = FRAMES // 2 - 1

# all in one task: what is true here is on the screen with the next frame of it
_STEP = """frame => {
  window.stage.timeline.go(frame);
  const { study, grids } = window.stage;
  const title = study.inspector.title;
  return {
    said: document.querySelector(".te-sentence:not(.te-shadow)").textContent, title,
    where: study.where.textContent, due: grids.filter((view) => view.due).length,
    waits: Boolean(study.graph.field.pending && study.graph.field.paintedAt !== document.timeline.currentTime),
    current: study.graph.screen.moments.current?.words.title,
    seen: study.graph.field.camera.sees(study.graph.screen.moments.current),
  };
}"""
_TABLES = "() => document.querySelectorAll('.te-plate table').length"
# steps without a rest; how many tables were made meanwhile, and how many were there
_SCRUB = """async ([from, to]) => {
  let made = 0;
  let there = 0;
  const watch = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const added of addedNodes) made += Number(added.nodeName === "TABLE");
  });
  watch.observe(document.querySelector("[data-testid=inspector]"), { childList: true, subtree: true });
  for (let frame = from; frame <= to; frame += 1) {
    window.stage.timeline.go(frame);
    there += document.querySelectorAll(".te-plate table").length;
    await Promise.resolve();
  }
  watch.disconnect();
  return [made, there];
}"""
_FIGURE = "caption => document.querySelector(`.te-plate[data-caption='${caption}'] figure`)"
# which children an element lost on the way to others; all but rules and gaps have canvases
_CHILDREN = """async ([before, after]) => {
  const { setChildren } = await import(new URL("stage/dom.js", location.href).href);
  const known = new Map([...before, ...after].map((name) => [name, document.createElement("p")]));
  for (const [name, one] of known) one.id = name;
  for (const [name, one] of known) if (!["rule", "gap"].includes(name)) one.append(document.createElement("canvas"));
  const parent = document.createElement("div");
  setChildren(parent, before.map((name) => known.get(name)));
  const watch = new MutationObserver(() => {});
  watch.observe(parent, { childList: true });
  setChildren(parent, after.map((name) => known.get(name)));
  const lost = watch.takeRecords().flatMap(({ removedNodes }) => [...removedNodes].map(({ id }) => id));
  return [[...parent.children].map(({ id }) => id), lost];
}"""
# which facts are other elements than before, and what is listed
_FACTS = """async (lists) => {
  const { FactRows } = await import(new URL("stage/fact-rows.js", location.href).href);
  const list = document.createElement("dl");
  const rows = new FactRows(list);
  const [before, after] = lists.map((facts) => (rows.show(facts), [...list.children]));
  return [after.filter((element) => !before.includes(element)).map(({ textContent }) => textContent), list.textContent];
}"""
_CANVASES = """() => [...document.querySelectorAll(".te-plate canvas")]
  .filter((canvas) => canvas.checkVisibility()).map((canvas) => canvas.className)"""
_CAMERA = "() => { const { x, y, scale } = window.stage.study.graph.field.camera; return [x, y, scale]; }"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {"long": study_scenes.long(FRAMES)}) as address:
        yield address


def test_what_is_looked_at_follows_in_the_same_task(open_stage: Opener) -> None:
    page = open_stage("s=long&step=1")
    for frame in (100, 101, 102, 103):
        page.evaluate("() => new Promise(requestAnimationFrame)")
        shown = page.evaluate(_STEP, frame)
        assert shown == {
            "said": f"Step {frame}.",
            "title": f"AddBackward0 · h{frame}",
            "where": f"forward {frame + 1} of {FRAMES // 2} · line {1 + frame % 40}",
            "due": 0,
            "waits": False,
            "current": f"h{frame}",
            "seen": True,
        }


def test_tables_wait_until_the_steps_rest_and_none_says_the_numbers_of_another_step(open_stage: Opener) -> None:
    page = open_stage("s=long&step=1")
    page.wait_for_function(f"({_TABLES})() === 2")
    last = LAST_FORWARD + 400
    assert page.evaluate(_SCRUB, [last - 50, last]) == [0, 0]
    assert page.get_by_test_id("graph-table").get_attribute("aria-busy") == "true"
    expect(plate(page, "gradient in").get_by_role("table")).to_contain_text("0.5")
    expect(page.get_by_test_id("graph-table")).not_to_have_attribute("aria-busy", "true")
    row = page.get_by_test_id("graph-table").get_by_role("row", name=f"h{FRAMES - 1 - last}, AddBackward0")
    expect(row).to_contain_text("in this step")


def test_panels_stay_in_their_places(open_stage: Opener) -> None:
    page = open_stage(f"s=long&step={LAST_FORWARD + 20}")
    before = page.evaluate_handle(_FIGURE, "gradient out")
    page.keyboard.press("ArrowRight")
    at_frame(page, LAST_FORWARD + 20)
    assert page.evaluate("([caption, before]) => (" + _FIGURE + ")(caption) === before", ["gradient out", before])


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("in gap saved rule out", "in rule out more", ["gap", "saved"]),
        ("in rule first second", "in gap first rule second", ["rule"]),
        ("in gap first rule second", "in rule first second", ["gap", "rule"]),
        ("a b c", "c a b", ["c"]),
    ],
)
def test_what_stands_in_its_place_is_not_taken_out(
    open_stage: Opener, before: str, after: str, lost: list[str]
) -> None:
    page = open_stage("s=long&step=1")
    there, taken = page.evaluate(_CHILDREN, [before.split(), after.split()])
    assert (there, sorted(taken)) == (after.split(), lost)


def test_a_fact_that_comes_between_others_leaves_them_as_they_are(open_stage: Opener) -> None:
    page = open_stage("s=long&step=1")
    before = [("grad_fn", "`SinBackward0`"), ("dtype", "float32")]
    after = [("grad_fn", "`MulBackward0`"), ("saved", "self"), ("dtype", "float64")]
    others, listed = page.evaluate(_FACTS, [before, after])
    assert others == ["saved", "self"]
    assert listed == "grad_fnMulBackward0savedselfdtypefloat64"


def test_a_canvas_for_lights_is_there_when_something_is_lit(open_stage: Opener) -> None:
    page = open_stage(f"s=long&step={LAST_FORWARD + 20}")
    dark = page.evaluate(_CANVASES)
    assert set(dark) == {"te-base"}
    cells = plate(page, "gradient in").locator(".te-cells")
    cells.hover()
    expect(plate(page, "gradient in").locator("figure")).not_to_have_attribute("data-lit", "")
    assert page.evaluate(_CANVASES).count("te-overlay") > 0


def test_numbers_of_other_lengths_keep_the_memory_of_their_canvas(open_stage: Opener) -> None:
    page = open_stage(f"s=long&step={LAST_FORWARD + 20}")
    sizes = """([narrow, wide]) => {
      const { panel } = window.stage.grids[0];
      const { geometry, base } = panel;
      return [narrow, wide, narrow].map((width) => {
        panel.resize({ ...geometry, width });
        return [base.width, panel.box.clientWidth, base.getContext("2d").getTransform().a];
      });
    }"""
    assert page.evaluate(sizes, [300, 370]) == [[384, 300, 1], [384, 370, 1], [384, 300, 1]]


def test_who_does_not_wait_for_a_glide_is_there_at_once(open_stage: Opener) -> None:
    page = open_stage("s=long&step=100", motion="no-preference")
    page.wait_for_function("() => !window.stage.study.graph.field.gliding")
    gliding = "frame => { window.stage.timeline.go(frame); return window.stage.study.graph.field.gliding !== 0; }"
    assert page.evaluate(f"() => [104, 108].map({gliding})") == [True, False]
    there = page.evaluate(_CAMERA)
    page.wait_for_timeout(250)
    assert page.evaluate(_CAMERA) == there


def test_an_exported_program_is_scrolled_to_the_line_of_the_step(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "long.html").write_text(study_scenes.long(FRAMES).to_html(), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto((tmp_path / "long.html").as_uri())
    page.keyboard.press("Home")
    slider = page.get_by_test_id("timeline-slider")
    for step, text in ((39, "h = h + 39"), (2, "h = h + 2")):
        slider.evaluate("(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }", step)
        expect(page.locator(".te-now")).to_have_text(text)
        expect(page.locator(".te-now")).to_be_in_viewport(ratio=0.9)
    page.close()
