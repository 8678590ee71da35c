"""The stage of a recurrent layer: maps over time, the cell opened, its equations, beside what torch says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import recurrent_scenes, scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

# the middle of a cell of a map, in the page's coordinates
_MIDDLE = """([name, t, unit]) => {
  const panel = window.stage.layer.strip.panels.find(({ map }) => map.name === name);
  const { x, y, w, h } = panel.geometry.rect(unit * panel.geometry.steps + t, {});
  const { left, top } = panel.base.getBoundingClientRect();
  return [left + x + w / 2, top + y + h / 2];
}"""
# the colour of a cell's corner, as it is painted
_PAINTED = """([name, t, unit]) => {
  const panel = window.stage.layer.strip.panels.find(({ map }) => map.name === name);
  const { x, y } = panel.geometry.rect(unit * panel.geometry.steps + t, {});
  const ratio = panel.base.width / panel.geometry.width;
  return [...panel.base.getContext("2d").getImageData((x + 2) * ratio, (y + 2) * ratio, 1, 1).data];
}"""
# the colour in the middle of a cell of the weights
_WEIGHT = """(cell) => {
  const { base, geometry } = window.stage.layer.weights;
  const { x, y, w, h } = geometry.rect(cell, {});
  const ratio = base.width / geometry.width;
  const at = [(x + w / 2) * ratio, (y + h / 2) * ratio].map(Math.floor);
  return [...base.getContext("2d").getImageData(...at, 1, 1).data];
}"""
# numbers of the cell's drawing that stick out of the box around them
_CUT = """() => window.stage.layer.diagram.chips.filter(({ rect, text }) => {
  const [box, words] = [rect.getBBox(), text.getBBox()];
  return text.textContent && (words.x < box.x || words.x + words.width > box.x + box.width);
}).map(({ text }) => text.textContent)"""
_NUMBER = re.compile(r"[−-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[−-]?\d+)?")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: recurrent_scenes.scene(name) for name in recurrent_scenes.PROGRAMS}
    drawn["reverse"] = recurrent_scenes.scene("backwards", reverse=1)
    drawn["short_item"] = recurrent_scenes.scene("packed", item=2)
    with serving(tmp_path_factory.mktemp("site"), {**drawn, "views": scenes.views()}) as address:
        yield address


def point(page: Page, name: str, t: int, unit: int) -> None:
    page.get_by_test_id(f"map-{name}").scroll_into_view_if_needed()
    page.mouse.move(*page.evaluate(_MIDDLE, [name, t, unit]))
    expect(page.get_by_test_id(f"map-{name}")).to_have_attribute("data-column", str(t))


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in _NUMBER.findall(text)]


def equation(page: Page, phase: str) -> Locator:
    return page.locator(f".te-rec-equation[data-phase='{phase}']")


def told(page: Page, phase: str) -> list[float]:
    """Return the numbers of an equation."""
    return numbers(equation(page, phase).locator(".te-rec-numbers").inner_text())


def lstm_cell(name: str, unit: int, t: int) -> dict[str, list[float]]:
    """Return what each equation of an LSTM's step has to say, by torch alone."""
    lstm, x = recurrent_scenes.module(name, "lstm"), recurrent_scenes.values(name, "x")
    weight_ih, weight_hh, bias_ih, bias_hh = recurrent_scenes.parameters(lstm)
    zeros = (torch.zeros(1, 1, lstm.hidden_size), torch.zeros(1, 1, lstm.hidden_size))
    _, (before, kept) = lstm(x[:t]) if t else (None, zeros)
    _, (h, c) = lstm(x[: t + 1])
    gates, made = {}, {}
    for k, gate in enumerate("ifgo"):
        row = k * lstm.hidden_size + unit
        terms = [weight_ih[row] @ x[t, 0], bias_ih[row], weight_hh[row] @ before[0, 0].detach(), bias_hh[row]]
        total = torch.stack(terms).sum()
        gates[gate] = total.tanh() if gate == "g" else total.sigmoid()
        made[gate] = [*terms, total, gates[gate]]
    made["c"] = [gates["f"], kept[0, 0, unit], gates["i"], gates["g"], c[0, 0, unit]]
    squashed = c[0, 0, unit].tanh()
    made["h"] = [gates["o"], c[0, 0, unit], gates["o"], squashed, h[0, 0, unit]]
    return {phase: [value.item() for value in values] for phase, values in made.items()}


