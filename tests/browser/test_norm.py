"""The stage of a layer that normalises: groups, phases and numbers, beside what torch says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from torch import nn
from torch.autograd.functional import jacobian

from tests.browser import norm_scenes, scenes
from tests.browser.norm_page import group, numbers, point
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

# which cells have a part in the statistics of each cell: cells × cells
_TOGETHER = """() => {
  const { view } = window.stage.layer.panels[0].picture;
  const cells = Array.from({ length: window.stage.layer.panels[0].geometry.count }, (_, cell) => view.indexOf(cell));
  const inside = ({ low, high }, index) => index.every((i, d) => i >= low[d] && i < high[d]);
  return cells.map((index) => cells.map((other) => inside(view.model.boxAt(index), other)));
}"""
LAYERS: dict[str, nn.Module] = {
    "batch": nn.BatchNorm2d(4),
    "grouped": nn.GroupNorm(3, 6),
    "text": nn.LayerNorm(6),
    "volume": nn.BatchNorm3d(2),
    "response": nn.LocalResponseNorm(3, alpha=1.0),
    "root": nn.RMSNorm(8),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: norm_scenes.scene(name) for name in norm_scenes.PROGRAMS}
    drawn["large_between"] = norm_scenes.scene("large", between=1)
    with serving(tmp_path_factory.mktemp("site"), {**drawn, "views": scenes.views()}) as address:
        yield address


def depends(layer: nn.Module, x: torch.Tensor) -> npt.NDArray[np.bool_]:
    """Return which cells of x each cell of the result depends on."""
    double = layer.double()
    found = jacobian(double, x.double(), vectorize=True).reshape(x.numel(), x.numel())  # type: ignore[no-untyped-call]
    return np.asarray(found.abs() > 1e-9)


@pytest.mark.parametrize("name", LAYERS)
def test_groups_are_the_cells_that_torch_says_depend_on_each_other(open_stage: Opener, name: str) -> None:
    page = open_stage(f"s={name}")
    assert np.array_equal(np.asarray(page.evaluate(_TOGETHER)), depends(LAYERS[name], norm_scenes.values(name, "x")))


def test_a_cells_way_has_the_numbers_of_torch(open_stage: Opener) -> None:
    page = open_stage("s=batch")
    x, y = norm_scenes.values("batch", "x"), norm_scenes.values("batch", "y")
    mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    for n, c, h, w in ((1, 0, 0, 2), (2, 3, 2, 2)):
        point(page, "norm-input", ((n * 4 + c) * 3 + h) * 3 + w)
        way = page.get_by_test_id("norm-way").inner_text().partition(f"x[{n},{c},{h},{w}] = ")[2]
        hat = (x[n, c, h, w] - mean[c]) / (variance[c] + 1e-5).sqrt()
        wanted = [x[n, c, h, w], mean[c], x[n, c, h, w] - mean[c], variance[c], hat, y[n, c, h, w]]
        said = numbers(re.sub("[₀-₉]", "", way).partition("· difference")[0])
        assert (said[4], said[6:8]) == (1e-5, [1, 0])
        assert [*said[:4], said[5], said[8]] == pytest.approx([number.item() for number in wanted], rel=1e-3)
        assert group(page, "norm-input") == group(page, "norm-result-0") == str(c)
        row = page.get_by_test_id(f"norm-group-{c}").locator("xpath=ancestor::tr")
        expect(row).to_have_attribute("data-active", "true")
        unbiased, running = x.var((0, 2, 3))[c].item(), 0.9 + 0.1 * x.var((0, 2, 3))[c].item()
        cells = [numbers(text) for text in row.locator("td").all_inner_texts()]
        assert [cells[0], cells[3], cells[5][1:]] == [
            [27], [pytest.approx(unbiased, rel=1e-4)], [pytest.approx(running, rel=1e-4)]
        ]  # fmt: skip


def test_a_cell_of_a_local_response_has_the_squares_of_its_neighbours(open_stage: Opener) -> None:
    page = open_stage("s=response")
    point(page, "norm-input", 5 * 9 + 4)  # x[0, 5, 1, 1]: the last channel has one neighbour
    x, y = (norm_scenes.values("response", name) for name in ("x", "y"))
    squares = (x[0, 4:, 1, 1] ** 2).sum().item() / 3
    way = page.get_by_test_id("norm-way").inner_text()
    scaled = r"→ \(1 \+ 0\.0001 · (\S+)\)\^0\.75 = (\S+)"
    told = re.search(rf"channels 4–5 \(÷ 3\) = (\S+)\s*{scaled}\s*→ ÷ \S+ = (\S+)", way)
    assert told is not None
    shown = [numbers(part)[0] for part in told.groups()]
    expected = [squares, squares, (1 + 1e-4 * squares) ** 0.75, y[0, 5, 1, 1].item()]
    assert shown == pytest.approx(expected, rel=1e-3)


def test_time_walks_the_phases_and_stands_in_the_link(open_stage: Opener) -> None:
    page = open_stage("s=batch", motion="reduce")
    result = page.get_by_test_id("norm-result-0")
    expect(page.get_by_text("step 5 of 5")).to_be_visible()
    expect(result).to_have_attribute("data-role", "output")
    page.keyboard.press("Home")
    expect(page.locator(".te-what").last).to_contain_text("over N, H and W: 4 groups of 27 numbers each")
    expect(result).to_have_attribute("data-role", "pending")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**step=2**")
    mean = norm_scenes.values("batch", "x").mean((0, 2, 3))[0].item()
    (said,) = numbers(page.locator(".te-what").last.inner_text().partition("it is ")[2].rstrip("."))
    assert said == pytest.approx(mean, rel=1e-3)
    expect(result).to_have_attribute("data-role", "centred")
    for role in ("centred", "normalised", "output"):
        page.keyboard.press("ArrowRight")
        expect(result).to_have_attribute("data-role", role)


def test_what_lies_between_x_and_y_of_a_large_tensor_comes_when_its_phase_is_looked_at(open_stage: Opener) -> None:
    page = open_stage("s=large")
    assert page.evaluate("window.asked") == []
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("norm-result-0")).to_contain_text("being computed")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.asked") == [{"layer": 0, "beside": -1, "group": 0, "focus": 0, "between": 1}]
    page.evaluate("window.show('large_between')")
    expect(page.get_by_test_id("norm-result-0")).to_contain_text("each number less its group's mean")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("norm-result-0")).to_have_attribute("data-role", "normalised")
    expect(page.get_by_test_id("norm-result-0")).to_contain_text("in units of its group")
    assert len(page.evaluate("window.asked")) == 1


def test_a_click_pins_a_group_and_asks_for_its_charts(open_stage: Opener) -> None:
    page = open_stage("s=batch")
    point(page, "norm-input", 9)  # x[0, 1, 0, 0]
    page.mouse.down()
    page.mouse.up()
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "beside": -1, "group": 1, "focus": 0}
    page.mouse.move(5, 5)
    assert group(page, "norm-result-0") == "1"
    page.get_by_test_id("norm-group-3").click()
    assert page.evaluate("window.asked.pop()")["group"] == 3
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("norm-input")).not_to_have_attribute("data-group", re.compile(""))
    assert page.evaluate("window.asked") == []


def test_calls_of_a_loop_are_walked_through_and_eval_says_so(open_stage: Opener) -> None:
    page = open_stage("s=loop")
    expect(page.get_by_test_id("norm-mode")).to_have_text("eval: running statistics")
    expect(page.get_by_text("batch 7 of 7")).to_be_visible()
    trained = torch.nn.BatchNorm1d(3)
    trained.load_state_dict({name: value.clone() for name, value in norm_scenes.module("loop", "bn").items()})
    table = page.get_by_test_id("norm-statistics").locator("tbody tr").first.locator("td")
    assert trained.running_mean is not None
    assert numbers(table.nth(4).inner_text()) == [pytest.approx(trained.running_mean[0].item(), rel=1e-4)]
    page.get_by_test_id("norm-call").fill("2")
    assert page.evaluate("window.asked.pop()") == {"layer": 2, "beside": -1, "group": 0, "focus": 0}


def test_gradients_are_made_of_two_means(open_stage: Opener) -> None:
    page = open_stage("s=backward")
    page.get_by_test_id("norm-gradients").click()
    point(page, "norm-inputGradient", 5)
    x = norm_scenes.values("backward", "x").requires_grad_()
    nn.BatchNorm2d(3)(x).pow(3).sum().backward()
    assert x.grad is not None
    way = page.get_by_test_id("norm-way").inner_text()
    assert numbers(way)[-1] == pytest.approx(x.grad.flatten()[5].item(), rel=1e-3)
    assert "mean(u)" in way
    assert "mean(u · x̂)" in way
    expect(page.get_by_text("step 5 of 5")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", "4")
    page.get_by_test_id("norm-forward").click()
    expect(page.get_by_test_id("norm-result-0")).to_be_visible()


def test_cells_are_reached_and_read_out_by_the_keyboard(open_stage: Opener) -> None:
    page = open_stage("s=batch")
    page.get_by_test_id("norm-input").locator(".te-cells").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown", "End"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("norm-input")).to_have_attribute("data-cell", str(36 + 3 * 9 + 2))  # x[1, 3, 0, 2]
    expect(page.locator(".te-hidden[aria-live='polite']")).to_contain_text("x[1,3,0,2] = ")
    table = page.get_by_test_id("norm-result-0").locator("table")
    expect(table.locator("tr")).to_have_count(36)
    y = norm_scenes.values("batch", "y")
    assert numbers(table.locator("td").nth(35).text_content() or "")[0] == pytest.approx(y[0, 3, 2, 2].item(), rel=1e-4)


def test_many_groups_are_told_apart_and_listed_in_pages(open_stage: Opener) -> None:
    page = open_stage("s=instances")
    looks = page.evaluate(
        """async () => {
      const { groupLook } = await import("./stage/norm-colours.js");
      return Array.from({ length: 32 }, (_, g) => JSON.stringify(groupLook(g, false)));
    }"""
    )
    assert len(set(looks)) == 32
    expect(page.get_by_text("groups 0 to 47 of 128")).to_be_visible()
    point(page, "norm-result-0", 127 * 9)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_test_id("norm-group-127")).to_be_visible()
    assert page.evaluate("window.asked.pop()")["group"] == 127


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("meta", "no value (meta)"),
        ("empty", "0 × 3 × 4 · float32 · no cells"),
        ("odd", "nan"),
        ("large", "8 × 16 × 32 × 32"),
        ("weights", "÷ ‖v‖₀"),
        ("by_hand", "÷ √("),
    ],
)
def test_unusual_tensors_have_their_picture(open_stage: Opener, name: str, words: str) -> None:
    page = open_stage(f"s={name}")
    expect(page.locator(".te-norm")).to_contain_text(words)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", "0")


def test_a_program_that_fails_keeps_the_last_picture(open_stage: Opener) -> None:
    page = open_stage("s=batch")
    page.evaluate("window.show('failed')")
    expect(page.get_by_test_id("error")).to_be_visible()
    for place in (".te-norm-panels", ".te-norm-details"):
        expect(page.locator(place)).to_have_css("opacity", "0.45")
    point(page, "norm-input", 38)
    assert group(page, "norm-input") == "0"
    page.evaluate("window.show('batch')")
    expect(page.get_by_test_id("error")).to_have_count(0)
    expect(page.locator(".te-norm-panels")).to_have_css("opacity", "1")


def test_other_pages_do_without_its_modules(open_stage: Opener) -> None:
    page = open_stage("s=views")
    loaded = "performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.includes('norm'))"
    assert page.evaluate(loaded) == []
    page.evaluate("window.show('text')")
    expect(page.get_by_test_id("norm-input")).to_be_visible()
    page.evaluate("window.show('views')")
    expect(page.get_by_test_id("grid-2")).to_be_visible()
    expect(page.get_by_test_id("norm-input")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["compared", "backward"])
def test_nothing_is_wrong_for_assistive_tools(open_stage: Opener, name: str, scheme: str) -> None:
    page = open_stage(f"s={name}", scheme="dark" if scheme == "dark" else "light", motion="reduce")
    found = Axe().run(page, context=[[".te-norm"], [".te-norm-details"]]).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_of_the_page(open_stage: Opener, width: int) -> None:
    page = open_stage("s=compared", width=width)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    calculated = page.get_by_role("region", name="Table: Momentum of bn in the numbers of channel 0")
    assert calculated.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0


def test_an_exported_page_draws_it_without_any_server(open_stage: Opener, tmp_path: Path) -> None:
    path = tmp_path / "exported.html"
    path.write_text(norm_scenes.scene("compared").to_html(), encoding="utf-8")
    page = open_stage("s=views")
    page.goto(path.as_uri())
    expect(page.get_by_test_id("norm-result-1")).to_be_visible()
    for choice in ("norm-layer", "norm-beside"):
        expect(page.get_by_test_id(choice)).to_be_disabled()
    expect(page.get_by_text("Other layers are opened in the app")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_text("step 1 of 5", exact=True)).to_be_visible()
