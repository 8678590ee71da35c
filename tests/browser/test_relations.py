"""From which cells a cell was made: lights, arrows, sums, ghosts, tables and the walk, on scenes made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
MAKERS = (
    scenes.gather, scenes.product, scenes.column_sums, scenes.broadcast, scenes.unwritten, scenes.large_sums,
    scenes.views, scenes.roots, scenes.without_values,
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("site"), {make.__name__: make() for make in MAKERS}) as address:
        yield address


def hover(page: Page, panel: str, cell: int) -> None:
    """Put the pointer on a cell, wherever the stage draws it."""
    x, y = page.evaluate(
        """([name, cell]) => {
            const view = window.stage.grids.find((view) => view.panel.figure.dataset.testid === name);
            view.panel.box.scrollIntoView({ block: "center" });
            const bounds = view.panel.base.getBoundingClientRect();
            const { x, y, w, h } = view.panel.geometry.rect(cell, { x: 0, y: 0, w: 0, h: 0 });
            return [bounds.left + x + w / 2, bounds.top + y + h / 2];
        }""",
        [panel, cell],
    )
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)


def grid(page: Page, number: int) -> Locator:
    return page.get_by_test_id(f"grid-{number}")


def arrows(page: Page) -> Locator:
    return page.locator(".te-arrow")


def test_row_and_column_of_a_product_light_up_and_are_summed(open_stage: Opener) -> None:
    page = open_stage("s=product")
    hover(page, "grid-2", 5)  # row 1, column 1
    expect(grid(page, 0)).to_have_attribute("data-used", "3 4 5")
    expect(grid(page, 1)).to_have_attribute("data-used", "1 5 9")
    expect(page.get_by_test_id("how")).to_have_text("c[1, 1] = Σₖ a[1, k] · b[k, 1] = 3·1 + 4·5 + 5·9 = 68.0")
    expect(page.get_by_test_id("formula")).to_contain_text("c[i, j] = Σₖ a[i, k] · b[k, j]")
    expect(arrows(page)).to_have_count(6)
    page.mouse.move(2, 2)
    expect(arrows(page)).to_have_count(0)


def test_a_result_that_equals_its_operand_by_chance_is_no_copy_of_it(open_stage: Opener) -> None:
    page = open_stage("s=roots")
    hover(page, "grid-1", 0)
    expect(page.get_by_test_id("how")).to_have_text("b[0] = sqrt(a[0]) = 1.0, from a[0] = 1.0")


def test_without_values_only_the_cells_are_named(open_stage: Opener) -> None:
    page = open_stage("s=without_values")
    hover(page, "grid-1", 1)
    expect(page.get_by_test_id("how")).to_have_text("b[1] = Σᵢ a[i, 1]: no value (meta)")


def test_what_is_no_finite_number_is_written_as_torch_does(open_stage: Opener) -> None:
    found = open_stage("s=product").evaluate(
        """async () => {
          const { short } = await import(new URL("stage/formula.js", location.href).href);
          return [Infinity, -Infinity, NaN, 1 / 3].map((value) => short(value, true).text);
        }"""
    )
    assert found == ["inf", "-inf", "nan", "0.3333"]


def test_an_operand_shows_what_it_feeds(open_stage: Opener) -> None:
    page = open_stage("s=product")
    hover(page, "grid-0", 0)
    expect(grid(page, 2)).to_have_attribute("data-fed", "0 1 2 3")
    expect(page.get_by_test_id("how")).to_have_text("feeds c[0, 0], c[0, 1], c[0, 2], c[0, 3]")
    expect(arrows(page)).to_have_count(4)


def test_gather_says_which_index_chose_which_cell(open_stage: Opener) -> None:
    page = open_stage("s=gather")
    hover(page, "grid-2", 0)
    expect(grid(page, 0)).to_have_attribute("data-used", "4")
    expect(grid(page, 1)).to_have_attribute("data-index", "0")
    expect(page.get_by_test_id("how").first).to_have_text("c[0][0] = a[b[0][0]][0]")
    expect(page.get_by_test_id("how").last).to_have_text("b[0, 0] = 2, so a[2, 0] = 40")
    expect(page.locator(".te-arrow-index")).to_have_count(1)
    expect(arrows(page)).to_have_count(2)


def test_the_keyboard_finds_and_says_the_same(open_stage: Opener) -> None:
    page = open_stage("s=product")
    cells = grid(page, 2).locator(".te-cells")
    cells.focus()
    page.keyboard.press("ArrowRight")
    expect(grid(page, 1)).to_have_attribute("data-used", "1 5 9")
    expect(page.locator('.te-stage > [aria-live="polite"]')).to_contain_text("0·1 + 1·5 + 2·9 = 23.0")


def test_pinned_relations_stay_until_escape(open_stage: Opener) -> None:
    page = open_stage("s=product")
    hover(page, "grid-2", 5)
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(2, 2)
    expect(arrows(page)).to_have_count(6)
    page.keyboard.press("Escape")
    expect(arrows(page)).to_have_count(0)


def test_a_dimension_that_disappears_has_an_arrow(open_stage: Opener) -> None:
    page = open_stage("s=column_sums")
    expect(grid(page, 0).locator(".te-dims")).to_have_attribute("data-dims", "0")
    expect(grid(page, 0).locator(".te-under")).to_have_text("dim=0 ↓ runs down the rows and disappears")
    height = grid(page, 0).bounding_box()
    page.keyboard.press("Home")
    expect(grid(page, 0).locator(".te-dims")).to_have_count(0)
    assert grid(page, 0).bounding_box() == height


def test_stretched_operands_have_ghosts_that_are_the_same_cells(open_stage: Opener) -> None:
    page = open_stage("s=broadcast")
    expect(grid(page, 0).locator(".te-under")).to_contain_text("read as (3, 4)")
    expect(grid(page, 0).locator(".te-under")).to_contain_text("96 B")
    ghost = page.evaluate("window.stage.grids[0].panel.geometry.full.rect(6, {})")  # row 1, column 2
    box = grid(page, 0).locator(".te-cells")
    box.hover(position={"x": ghost["x"] + ghost["w"] / 2, "y": ghost["y"] + ghost["h"] / 2})
    expect(grid(page, 0)).to_have_attribute("data-lit", "1")
    expect(page.get_by_test_id("readout")).to_contain_text("a[N=1, C=0] = 10")
    expect(grid(page, 2)).to_have_attribute("data-fed", "4 5 6 7")
    hover(page, "grid-2", 6)
    expect(page.get_by_test_id("how")).to_have_text("c[1, 2] = a[1, 0] + b[2] = 10 + 2 = 12")


def test_memory_that_was_never_written_is_no_fact(open_stage: Opener) -> None:
    page = open_stage("s=unwritten")
    hover(page, "grid-0", 1)
    expect(page.get_by_test_id("readout")).to_contain_text("a[0, 1]: undefined (memory never written)")
    expect(grid(page, 0).get_by_role("table")).to_contain_text("memory never written")


def test_a_table_stands_beside_its_step_and_its_change_runs(open_stage: Opener) -> None:
    page = open_stage("s=product")
    table = page.get_by_test_id("table-0")
    expect(table).to_contain_text("Shapes of a @ b")
    expect(table.locator(".te-marked")).to_have_count(2)
    expect(table).to_contain_text("Check this")
    table.get_by_role("button", name="b.t()").click()
    assert page.evaluate("runs") == ["c = a @ b.t()"]
    page.keyboard.press("Home")
    expect(table).to_have_count(0)


def test_a_walk_goes_through_the_storage(open_stage: Opener) -> None:
    page = open_stage("s=views", motion="reduce")
    page.get_by_test_id("grid-2").get_by_role("button", name="walk").click()
    walk = page.get_by_test_id("walk")
    expect(walk).to_contain_text("[0, 0] → 0 + 0·1 + 0·3 = element 0 of storage A")
    page.keyboard.press("ArrowRight")
    expect(walk).to_contain_text("[0, 1] → 0 + 0·1 + 1·3 = element 3 of storage A")
    expect(page.get_by_test_id("strip-A")).to_have_attribute("data-lit", "3")
    page.keyboard.press("Escape")
    expect(walk).to_be_hidden()
    expect(page.get_by_test_id("grid-2").get_by_role("button", name="walk")).to_be_focused()


def test_lighting_ten_thousand_cells_stays_within_a_frame(open_stage: Opener) -> None:
    page = open_stage("s=large_sums")
    hover(page, "grid-1", 40)
    expect(grid(page, 0)).to_have_attribute("data-used", " ".join(str(100 * row + 40) for row in range(100)))
    expect(page.get_by_test_id("how")).to_contain_text("… 93 more …")
    expect(arrows(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["product", "gather", "broadcast"])
def test_axe_finds_nothing_grave(open_stage: Opener, name: str, scheme: Literal["light", "dark"]) -> None:
    page = open_stage(f"s={name}", scheme=scheme)
    hover(page, "grid-2", 0)
    found = Axe().run(page).response["violations"]
    grave = [violation for violation in found if violation["impact"] in ("serious", "critical")]
    assert [(violation["id"], [node["target"] for node in violation["nodes"]]) for violation in grave] == []


def test_an_exported_page_says_the_same(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "product.html").write_text(scenes.product().to_html(), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "product.html").as_uri())
    grid(page, 2).locator(".te-cells").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("how")).to_contain_text("0·1 + 1·5 + 2·9 = 23.0")
    expect(arrows(page)).to_have_count(6)
    expect(page.get_by_test_id("table-0").get_by_role("button")).to_have_count(0)
    page.close()


def test_a_narrow_window_has_no_sideways_scroll(open_stage: Opener) -> None:
    page = open_stage("s=product", width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


OUTLINES = """async ({ columns, cells }) => {
  const { paintLinks } = await import("/stage/links.js");
  const boxes = [];
  const known = { strokeRect: (...box) => boxes.push(box) };
  const ctx = new Proxy(known, { get: (target, name) => target[name] ?? (() => {}), set: () => true });
  const place = (cell) => ({ x: 5 * (cell % columns), y: 5 * Math.floor(cell / columns), w: 5, h: 5 });
  const rect = (cell, one) => Object.assign(one, place(cell));
  paintLinks(ctx, { rect, line: columns }, { used: [], index: [], fed: cells }, { link: "", background: "" });
  return boxes.filter((_, k) => k % 2).map(([x, y, w, h]) => [x, y, w + 1, h + 1].map((size) => size / 5));
}"""


def test_very_many_cells_are_outlined_as_rectangles(open_stage: Opener) -> None:
    page = open_stage("s=product")

    def outlines(cells: list[int]) -> list[list[float]]:
        found: list[list[float]] = page.evaluate(OUTLINES, {"columns": 64, "cells": cells})
        return found

    assert outlines(list(range(64 * 64))) == [[0, 0, 64, 64]]
    column = [64 * row + 3 for row in range(400)]
    assert outlines(column) == [[3, 0, 1, 400]]
    apart = [64 * row + k for row in (0, 2) for k in range(64)] + [
        64 * row + k for row in range(4, 9) for k in range(40)
    ]
    assert outlines(apart) == [[0, 0, 64, 1], [0, 2, 64, 1], [0, 4, 40, 5]]
    assert outlines([0, 1]) == [[0, 0, 1, 1], [1, 0, 1, 1]]  # a few each