def test_the_equations_of_a_unit_have_the_numbers_of_torch(open_stage: Opener) -> None:
    page = open_stage("s=lstm")
    for t, unit in ((0, 5), (7, 2), (11, 0)):
        point(page, "f", t, unit)
        expect(page.get_by_test_id("recurrent-where")).to_contain_text(f"Unit {unit} at t = {t}")
        wanted = lstm_cell("lstm", unit, t)
        for phase, values in wanted.items():
            said = told(page, phase)
            if phase in "ifgo":  # a sum says its signs apart from its numbers
                assert [abs(value) for value in said[:4]] == pytest.approx(
                    [abs(value) for value in values[:4]], abs=6e-4
                )
                said, values = said[4:], values[4:]  # noqa: PLW2901
            assert said == pytest.approx(values, abs=6e-4), (phase, t, unit)
        exact = numbers(page.get_by_test_id("recurrent-readout").inner_text().partition(": ")[2])
        assert exact[:2] == pytest.approx([wanted["f"][5], wanted["f"][4]], rel=1e-5)
        expect(page.get_by_test_id("recurrent-readout")).to_contain_text(f"row {6 + unit} of weight_ih_l0")
    check = numbers(page.get_by_test_id("recurrent-check").inner_text().partition(": ")[2])
    assert 0 <= check[0] < 1e-6


def test_time_walks_step_by_step_and_gate_by_gate(open_stage: Opener) -> None:
    page = open_stage("s=lstm", motion="reduce")
    maps = {name: page.get_by_test_id(f"map-{name}") for name in "ifgoch"}
    expect(page.get_by_text("step 72 of 72")).to_be_visible()
    expect(maps["h"]).to_have_attribute("data-reached", "0 12")
    page.get_by_test_id("phase-g").click()
    page.wait_for_url("**step=69")  # 11 · 6 + 2, counted from 1
    assert [maps[name].get_attribute("data-reached") for name in "igoh"] == ["0 12", "0 12", "0 11", "0 11"]
    expect(equation(page, "g")).to_have_attribute("data-state", "now")
    expect(equation(page, "c")).to_contain_text("= …")
    expect(page.get_by_test_id("recurrent-cell").locator("[data-value='c']")).to_have_text("c₁₁")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.get_by_test_id("recurrent-phases")).to_contain_text("t = 10")
    expect(page.get_by_test_id("phase-g")).to_have_attribute("aria-current", "step")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("phase-h")).to_have_attribute("aria-current", "step")
    expect(page.get_by_test_id("recurrent-cell").locator("[data-value='c']")).to_contain_text("c₁₀ ")
    page.keyboard.press("Home")
    expect(page.locator(".te-what").last).to_contain_text("t = 0: The input gate")
    expect(equation(page, "i").locator("sub").filter(has_text="start")).to_have_count(1)
    page.keyboard.press(" ")
    expect(page.get_by_test_id("phase-f")).to_have_attribute("aria-current", "step")
    page.keyboard.press(" ")


