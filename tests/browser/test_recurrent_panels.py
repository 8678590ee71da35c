"""Around the maps of a recurrent layer: shapes first, what is open, lines of units, gradient, what a unit keeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from torch import nn

import explorer
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from explorer.scene import Scene
    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

_NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?(?:e[−-]?\d+)?")
_WORDS = "torch.manual_seed(0)\nx = torch.randn(24, 10, 100)\nlstm = nn.LSTM(100, 16{})\noutput, (h_n, c_n) = lstm(x)\n"
_SIDE_BY_SIDE = """\
torch.manual_seed(0)
x = torch.randn(12, 3, 4)
lstm = nn.LSTM(4, 6, bidirectional=True)
gru = nn.GRU(4, 6)
output, (h_n, c_n) = lstm(x)
other, _ = gru(x)
loss = output[-1].sum()
loss.backward()
"""
_PROGRAMS: dict[str, tuple[str, dict[str, int]]] = {
    "words": (_WORDS.format(""), {}),
    "first": (_WORDS.format(", batch_first=True").replace("24, 10, 100", "10, 24, 100"), {}),
    "stacked": (_WORDS.format(", num_layers=2, bidirectional=True"), {"depth": 1, "reverse": 1}),
    "both": (_SIDE_BY_SIDE, {"layer": 0, "reverse": 0, "item": 1, "unit": 2}),
    "back": (_SIDE_BY_SIDE, {"layer": 0, "reverse": 1, "item": 1, "unit": 2, "root": 4}),
    "quiet": ("torch.manual_seed(0)\nx = torch.randn(1, 1, 2)\nrnn = nn.RNN(2, 1)\ny, h = rnn(x)\n", {}),
    "nobody": ("x = torch.randn(5, 0, 4)\nlstm = nn.LSTM(4, 6)\ny, _ = lstm(x)\n", {}),
    "meta": ("x = torch.empty(6, 2, 4, device='meta')\nlstm = nn.LSTM(4, 5, device='meta')\ny, _ = lstm(x)\n", {}),
}


def scene(name: str) -> Scene:
    program, options = _PROGRAMS[name]
    trace = explorer.run(program)
    assert trace.error is None
    return explorer.scene(trace, lens="recurrent", **options)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {name: scene(name) for name in _PROGRAMS}) as address:
        yield address


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in _NUMBER.findall(text)]


def cells(page: Page, column: str) -> dict[str, str]:
    """Return what stands in a column of the table of shapes, by the name of the tensor."""
    rows = page.locator("[data-testid^=rec-shape-]")
    names = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.testid.replace('rec-shape-', ''))")
    read = "(rows, column) => rows.map((row) => row.querySelector(`[data-column=${column}]`)?.innerText ?? '')"
    return dict(zip(names, rows.evaluate_all(read, column), strict=True))


def sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in re.findall(r"\d+", text.partition(")")[0]))


def returned(layer: nn.LSTM, given: torch.Tensor) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a module, as torch makes them."""
    output, (h_n, c_n) = layer(given)
    made = {"input": given, "output": output, "h_n": h_n, "c_n": c_n, "h_0": h_n, "c_0": c_n}
    return {name: tuple(tensor.shape) for name, tensor in {**made, **dict(layer.named_parameters())}.items()}


@pytest.mark.parametrize(("name", "first"), [("words", False), ("first", True)])
def test_shapes_are_torchs_also_with_the_other_batch_first(open_stage: Opener, name: str, first: bool) -> None:
    page = open_stage(f"s={name}")
    wanted = returned(nn.LSTM(100, 16, batch_first=first), torch.randn((10, 24, 100) if first else (24, 10, 100)))
    other = returned(nn.LSTM(100, 16, batch_first=not first), torch.randn((24, 10, 100) if first else (10, 24, 100)))
    assert {row: sizes(text) for row, text in cells(page, "shape").items()} == wanted
    flipped = cells(page, "flipped")
    moving = {row for row, text in flipped.items() if "moves" in text}
    assert moving == {row for row in wanted if wanted[row] != other[row]} == {"input", "output"}
    assert {sizes(flipped[row]) == other[row] for row in moving} == {True}
    assert {text for row, text in flipped.items() if row not in moving} == {"stays", "stays: layers first"}
    parameters = sum(parameter.numel() for parameter in nn.LSTM(100, 16).parameters())
    expect(page.get_by_test_id("rec-parameters")).to_contain_text(f"= {parameters:,}")
    expect(page.get_by_test_id("rec-shapes").locator("summary")).to_contain_text(f"{parameters:,} parameters")
    page.evaluate("(name) => window.show(name)", "words" if first else "first")
    expect(page.locator("[data-testid^=rec-shape-][data-changed]")).to_have_count(len(moving))
    assert {row: sizes(text) for row, text in cells(page, "shape").items()} == other
    for row in moving:
        expect(page.get_by_test_id(f"rec-shape-{row}")).to_have_attribute("data-changed", "true")


