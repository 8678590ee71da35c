"""Layers that normalise one tensor, or views of it, beside each other."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import norm_scenes
from tests.browser.norm_page import group, numbers, point
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: norm_scenes.scene(name) for name in ("compared", "turned", "reshaped")}
    drawn["all_beside"] = norm_scenes.scene("several", beside=-3)
    drawn["four_beside"] = norm_scenes.scene("four", beside=-3)
    drawn["apart"] = norm_scenes.scene("several", beside=3)
    with serving(tmp_path_factory.mktemp("site"), drawn) as address:
        yield address


def test_two_layers_stand_beside_each_other_on_one_tensor(open_stage: Opener) -> None:
    page = open_stage("s=compared")
    point(page, "norm-input", 40)  # x[1, 0, 1, 1]
    assert [group(page, part) for part in ("norm-input", "norm-result-0", "norm-result-1")] == ["0", "0", "1"]
    expect(page.get_by_test_id("norm-way").locator("p")).to_have_count(2)
    z = norm_scenes.values("compared", "z")
    assert numbers(page.get_by_test_id("norm-way").locator("p").last.inner_text())[-1] == pytest.approx(
        z[1, 0, 1, 1].item(), rel=1e-3
    )
    page.get_by_role("button", name="LayerNorm", exact=True).click()
    point(page, "norm-input", 40)
    assert group(page, "norm-input") == "1"
    expect(page.get_by_test_id("norm-statistics")).to_contain_text("Statistics · LayerNorm")
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "beside": 1, "group": 0, "focus": 1}
    page.get_by_test_id("norm-beside").select_option("nothing")
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "beside": -2, "group": 0, "focus": 0}


def test_all_layers_on_one_tensor_stand_beside_each_other(open_stage: Opener) -> None:
    page = open_stage("s=all_beside")
    results = ("norm-result-0", "norm-result-1", "norm-result-2")
    point(page, "norm-input", 40)  # x[1, 0, 1, 1]: channel 0, sample 1, channels 0–1 of sample 1
    assert [group(page, part) for part in results] == ["0", "1", "2"]
    for line, name in zip(page.get_by_test_id("norm-way").locator("p").all(), ("y", "z", "w"), strict=True):
        value = norm_scenes.values("several", name)[1, 0, 1, 1].item()
        assert numbers(line.inner_text())[-1] == pytest.approx(value, rel=1e-3)
    beside = page.get_by_test_id("norm-beside")
    assert beside.locator("option:checked").inner_text() == "all 2"
    page.get_by_role("button", name="GroupNorm", exact=True).click()
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "beside": -3, "group": 0, "focus": 2}
    expect(page.get_by_test_id("norm-statistics")).to_contain_text("sample 0 · channels 2–3")
    beside.select_option(index=1)
    assert page.evaluate("window.asked.pop()")["beside"] == 1


def test_a_layer_on_another_tensor_can_be_taken_away_again(open_stage: Opener) -> None:
    page = open_stage("s=apart")
    beside = page.get_by_test_id("norm-beside")
    assert "LayerNorm" in beside.locator("option:checked").inner_text()
    beside.select_option("nothing")
    assert page.evaluate("window.asked.pop()")["beside"] == -2


def test_a_click_in_the_second_layers_panel_is_about_its_own_group(open_stage: Opener) -> None:
    page = open_stage("s=compared")
    point(page, "norm-result-1", 40)  # z[1, 0, 1, 1]: sample 1, channel 0
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "beside": 1, "group": 1, "focus": 1}
    expect(page.get_by_test_id("norm-statistics")).to_contain_text("Statistics · LayerNorm")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".te-what").last).to_contain_text("In sample 1: √(")
    charted = norm_scenes.scene("compared", focus=1, group=1).charts
    assert "sample 1" in charted[0].title
    # the same cell in the first layer's panel: its channel
    point(page, "norm-result-0", 40 - 36)
    page.mouse.down()
    page.mouse.up()
    asked = page.evaluate("window.asked.pop()")
    assert (asked["group"], asked["focus"]) == (0, 0)


def test_a_cell_is_found_again_where_dimensions_stand_in_another_order(open_stage: Opener) -> None:
    page = open_stage("s=turned")
    point(page, "norm-input", 12 + 3 * 3 + 1)  # [1, 3, 1] of N, C, L
    expect(page.get_by_test_id("norm-result-1")).to_have_attribute("data-cell", str(12 + 1 * 4 + 3))
    assert [group(page, f"norm-result-{k}") for k in (0, 1)] == ["3", "4"]
    y, z = norm_scenes.values("turned", "y"), norm_scenes.values("turned", "z")
    said = [numbers(line)[-1] for line in page.get_by_test_id("norm-way").locator("p").all_inner_texts()]
    assert said == pytest.approx([y[1, 3, 1].item(), z[1, 1, 3].item()], rel=1e-3)


def test_a_cell_is_found_again_in_a_view_of_another_shape(open_stage: Opener) -> None:
    page = open_stage("s=reshaped")
    point(page, "norm-input", (1 * 4 + 3) * 9 + 7)  # [1, 3, 7] of N, C, L is x[1, 3, 2, 1]
    expect(page.get_by_test_id("norm-result-1")).to_have_attribute("data-cell", str((1 * 9 + 2 * 3 + 1) * 4 + 3))
    assert [group(page, f"norm-result-{k}") for k in (0, 1)] == ["3", str(9 + 2 * 3 + 1)]
    y, z = norm_scenes.values("reshaped", "y"), norm_scenes.values("reshaped", "z")
    said = [numbers(line)[-1] for line in page.get_by_test_id("norm-way").locator("p").all_inner_texts()]
    assert said == pytest.approx([y[1, 3, 7].item(), z[1, 2, 1, 3].item()], rel=1e-3)
    point(page, "norm-result-1", 5 * 4 + 2)  # [0, 1, 2, 2] of N, H, W, C is x[0, 2, 1, 2]
    expect(page.get_by_test_id("norm-input")).to_have_attribute("data-cell", str(2 * 9 + 5))


@pytest.mark.parametrize(
    ("name", "count", "width"),
    [*(("four_beside", 5, width) for width in (1440, 1070, 1024, 800)), ("compared", 3, 760), ("compared", 3, 700)],
)
def test_panels_are_whole_and_their_headings_apart(open_stage: Opener, name: str, count: int, width: int) -> None:
    page = open_stage(f"s={name}", width=width)
    panels = page.locator(".te-norm-panel")
    expect(panels).to_have_count(count)
    sides = page.evaluate("window.stage.layer.panels.map(({ geometry }) => geometry.cw)")
    assert min(sides) >= 6  # there is something to point at
    cut = panels.evaluate_all(
        "(all) => all.map((one) => one.querySelector('.te-scroll').scrollWidth - one.clientWidth)"
    )
    assert max(cut) <= 0
    boxes = [box for box in (one.bounding_box() for one in panels.locator("figcaption").all()) if box]
    for one, other in itertools.combinations(boxes, 2):
        apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        assert apart or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