def test_a_unit_is_lit_everywhere_and_a_click_goes_there(open_stage: Opener) -> None:
    page = open_stage("s=lstm")
    point(page, "c", 4, 3)
    for name in "ifgoch":
        expect(page.get_by_test_id(f"map-{name}")).to_have_attribute("data-row", "3")
    expect(page.get_by_test_id("map-x")).not_to_have_attribute("data-row", re.compile(""))
    weights = page.get_by_test_id("recurrent-weights")
    expect(weights).to_contain_text("Unit 3: rows 3 (i), 9 (f), 15 (g), 21 (o)")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**step=30")  # 4 · 6 + 5, counted from 1: its whole step is computed
    page.wait_for_function("window.asked.length > 0")
    assert page.evaluate("window.asked.pop()") == {"layer": 0, "unit": 3}
    page.mouse.move(3, 3)
    expect(page.get_by_test_id("recurrent-where")).to_have_text("Unit 3 at t = 4")
    weights.locator(".te-cells").focus()
    for key in ("Home", "ArrowDown"):
        page.keyboard.press(key)
    weight_ih = recurrent_scenes.parameters(recurrent_scenes.module("lstm", "lstm"))[0]
    readout = page.get_by_test_id("recurrent-readout").inner_text()
    assert "weight_ih_l0[1, 0] = " in readout
    assert numbers(readout.partition(" = ")[2])[0] == pytest.approx(weight_ih[1, 0].item(), rel=1e-6)
    torch.manual_seed(0)
    x = torch.randn(12, 1, 4)[4, 0]
    wanted = [x[0], weight_ih[1, 0] * x[0], weight_ih[1] @ x]
    parts = ("times x[4, 0] = ", "gives ", "one of the 4 products in W_ii·x = ")  # at the step that is shown
    said = [numbers(readout.partition(marked)[2])[0] for marked in parts]
    assert said == pytest.approx([number.item() for number in wanted], rel=1e-4)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    lstm, series = recurrent_scenes.module("lstm", "lstm"), recurrent_scenes.values("lstm", "x")
    weight_hh, hidden = recurrent_scenes.parameters(lstm)[1], lstm(series[:4])[0][3, 0].detach()
    readout = page.get_by_test_id("recurrent-readout").inner_text()
    wanted = [hidden[0], weight_hh[1, 0] * hidden[0], weight_hh[1] @ hidden]
    parts = ("times h of unit 0 of t = 3 = ", "gives ", "one of the 6 products in W_hi·h = ")
    said = [numbers(readout.partition(marked)[2])[0] for marked in parts]
    assert said == pytest.approx([number.item() for number in wanted], rel=1e-4)
    expect(page.get_by_test_id("map-f")).to_have_attribute("data-row", "1")


def test_a_projection_is_drawn_with_what_its_numbers_meet(open_stage: Opener) -> None:
    page = open_stage("s=projected")
    projection = recurrent_scenes.module("projected", "lstm").get_parameter("weight_hr_l0").detach()
    panel = page.get_by_test_id("recurrent-projection")
    expect(panel).to_contain_text("Unit 0: column 0")
    panel.locator(".te-cells").focus()
    for key in ("Home", "ArrowDown", "End"):
        page.keyboard.press(key)
    expect(panel).to_have_attribute("data-column", "5")
    weight, met = page.get_by_test_id("recurrent-readout").inner_text().split(" · ", 1)
    assert numbers(weight.partition(" = ")[2])[0] == pytest.approx(projection[1, 5].item(), rel=1e-6)
    shown, hidden = (_states_at_the_end("projected", name) for name in ("o·tanh c", "h"))
    wanted = [shown[5], projection[1, 5] * shown[5], hidden[1]]
    parts = ("t = 7 = ", "gives ", "one of the 6 products in h[1] = ")
    said = [numbers(met.partition(marked)[2])[0] for marked in parts]
    assert said == pytest.approx([number.item() for number in wanted], rel=1e-4)
    torch.testing.assert_close(projection @ shown, hidden)


def _states_at_the_end(name: str, state: str) -> torch.Tensor:
    recurrent = recurrent_scenes.scene(name).recurrent
    assert recurrent is not None
    assert recurrent.unrolled is not None
    [found] = [one for one in recurrent.unrolled.states if one.name == state]
    return torch.as_tensor(found.values).view(-1, found.units)[-1]


def test_small_cells_of_weights_are_painted_where_they_are_pointed_at(open_stage: Opener) -> None:
    page = open_stage("s=long")
    weight_ih, weight_hh, bias_ih, bias_hh = recurrent_scenes.parameters(recurrent_scenes.module("long", "lstm"))
    rows = torch.cat([weight_ih, weight_hh, bias_ih[:, None], bias_hh[:, None]], dim=1)
    for row in (3, 64 + 17, 255):  # of i, f and o
        for columns in (slice(0, 16), slice(16, 80), slice(80, 82)):
            column = columns.start + int(rows[row, columns].abs().argmax())
            red, _, blue, _ = page.evaluate(_WEIGHT, row * rows.shape[1] + column)
            assert (red > blue) == bool(rows[row, column] > 0), (row, column)