def test_a_letter_lights_wherever_it_stands_and_a_tensor_shows_its_values(open_stage: Opener) -> None:
    page = open_stage("s=words")
    lit = page.locator("[data-testid=rec-shapes] .te-rcp-symbol[data-lit]")
    page.get_by_test_id("rec-symbol-H_in").hover()
    assert sorted(lit.all_inner_texts()) == ["100", "100", "100", "100", "H_in", "H_in", "H_in"]
    page.get_by_test_id("rec-shape-weight_hh_l0").locator("[data-column=shape] [data-symbols]").first.hover()
    assert {"H", "16", "64"} == set(lit.all_inner_texts())
    page.get_by_test_id("rec-symbol-N").press("Enter")  # stays when the keyboard leaves it
    page.mouse.move(0, 0)
    page.get_by_test_id("rec-tensor-weight_hh_l0").press("Enter")
    assert set(lit.all_inner_texts()) == {"N", "10"}
    page.get_by_test_id("rec-values-grid").locator(".te-cells").focus()
    page.keyboard.press("PageDown")
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    said = page.get_by_test_id("rec-values-told").inner_text()
    row, column = (int(i) for i in re.findall(r"\[(\d+), (\d+)\]", said)[0])
    torch.manual_seed(0)
    torch.randn(24, 10, 100)
    weight = nn.LSTM(100, 16).get_parameter("weight_hh_l0")[row, column].item()
    assert numbers(said.partition("= ")[2])[0] == pytest.approx(weight, rel=1e-6)
    assert row >= 16
    assert said.endswith(f"gate {'ifgo'[row // 16]}, unit {row % 16}")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("rec-values")).to_be_hidden()
    expect(page.get_by_test_id("rec-tensor-weight_hh_l0")).to_be_focused()


def test_weights_of_many_layers_stand_in_groups_and_the_open_one_is_unfolded(open_stage: Opener) -> None:
    page = open_stage("s=stacked")
    module = nn.LSTM(100, 16, num_layers=2, bidirectional=True)
    states = {"input", "h_0", "c_0", "output", "h_n", "c_n"}
    opened = {name for name, _ in module.named_parameters() if name.endswith("_l1_reverse")}
    assert set(cells(page, "shape")) == states | opened
    for group in ("0", "0_reverse", "1"):
        page.get_by_test_id(f"rec-group-{group}").press("Enter")
        expect(page.get_by_test_id(f"rec-group-{group}")).to_be_focused()
    shapes = {name: sizes(text) for name, text in cells(page, "shape").items() if name not in states}
    assert shapes == {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}
    total = sum(parameter.numel() for parameter in module.parameters())
    expect(page.get_by_test_id("rec-parameters")).to_contain_text(f"= {total:,}")
    page.get_by_test_id("rec-symbol-D").hover()
    formula = page.get_by_test_id("rec-parameters").locator("[data-lit]").all_inner_texts()
    assert set(formula) == {"D", "2"}
    assert formula.count("D") == formula.count("2")


def _unrolled(reverse: bool) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return forget gates (T, H), h (T, H), c (T, H) of item 1, and W_hh, by torch's own cell."""
    torch.manual_seed(0)
    x = torch.randn(12, 3, 4)
    lstm = nn.LSTM(4, 6, bidirectional=True)
    ih, hh, bih, bhh = list(lstm.parameters())[4 * reverse : 4 * reverse + 4]
    h = c = torch.zeros(6)
    found = {}
    for t in range(11, -1, -1) if reverse else range(12):
        forget = (ih @ x[t, 1] + bih + hh @ h + bhh)[6:12].sigmoid()
        cell = nn.LSTMCell(4, 6)
        cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh = ih, hh, bih, bhh
        h, c = cell(x[t, 1], (h, c))
        found[t] = forget, h, c
    gates, hidden, cells = zip(*(found[t] for t in range(12)), strict=True)
    return torch.stack(gates).detach(), torch.stack(hidden).detach(), torch.stack(cells).detach(), hh.detach()


def _place(page: Page) -> list[int]:
    return [int(i) for i in (page.get_by_test_id("rec-kept-map").get_attribute("data-place") or "").split()]


