"""What lies over the maps of a recurrent layer as time goes on, and panels that nobody sees meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import recurrent_scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

# at each step of a timeline: what lies over a map, in its columns and rows; what is seen of it
_COVERED = """async (name) => {
  const { stage } = window;
  const panel = stage.layer.strip.panels.find(({ map }) => map.name === name);
  const told = [];
  for (let frame = 0; frame < stage.scene.frames.length; frame += 1) {
    stage.timeline.go(frame);
    const { cell, row, left, top } = panel.geometry;
    const ground = panel.base.getBoundingClientRect();
    const over = (element) => {
      if (getComputedStyle(element).visibility === "hidden") return null;
      const box = element.getBoundingClientRect();
      const columns = [box.left, box.right].map((x) => (x - ground.left - left) / cell);
      const rows = [box.top, box.bottom].map((y) => (y - ground.top - top) / row);
      return [...columns, ...rows].map(Math.round);
    };
    const { early, late, now, cell: chosen } = panel.cover;
    told.push({ ...stage.layer.moment, rank: stage.layer.view.rank(name),
      at: stage.layer.view.rank(stage.layer.moment.phase),
      early: over(early), late: over(late), now: over(now), chosen: over(chosen), painted: !panel.overlay.hidden });
  }
  return told;
}"""
# what a panel says right after a step
_STEPPED = """(frame) => {
  window.stage.timeline.go(frame);
  return window.stage.root.querySelector("[data-testid=rec-line-h]").dataset.now;
}"""
_IN_SIGHT = "() => ![...window.stage.layer.sight.hidden].some((panel) => panel.matches('[data-testid=rec-lines]'))"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {
        "lstm": recurrent_scenes.scene("lstm"),
        "reverse": recurrent_scenes.scene("backwards", reverse=1),
        "short_item": recurrent_scenes.scene("packed", item=2),
    }
    with serving(tmp_path_factory.mktemp("site"), drawn) as address:
        yield address


def _wanted(found: dict[str, Any], units: int, known: int, *, reverse: bool) -> dict[str, Any]:
    """Return what has to lie over the map of a gate or state: its phase is computed at a time, or it is not yet."""
    t, is_computed = found["t"], found["at"] >= found["rank"]
    first, last = (t if is_computed else t + 1, known) if reverse else (0, t + is_computed)
    return {
        "early": [0, first, 0, units] if first > 0 else None,
        "late": [last, known, 0, units] if last < known else None,
        "now": [t, t + 1, 0, units] if is_computed else None,
        "chosen": [t, t + 1, 0, 1] if is_computed else None,
    }


@pytest.mark.parametrize("name", ["lstm", "reverse", "short_item"])
@pytest.mark.parametrize("of", ["i", "c", "h"])
def test_what_is_not_computed_yet_is_veiled_and_the_present_is_framed(open_stage: Opener, name: str, of: str) -> None:
    page = open_stage(f"s={name}", motion="reduce")
    units, known = page.evaluate(
        "() => [window.stage.layer.view.opened.hidden_size, window.stage.layer.view.opened.steps]"
    )
    steps = page.evaluate(_COVERED, of)
    assert len(steps) >= 6 * known
    for found in steps[: 6 * known]:
        wanted = _wanted(found, units, known, reverse=name == "reverse")
        assert {key: found[key] for key in wanted} == wanted, found


def test_steps_paint_nothing_over_the_maps_and_pointing_does(open_stage: Opener) -> None:
    page = open_stage("s=lstm", motion="reduce")
    assert not any(found["painted"] for found in page.evaluate(_COVERED, "f"))
    overlay = page.get_by_test_id("map-f").locator("canvas.te-overlay")
    expect(overlay).to_be_hidden()
    page.get_by_test_id("map-f").locator(".te-cells").hover()
    expect(overlay).to_be_visible()
    page.mouse.move(2, 2)
    expect(overlay).to_be_hidden()


def _open_low(open_stage: Opener) -> Page:
    """Open a page whose lines of units lie far below the window."""
    page = open_stage("s=lstm", motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 300})
    page.evaluate("() => window.scrollTo(0, 0)")
    page.wait_for_function("() => window.stage.layer.sight.hidden.size > 0")
    return page


def test_a_panel_out_of_sight_is_told_when_steps_rest(open_stage: Opener) -> None:
    page = _open_low(open_stage)
    before = page.get_by_test_id("rec-line-h").get_attribute("data-now")
    assert page.evaluate(_STEPPED, 24) == before != "4"
    expect(page.get_by_test_id("rec-line-h")).to_have_attribute("data-now", "4")  # frame 24 of six phases each


def test_a_panel_that_comes_into_sight_is_told_at_once(open_stage: Opener) -> None:
    page = _open_low(open_stage)
    page.evaluate("() => { window.stage.layer.sight.resting.ask = () => {}; }")  # steps never rest
    before = page.get_by_test_id("rec-line-h").get_attribute("data-now")
    assert page.evaluate(_STEPPED, 24) == before
    page.get_by_test_id("rec-line-h").scroll_into_view_if_needed()
    expect(page.get_by_test_id("rec-line-h")).to_have_attribute("data-now", "4")
    page.wait_for_function(_IN_SIGHT)
    assert page.evaluate(_STEPPED, 36) == "6"