def test_maps_show_saturation_and_read_out_their_cells(open_stage: Opener) -> None:
    page = open_stage("s=lstm")
    lstm, x = recurrent_scenes.module("lstm", "lstm"), recurrent_scenes.values("lstm", "x")
    weight_ih, weight_hh, bias_ih, bias_hh = (weight[6:12] for weight in recurrent_scenes.parameters(lstm))
    output = lstm(x)[0][:, 0].detach()
    before = torch.cat([torch.zeros(1, 6), output[:-1]])
    f = x[:, 0] @ weight_ih.T + bias_ih + before @ weight_hh.T + bias_hh
    share = (f.sigmoid() > 0.95).float().mean().item()
    expect(page.get_by_test_id("map-f")).to_contain_text(f"{round(100 * share)} % open")
    expect(page.get_by_test_id("map-i").locator(".te-rec-saturation")).to_be_hidden()
    table = page.get_by_test_id("map-h").locator("table")
    expect(table.locator("tbody tr")).to_have_count(6)
    cells = [[float(cell) for cell in row.locator("td").all_text_contents()] for row in table.locator("tbody tr").all()]
    assert torch.allclose(torch.tensor(cells), output.T, atol=1e-4)
    # equal values have equal colours, and a gate's are those of 0 … 1
    high, low = output.flatten().argmax().item(), output.flatten().argmin().item()
    colours = [page.evaluate(_PAINTED, ["h", int(cell) // 6, int(cell) % 6]) for cell in (high, low)]
    assert colours[0][0] > colours[0][2]  # above zero: orange
    assert colours[1][0] < colours[1][2]  # below: blue


def test_the_gru_applies_its_reset_gate_after_the_product(open_stage: Opener) -> None:
    page = open_stage("s=gru")
    point(page, "n", 5, 2)
    gru, x = recurrent_scenes.module("gru", "gru"), recurrent_scenes.values("gru", "x")
    weight_ih, weight_hh, bias_ih, bias_hh = recurrent_scenes.parameters(gru)
    before, h = gru(x[:5])[1][0, 0].detach(), gru(x[:6])[1][0, 0].detach()
    product = weight_hh @ before + bias_hh
    given = weight_ih @ x[5, 0] + bias_ih
    r, z = (given[:5] + product[:5]).sigmoid(), (given[5:10] + product[5:10]).sigmoid()
    n = (given[10:] + r * product[10:]).tanh()
    assert told(page, "n")[-1] == pytest.approx(n[2].item(), abs=6e-4)
    assert [abs(value) for value in told(page, "n")[2:4]] == pytest.approx(
        [r[2].item(), abs(product[12].item())], abs=6e-4
    )
    assert told(page, "h") == pytest.approx(
        [1, z[2].item(), n[2].item(), z[2].item(), before[2].item(), h[2].item()], abs=6e-4
    )
    expect(equation(page, "n")).to_contain_text("The paper's GRU applies r before the product")


def test_a_reverse_layer_walks_back_and_padding_is_hatched(open_stage: Opener) -> None:
    page = open_stage("s=reverse")
    page.keyboard.press("Home")
    expect(page.get_by_test_id("recurrent-phases")).to_contain_text("t = 11")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_test_id("map-i")).to_have_attribute("data-reached", "10 12")
    expect(page.locator(".te-why").last).to_contain_text("it comes from t = 11")
    expect(equation(page, "i").locator("sub").filter(has_text="t+1")).to_have_count(1)
    page = open_stage("s=short_item")
    expect(page.get_by_test_id("map-c")).to_have_attribute("data-reached", "0 4")
    expect(page.locator(".te-why").last).to_contain_text(
        "the last valid step of item 2: its h_n is read here, and 5 steps of padding follow"
    )
    point(page, "h", 6, 1)
    expect(page.get_by_test_id("recurrent-readout")).to_contain_text("padding: this item has 4 steps")
    expect(page.get_by_test_id("recurrent-where")).to_contain_text("at t = 3")


@pytest.mark.parametrize(
    ("name", "words", "frames"),
    [
        ("tiny", "Unit 0 at t = 0", 4),
        ("odd", "tanh(nan) = nan", 12),
        ("rnn", "relu(", 18),
        ("projected", "W_hr makes 2 numbers of all 6", 48),
        ("long", "Unit 0 at t = 127", 768),
    ],
)
def test_unusual_layers_have_their_picture(open_stage: Opener, name: str, words: str, frames: int) -> None:
    page = open_stage(f"s={name}")
    expect(page.locator(".te-rec")).to_contain_text(words)
    assert page.evaluate("window.stage.scene.frames.length") == frames
    page.keyboard.press("Home")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", "0")


def test_a_program_that_fails_keeps_the_last_picture(open_stage: Opener) -> None:
    page = open_stage("s=lstm&step=30")
    page.evaluate("window.show('failed')")
    expect(page.get_by_test_id("error")).to_be_visible()
    expect(page.locator(".te-rec-picture")).to_have_css("opacity", "0.45")
    expect(page.get_by_test_id("recurrent-where")).to_have_text("Unit 0 at t = 4")
    page.evaluate("window.show('lstm')")
    expect(page.get_by_test_id("error")).to_have_count(0)
    expect(page.get_by_test_id("recurrent-where")).to_have_text("Unit 0 at t = 4")
    page.evaluate("window.show('gru')")
    expect(page.get_by_test_id("phase-z")).to_be_visible()
    page.evaluate("window.show('views')")
    expect(page.get_by_test_id("grid-2")).to_be_visible()
    expect(page.get_by_test_id("recurrent-strip")).to_have_count(0)
    page.evaluate("window.show('failed')")
    expect(page.get_by_test_id("grid-1")).to_contain_text("lstm.weight_ih_l0")
    expect(page.locator(".te-lost")).to_have_count(0)  # parameters are held by their module


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wrong_for_assistive_tools(open_stage: Opener, scheme: str) -> None:
    page = open_stage("s=lstm&step=35", scheme="dark" if scheme == "dark" else "light", motion="reduce")
    expect(page.get_by_test_id("recurrent-cell")).to_have_attribute(
        "aria-label", re.compile(r"The LSTM cell at t = 5, unit 0: i [\d.]+, f [\d.]+, g .+, o .+, c .+")
    )
    found = Axe().run(page, context=[[".te-rec"], [".te-rec-weights"]]).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []
    page.get_by_test_id("map-g").locator(".te-cells").focus()
    for key in ("Home", "ArrowDown", "End"):
        page.keyboard.press(key)
    expect(page.locator(".te-hidden[aria-live='polite']")).to_contain_text("g of unit 1 at t = 11: ")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_sticks_out_of_the_page(open_stage: Opener, width: int) -> None:
    page = open_stage("s=long&step=760", width=width)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    if width == 390:  # the strip scrolls to the present step
        assert page.get_by_test_id("recurrent-strip").evaluate("(strip) => strip.scrollLeft") > 0


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn", "projected", "long"])
def test_numbers_of_the_cell_stand_in_their_boxes_on_a_telephone(open_stage: Opener, name: str) -> None:
    page = open_stage(f"s={name}", width=390)
    frames = page.evaluate("window.stage.scene.frames.length")
    for frame in {frames - 1, frames // 2, frames // 3}:
        page.evaluate("(frame) => window.stage.timeline.go(frame)", frame)
        expect(page.get_by_test_id("stage")).to_have_attribute("data-frame", str(frame))
        assert page.evaluate(_CUT) == []


def test_an_exported_page_draws_it_without_any_server(open_stage: Opener, tmp_path: Path) -> None:
    path = tmp_path / "exported.html"
    path.write_text(recurrent_scenes.scene("lstm").to_html(), encoding="utf-8")
    page = open_stage("s=gru")
    page.goto(path.as_uri())
    expect(page.get_by_test_id("recurrent-where")).to_have_text("Unit 0 at t = 11")
    page.keyboard.press("Home")
    expect(page.get_by_test_id("map-i")).to_have_attribute("data-reached", "0 1")