@pytest.mark.parametrize("name", ["both", "back"])
def test_what_a_unit_keeps_is_the_product_of_its_forget_gate(open_stage: Opener, name: str) -> None:
    page = open_stage(f"s={name}")
    forget = _unrolled(name == "back")[0][:, 2]
    box = page.get_by_test_id("rec-kept-map")
    box.focus()
    page.keyboard.press("ArrowLeft")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp") if name == "both" else ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    s, t = _place(page)
    assert abs(s - t) == 1
    kept = forget[min(s, t) + (name == "both") : max(s, t) + (name == "both")].prod().item()
    said = page.get_by_test_id("rec-kept").inner_text()
    assert numbers(said)[0] == pytest.approx(kept, rel=1e-3)
    assert f"at t = {s} is left at t = {t}" in said
    expect(page.get_by_test_id("rec-line-c")).to_have_attribute("data-lit", str(t))  # the same time in the other panels
    for cell_map in ("map-c", "map-f"):  # and the time at which it was written
        expect(page.get_by_test_id(cell_map)).to_have_attribute("data-since", str(s))
    expect(page.get_by_test_id("recurrent-readout")).to_have_text(said)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("rec-line-c")).to_have_attribute("data-now", str(t))


def test_lines_say_what_torch_says_and_units_stay(open_stage: Opener) -> None:
    page = open_stage("s=both")
    _, hidden, cell, _ = _unrolled(reverse=False)
    plot = page.get_by_test_id("rec-line-h")
    told = plot.locator("xpath=..").locator(".te-rcp-told")
    page.get_by_test_id("rec-keep").click()
    page.get_by_test_id("rec-unit").fill("4")
    page.get_by_test_id("rec-unit").press("Enter")
    expect(page.get_by_test_id("rec-line-units")).to_have_text(re.compile(r"unit 4\s*unit 2"))
    plot.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text(re.compile("t = 1"))
    assert numbers(told.inner_text())[2::2] == pytest.approx([hidden[1, 4].item(), hidden[1, 2].item()], rel=1e-3)
    table = plot.locator("xpath=..").locator("table")
    expect(table.locator("thead th").nth(1)).to_have_text("unit 4")  # written when the steps rest
    spoken = [numbers(text)[1] for text in table.locator("tbody tr").all_inner_texts()]
    assert spoken == pytest.approx(hidden[:, 4].tolist(), rel=1e-3, abs=1e-6)
    page.get_by_test_id("rec-line-choose-f").click()
    expect(page.get_by_test_id("rec-line-f")).to_be_visible()
    page.get_by_role("button", name="Let unit 2 go").click()
    expect(page.get_by_test_id("rec-line-units")).to_have_text("unit 4")
    cells_told = page.get_by_test_id("rec-line-c").locator("xpath=..").locator(".te-rcp-told").inner_text()
    assert numbers(cells_told)[2] == pytest.approx(cell[int(numbers(cells_told)[0]), 4].item(), rel=1e-3)


def _felt() -> torch.Tensor:
    """Return |∂loss/∂h_t| of item 1 of the forward direction, by hooks on torch's own cells."""
    torch.manual_seed(0)
    x = torch.randn(12, 3, 4)
    lstm = nn.LSTM(4, 6, bidirectional=True)
    cell = nn.LSTMCell(4, 6)
    cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh = list(lstm.parameters())[:4]
    h = c = torch.zeros(3, 6)
    states = []
    for t in range(12):
        h, c = cell(x[t], (h, c))
        h.retain_grad()
        states.append(h)
    states[-1].sum().backward()
    return torch.stack([state.grad[1].norm() for state in states if state.grad is not None])


def test_the_gradient_through_time_is_autograds_and_starts_elsewhere_when_asked(open_stage: Opener) -> None:
    page = open_stage("s=both")
    plot = page.get_by_test_id("rec-gradient-plot")
    told = plot.locator("xpath=..").locator(".te-rcp-told")
    wanted = _felt()
    plot.focus()
    for key, t in (("Home", 0), ("ArrowRight", 1), ("End", 11)):
        page.keyboard.press(key)
        assert numbers(told.inner_text())[:2] == [t, pytest.approx(wanted[t].item(), rel=1e-3)]
    largest = numbers(page.get_by_test_id("rec-singular").inner_text())
    blocks = _unrolled(reverse=False)[3].chunk(4)
    assert largest[:4] == pytest.approx([torch.linalg.svdvals(block)[0].item() for block in blocks], rel=1e-3)
    page.get_by_test_id("rec-gradient-linear").click()
    expect(page.get_by_test_id("rec-gradient-linear")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("rec-gradient-each").click()
    page.get_by_test_id("rec-gradient-units-c").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("rec-gradient-units-c")).to_have_attribute("data-lit", re.compile(r"^\d+ 1$"))
    page.get_by_test_id("rec-root").select_option("3")
    assert page.evaluate("window.asked.at(-1).root") == 3


