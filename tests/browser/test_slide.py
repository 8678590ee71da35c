"""The stage of a layer that slides a window: what it draws and lights up, beside what torch says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import scenes, slide_scenes
from tests.browser.slide_page import marked, numbers, point
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: slide_scenes.scene(name) for name in slide_scenes.PROGRAMS}
    with serving(tmp_path_factory.mktemp("site"), {**drawn, "views": scenes.views()}) as address:
        yield address


@pytest.mark.parametrize("name", ["strided", "reflected", "pooled", "stretched"])
def test_cells_light_up_what_torch_says_depends_on_them(open_stage: Opener, name: str) -> None:
    page = open_stage(f"s={name}")
    depends = slide_scenes.depends(name, 0)[:, 0, 0]
    windows = slide_scenes.scene(name).layers.windows  # type: ignore[union-attr]
    assert windows is not None
    sources = [np.asarray(reach.source) for reach in windows.dims]
    columns = len(sources[1])
    for o in (0, len(depends) // 2, len(depends) - 1):
        point(page, "slide-output", o)
        expect(page.get_by_test_id("slide-output")).to_have_attribute("data-lit", str(o))
        read = {divmod(cell, columns) for cell in marked(page, "slide-input-0", "used")}
        found = {(int(sources[0][r]), int(sources[1][c])) for r, c in read if sources[0][r] >= 0 and sources[1][c] >= 0}
        assert found == {(int(r), int(c)) for r, c in np.argwhere(depends[o])}
    for r, c in ((0, 0), (1, 1), (2, 1)):
        cell = int(np.flatnonzero(sources[0] == r)[-1]) * columns + int(np.flatnonzero(sources[1] == c)[-1])
        point(page, "slide-input-0", cell)
        expect(page.get_by_test_id("slide-readout")).to_contain_text("feeds")
        assert marked(page, "slide-output", "fed") == set(np.flatnonzero(depends[:, r, c]).tolist())


def test_a_weight_lights_up_all_the_products_that_it_takes_part_in(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    point(page, "slide-kernel-1", 5)
    expect(page.get_by_test_id("slide-readout")).to_contain_text("weight[0, 1, 1, 2]")
    assert marked(page, "slide-input-1", "used") == set(slide_scenes.windows(7, 3, 2)[5].tolist())
    assert marked(page, "slide-input-0", "used", some=False) == set()
    assert marked(page, "slide-output", "fed") == set(range(9))


def test_time_walks_the_outputs_and_stands_in_the_link(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    expect(page.get_by_text("output 1 of 9")).to_be_visible()
    assert page.get_by_test_id("slide-output").get_attribute("data-later") == "8"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("output 2 of 9")).to_be_visible()
    point(page, "slide-output", 7)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("output 8 of 9")).to_be_visible()
    page.wait_for_url("**step=8**")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", "0")


def test_cells_are_reached_and_read_out_by_the_keyboard(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    page.get_by_test_id("slide-input-0").locator(".te-cells").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".te-hidden[aria-live='polite']")).to_contain_text("x[0, 0, 1, 0] = ")
    assert page.get_by_test_id("slide-output").get_attribute("data-fed")
    table = page.get_by_test_id("slide-terms-0").locator("table")
    expect(table).to_contain_text("products")


def test_a_channel_is_chosen_and_a_weight_is_changed_in_the_picture(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    page.get_by_test_id("slide-channel-2").click()
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "channel": 2, "item": 0}
    page.get_by_test_id("slide-kernel-1").locator(".te-cells").focus()
    for key in ("Home", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.get_by_test_id("weight-field").fill("1.5")
    page.keyboard.press("Enter")
    wanted = {"kind": "weight", "weight": "conv.weight", "index": [0, 1, 0, 1], "value": "1.5"}
    assert page.evaluate("window.asked.pop()") == wanted
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("window.asked") == []


def test_what_is_no_number_stays_in_the_field_of_a_weight_with_a_word_why(open_stage: Opener) -> None:
    page = open_stage("s=strided")
    page.get_by_test_id("slide-kernel-1").locator(".te-cells").focus()
    for key in ("Home", "Enter"):
        page.keyboard.press(key)
    field = page.get_by_test_id("weight-field")
    for junk in ("abc", "1,5", "1/3", "-"):
        field.fill(junk)
        field.press("Enter")
        expect(page.get_by_test_id("weight-refusal")).to_contain_text(f"'{junk}' is not a number")
        expect(field).to_have_value(junk)
        expect(field).to_be_focused()
    assert page.evaluate("window.asked") == []
    for number in ("1e-3", ".5", "-inf", "2.", "1+2j"):
        field.fill(number)
        expect(page.get_by_test_id("weight-refusal")).to_be_empty()
        field.press("Enter")
        assert page.evaluate("window.asked.pop()")["value"] == number
        page.keyboard.press("Enter")
    field.fill("abc")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(page.get_by_test_id("weight-refusal")).to_have_count(0)


def test_windows_beyond_the_kept_ones_are_asked_for(open_stage: Opener) -> None:
    page = open_stage("s=large")
    layers = slide_scenes.scene("large").layers
    assert layers is not None
    assert layers.windows is not None
    kept, outputs = layers.windows.products.count, 296
    expect(page.get_by_test_id("slide-output")).to_contain_text(f"of {outputs} × {outputs}")
    expect(page.get_by_test_id("slide-part")).to_contain_text(f"rows 0 to {kept[0] - 1} of {outputs}")
    expect(page.get_by_test_id("slide-checks")).not_to_contain_text("over all")
    columns = page.evaluate(
        "window.stage.slide.panels.find((one) => one.picture.testid === 'slide-output').picture.area.spatial[1]"
    )
    for row, column in ((kept[0] + 40, 3), (100, kept[1] + 60)):
        point(page, "slide-output", row * columns + column)
        page.mouse.down()
        page.mouse.up()
        asked = page.evaluate("window.asked.pop()")
        (lit,) = marked(page, "slide-output", "lit")  # cells are about a pixel wide
        wanted = [max(0, at - count // 2) for at, count in zip(divmod(lit, columns), kept, strict=True)]
        assert [asked["row"], asked["column"]] == wanted
        page.keyboard.press("Escape")
    page.get_by_test_id("slide-rows-after").click()
    asked = page.evaluate("window.asked.pop()")
    assert (asked["row"], asked["column"]) == (kept[0], 0)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    asked = page.evaluate("window.asked.pop()")
    assert (asked["row"], asked["column"]) == (0, kept[1])
    page.get_by_test_id("slide-channel-1").click()
    asked = page.evaluate("window.asked.pop()")
    assert (asked["channel"], asked["row"], asked["column"]) == (1, 0, 0)


def test_slabs_of_volumes_have_numbers_in_as_many_lines_as_they_need(open_stage: Opener) -> None:
    page = open_stage("s=volume&step=13")
    shown = page.evaluate(
        "window.stage.slide.panels.filter((one) => !one.picture.fit.geometry.numbers).map((one) => one.picture.testid)"
    )
    assert shown == []
    point(page, "slide-input-0", 5 * 49 + 48)  # of the last slab, which stands in the last line
    assert marked(page, "slide-input-0", "lit") == {5 * 49 + 48}


def test_output_padding_reaches_whole_rows_and_columns(open_stage: Opener) -> None:
    page = open_stage("s=stretched")
    extra = page.evaluate(
        """() => {
      const { area, look } = window.stage.slide.panels[0].picture;
      return Array.from({ length: area.count }, (_, cell) => cell).filter((cell) => look.pattern(cell) === "extra");
    }"""
    )
    side = 8
    assert extra == [cell for cell in range(side * side) if cell // side == side - 1 or cell % side == side - 1]


def test_channels_of_a_series_are_rows_with_pages(open_stage: Opener) -> None:
    page = open_stage("s=series")
    assert len(numbers(page, "slide-input-0")) == 12 * 10
    page.get_by_test_id("slide-more").click()
    x = slide_scenes.values("series", "x")
    assert numbers(page, "slide-input-12")[:10] == pytest.approx(x[0, 12].tolist(), rel=1e-4)
    expect(page.get_by_text("input channels 12 to 23 of 30 channels")).to_be_visible()


def test_a_cell_of_a_map_outlines_what_it_sees_and_layers_open(open_stage: Opener) -> None:
    page = open_stage("s=stacked")
    stop = page.get_by_test_id("slide-stops").locator("li").filter(has_text="MaxPool2d")
    stop.locator("canvas").first.hover()
    expect(page.get_by_test_id("slide-stops").locator(".te-slide-field-box")).to_be_visible()
    expect(page.locator(".te-slide-told")).to_contain_text("of the input")
    stop.get_by_role("button").click()
    assert page.evaluate("window.asked.pop()")["layer"] == 2


def test_a_program_that_fails_keeps_the_last_picture(open_stage: Opener) -> None:
    page = open_stage("s=strided&step=6")
    page.evaluate("window.show('failed')")
    expect(page.get_by_test_id("error")).to_contain_text("9 × 9")
    for place in (".te-slide-picture", ".te-cards", ".te-facts"):
        expect(page.locator(place)).to_have_css("opacity", "0.45")
    assert marked(page, "slide-input-0", "window") == set(slide_scenes.windows(7, 3, 2)[:, 5].tolist())
    page.evaluate("window.show('strided')")
    expect(page.get_by_test_id("error")).to_have_count(0)
    expect(page.get_by_text("output 6 of 9")).to_be_visible()


def test_other_pages_do_without_its_modules(open_stage: Opener) -> None:
    page = open_stage("s=views")
    loaded = "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.includes('slide'))"
    assert page.evaluate(loaded) == []
    page.evaluate("window.show('pooled')")
    expect(page.get_by_test_id("slide-output")).to_be_visible()
    page.evaluate("window.show('views')")
    expect(page.get_by_test_id("grid-2")).to_be_visible()
    expect(page.get_by_test_id("slide-output")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["stacked", "reflected"])
def test_nothing_is_wrong_for_assistive_tools(open_stage: Opener, name: str, scheme: str) -> None:
    page = open_stage(f"s={name}", scheme="dark" if scheme == "dark" else "light", motion="reduce")
    found = Axe().run(page, context=[[".te-slide"]]).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_of_the_page(open_stage: Opener, width: int) -> None:
    page = open_stage("s=reflected", width=width)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("name", ["whole", "stretched", "single"])
def test_the_words_above_a_small_input_stay_in_one_line(open_stage: Opener, name: str, width: int) -> None:
    page = open_stage(f"s={name}", width=width)
    panel = page.get_by_test_id("slide-input-0")
    box, words = panel.bounding_box(), panel.locator(".te-slide-facts").bounding_box()
    assert box is not None
    assert words is not None
    assert words["height"] < 20
    assert words["x"] + words["width"] <= box["x"] + box["width"] + 1
    expect(panel.locator(".te-slide-facts")).to_contain_text("in channel 0")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_words_above_a_kernel_that_is_read_backwards_stay_in_one_line(open_stage: Opener, width: int) -> None:
    page = open_stage("s=doubled", width=width)
    panel = page.get_by_test_id("slide-kernel-0")
    box, words = panel.bounding_box(), panel.locator(".te-slide-facts").bounding_box()
    assert box is not None
    assert words is not None
    assert words["height"] < 20
    assert words["x"] + words["width"] <= box["x"] + box["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_series_of_one_channel_has_numbers_in_its_products(open_stage: Opener, width: int) -> None:
    page = open_stage("s=days", width=width)
    shown = page.evaluate(
        "window.stage.slide.panels.map((one) => [one.picture.part, Boolean(one.picture.fit.geometry.numbers)])"
    )
    assert dict(shown)["kernel"]
    assert dict(shown)["product"]
    kernel, terms = (page.get_by_test_id(f"slide-{part}-0").bounding_box() for part in ("kernel", "terms"))
    assert kernel is not None
    assert terms is not None
    assert kernel["x"] + kernel["width"] < terms["x"]


def test_a_narrow_page_has_numbers_in_small_kernels_and_products(open_stage: Opener) -> None:
    page = open_stage("s=single", width=390)
    shown = page.evaluate("window.stage.slide.panels.map((one) => Boolean(one.picture.fit.geometry.numbers))")
    assert shown == [True] * len(shown)
    kernel, terms = (page.get_by_test_id(f"slide-{part}-0").bounding_box() for part in ("kernel", "terms"))
    assert kernel is not None
    assert terms is not None
    assert kernel["x"] + kernel["width"] < terms["x"]


def test_kernels_of_long_numbers_stand_beside_a_small_input(open_stage: Opener) -> None:
    page = open_stage("s=precise", width=1120)
    boxes = [page.get_by_test_id(f"slide-{part}-0").bounding_box() for part in ("input", "kernel", "terms")]
    left, middle, right = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert left[1] < middle[0] < middle[1] < right[0]


def test_an_exported_page_draws_it_without_any_server(open_stage: Opener, tmp_path: Path) -> None:
    path = tmp_path / "exported.html"
    path.write_text(replace(slide_scenes.scene("strided"), opens_on=4).to_html(), encoding="utf-8")
    page = open_stage("s=views")
    page.goto(path.as_uri())
    expect(page.get_by_text("output 5 of 9")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_text("output 9 of 9")).to_be_visible()
    assert marked(page, "slide-output", "window") == {8}
