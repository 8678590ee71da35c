"""Tables that say other numbers stay where they are; lines under a picture keep the room that they once had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.app import App
    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

# one table over the other: which elements stay, what it says then, and what a click does
_PATCH = """async ({ before, after }) => {
  const { node } = await import(new URL("stage/dom.js", location.href).href);
  const { patchChildren } = await import(new URL("stage/patch.js", location.href).href);
  const clicked = [];
  const row = ([mark, ...cells]) => node("tr", { "data-mark": mark, onclick: () => clicked.push(mark) },
    ...cells.map((cell) => node(cell.startsWith("*") ? "th" : "td", { title: cell.length > 3 ? cell : null }, cell)));
  const body = node("tbody");
  document.body.append(node("table", {}, body));
  patchChildren(body, before.map(row));
  const old = [...body.children];
  patchChildren(body, after.map(row));
  for (const one of body.children) one.click();
  const fresh = node("tbody", {}, ...after.map(row));
  const stayed = [...body.children].filter((one) => old.includes(one)).length;
  return { same: body.isEqualNode(fresh), stayed, clicked };
}"""
# words and code over other words and code: which elements stay, and what stands there then
_PATCH_WORDS = """async ({ before, after }) => {
  const { inlineCode } = await import(new URL("stage/messages.js", location.href).href);
  const { patchChildren } = await import(new URL("stage/patch.js", location.href).href);
  const line = document.body.appendChild(document.createElement("p"));
  patchChildren(line, inlineCode(before));
  const old = [...line.children];
  patchChildren(line, inlineCode(after));
  const { textContent } = line;
  const now = [...line.children];
  const stayed = now.filter((one) => old.includes(one)).length;
  return { textContent, code: now.map((one) => one.textContent), stayed };
}"""
_LOWER = """(most) => {
  const pierce = (root) => root.querySelector("[data-testid=readout]")
    ?? [...root.querySelectorAll("*")].map((host) => host.shadowRoot && pierce(host.shadowRoot)).find(Boolean);
  return pierce(document).offsetHeight < most;
}"""
PRODUCT = "import torch\nrow = torch.arange(1, 5)\ntable = torch.tensor([[1], [2], [3]]) * row\n"
TABLES = [
    [],
    [["a", "*x", "1", "2"]],
    [["a", "*x", "1", "three"], ["b", "*y", "2"]],
    [["c", "x", "*1"], ["d", "*y", "2", "4"], ["e"]],
]
SENTENCES = ["", "No code.", "`x` is `y`", "of `x.sum()`, a number"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the stage's modules."""
    with serving(tmp_path_factory.mktemp("site"), {"any": scenes.broadcast()}) as address:
        yield address


@pytest.mark.parametrize("before", TABLES, ids=range(len(TABLES)))
@pytest.mark.parametrize("after", TABLES, ids=range(len(TABLES)))
def test_a_patched_table_is_the_new_one(open_stage: Opener, before: list[Any], after: list[Any]) -> None:
    page = open_stage("s=any")
    found = page.evaluate(_PATCH, {"before": before, "after": after})
    assert found["same"]
    assert found["stayed"] == min(len(before), len(after))
    assert found["clicked"] == [row[0] for row in after]


@pytest.mark.parametrize("before", SENTENCES)
@pytest.mark.parametrize("after", SENTENCES)
def test_patched_words_are_the_new_ones(open_stage: Opener, before: str, after: str) -> None:
    found = open_stage("s=any").evaluate(_PATCH_WORDS, {"before": before, "after": after})
    assert found["textContent"] == after.replace("`", "")
    assert found["code"] == after.split("`")[1::2]
    assert found["stayed"] == min(before.count("`"), after.count("`")) // 2


@pytest.fixture
def app(same_tab: App) -> App:
    return same_tab


def _height(page: Page) -> float:
    return float(page.get_by_test_id("readout").evaluate("(box) => box.offsetHeight"))


def test_the_lines_under_a_picture_keep_their_room(app: App) -> None:
    page, errors = app.page, []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": 390, "height": 800})
    app.open(PRODUCT, page="broadcasting")
    how = page.get_by_test_id("how")
    expect(page.get_by_test_id("readout")).to_contain_text("every cell")
    before = _height(page)
    app.hover_cell(app.grid(2), (3, 4), (2, 1))
    expect(how).to_have_count(1)
    hovered = _height(page)
    assert hovered > before  # else there is no room to keep
    app.leave_cells()
    expect(how).to_have_count(0)
    assert _height(page) == hovered
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.wait_for_function(_LOWER, arg=hovered)
    assert errors == []