def test_what_is_open_is_asked_of_the_server_and_a_file_without_one_says_so(open_stage: Opener, tmp_path: Path) -> None:
    page = open_stage("s=both")
    asked = "(name) => window.asked.at(-1)[name]"
    page.get_by_test_id("rec-layer").select_option("1")
    assert page.evaluate(asked, "layer") == 1
    page.get_by_test_id("rec-reverse").click()
    assert page.evaluate(asked, "reverse") == 1
    page.get_by_test_id("rec-item").fill("7")  # there are three
    page.get_by_test_id("rec-item").press("Enter")
    assert page.evaluate(asked, "item") == 2
    page.get_by_test_id("rec-unit").fill("5")
    page.get_by_test_id("rec-unit").press("Enter")
    page.wait_for_function("() => window.asked.at(-1).unit === 5")
    path = tmp_path / "both.html"
    path.write_text(scene("both").to_html(), encoding="utf-8")
    page.goto(path.as_uri())
    expect(page.get_by_test_id("rec-layer")).to_be_disabled()
    expect(page.get_by_test_id("rec-root")).to_be_disabled()
    expect(page.get_by_text("Others are opened in the app")).to_be_visible()


def test_little_is_shown_of_little(open_stage: Opener) -> None:
    page = open_stage("s=quiet")
    expect(page.get_by_test_id("rec-retention")).to_be_hidden()  # a plain layer keeps nothing as it was
    expect(page.get_by_test_id("rec-lines")).to_be_visible()
    expect(page.get_by_test_id("rec-unit")).to_be_hidden()
    page.goto(page.url.replace("quiet", "meta"))
    page.wait_for_selector("[data-ready]")
    assert sizes(cells(page, "shape")["weight_ih_l0"]) == (20, 4)
    for panel in ("rec-lines", "rec-gradient", "rec-retention"):
        expect(page.get_by_test_id(panel)).to_be_hidden()


def test_a_batch_without_items_has_no_empty_boxes(open_stage: Opener) -> None:
    page = open_stage("s=nobody")
    expect(page.get_by_text("The batch has no items")).to_be_visible()
    for panel in ("recurrent-weights", "recurrent-projection"):
        expect(page.get_by_test_id(panel)).to_be_hidden()
    expect(page.locator(".te-footer").first).to_be_hidden()


def test_numbers_of_an_axis_are_at_least_two(open_stage: Opener) -> None:
    page = open_stage("s=both")
    given = [[-0.473, 0.347, 4], [0.0, 0.12, 3], [-0.02, 0.9, 4], [-4.1, 4.1, 4], [0.0, 1.0, 3]]
    found = page.evaluate(
        """async (given) => {
          const { roundTicks } = await import(new URL("stage/recurrent-plot.js", location.href).href);
          return given.map((one) => roundTicks(...one));
        }""",
        given,
    )
    for (low, high, _), ticks in zip(given, found, strict=True):
        assert len(ticks) >= 2
        assert low <= min(ticks) < max(ticks) <= high
    assert found[:2] == [[-0.4, -0.2, 0, 0.2], [0, 0.05, 0.1]]


@pytest.mark.parametrize("width", [1024, 390])
def test_why_parts_of_output_and_h_n_differ_is_read_without_scrolling(open_stage: Opener, width: int) -> None:
    page = open_stage("s=both", width=width)
    box = page.get_by_test_id("table-0").locator(".te-card-scroll")
    expect(box).to_contain_text("The last thing that this direction read.")
    assert box.evaluate("(box) => [box.scrollWidth - box.clientWidth, box.scrollHeight - box.clientHeight]") == [0, 0]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_nothing_is_wrong_for_screen_readers_and_nothing_is_too_wide(
    open_stage: Opener, width: int, scheme: str
) -> None:
    page = open_stage("s=both", width=width, scheme="dark" if scheme == "dark" else "light")
    page.get_by_test_id("rec-gradient-each").click()
    if not page.get_by_test_id("rec-shapes").evaluate("(details) => details.open"):
        page.get_by_test_id("rec-shapes").locator("summary").click()
    page.get_by_test_id("rec-symbol-H").hover()
    found = Axe().run(
        page, options={"rules": {"page-has-heading-one": {"enabled": False}, "region": {"enabled": False}}}
    )
    assert found.response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
