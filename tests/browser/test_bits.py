"""Numbers of every dtype in the browser: their bits, their digits, their marks, and what casting makes of them."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import explorer
from explorer.trace.bits import DTYPES, bits_of, casts
from explorer.trace.values import to_numpy
from tests.browser import scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.app import App
    from tests.browser.stage_site import Opener
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

SMALL_FLOATS = [name for name, dtype in DTYPES.items() if dtype.is_floating_point and dtype.itemsize <= 2]
SPECIAL = """import torch
x = torch.tensor([0.1, -0.0, 1e-40, float("nan"), float("inf"), -2.5])
"""
COMPLEX = "import torch\nz = torch.tensor([3 + 4j, -1j, 0j])\n"
# what the stage says about all numbers of an array, given as the words of its float32
READ = """async (asked) => {
    const [words, dtype] = JSON.parse(asked);
    const layout = await import(new URL("stage/bits-layout.js", location.href).href);
    const format = await import(new URL("stage/format.js", location.href).href);
    const data = new Float32Array(Uint32Array.from(words).buffer);
    const values = { kind: "real", data, length: data.length };
    const about = layout.layoutOf(dtype);
    return JSON.stringify(words.map((_, i) => {
        const code = layout.codesAt(values, i, dtype)[0];
        const { kind, sign, power, significand } = layout.readFloat(code, about);
        const decimal = layout.decimalText(significand, power - about.mantissa, 2000);
        return { code: Number(code), kind, sign, decimal, text: format.exactText(values, i, dtype),
            cell: format.cellText(values, i, dtype), mark: format.markAt(values, i, dtype) };
    }));
}"""


def scene_of(source: str) -> explorer.Scene:
    return explorer.scene(explorer.run(source))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shown = {"special": scene_of(SPECIAL), "complex": scene_of(COMPLEX), "unwritten": scenes.unwritten()}
    with serving(tmp_path_factory.mktemp("site"), shown) as address:
        yield address


def words_of(values: torch.Tensor) -> list[int]:
    """Return the values as the scene sends them: the words of float32."""
    words: list[int] = to_numpy(values).astype(np.float32).view(np.uint32).tolist()
    return words


def read(page: Page, words: list[int], dtype: str) -> list[dict[str, Any]]:
    """Return what the stage says about numbers; as one text, since Playwright takes long for many objects."""
    found: list[dict[str, Any]] = json.loads(page.evaluate(READ, json.dumps([words, dtype])))
    return found


def codes(name: str) -> torch.Tensor:
    """Return all values of a dtype of 8 or 16 bits, in the order of their bits."""
    size = DTYPES[name].itemsize
    return torch.from_numpy(np.arange(2 ** (8 * size), dtype=f"u{size}")).view(DTYPES[name])


def walk_to(page: Page, panel: str, cell: int) -> None:
    """Go to a cell with the keyboard."""
    page.get_by_test_id(panel).locator(".te-cells").focus()
    page.keyboard.press("Home")
    for _ in range(cell):
        page.keyboard.press("ArrowRight")


def opened(page: Page) -> Locator:
    """Open the card, unless an earlier visit left it open."""
    card = page.get_by_test_id("bits")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    return card


@pytest.mark.parametrize("name", SMALL_FLOATS)
def test_every_small_float_is_read_as_torch_has_it(open_stage: Opener, name: str) -> None:
    values = codes(name)
    doubles = values.double()
    found = read(open_stage.keep("s=special"), words_of(values), name)
    assert [one["code"] for one in found] == list(range(len(values)))
    for one, number in zip(found, doubles.tolist(), strict=True):
        finite = one["kind"] in ("normal", "subnormal", "zero")
        assert finite == math.isfinite(number)
        assert (one["kind"] == "nan") == math.isnan(number)
        if finite:
            assert Decimal(one["decimal"]) == Decimal(abs(number))
            assert (one["sign"] == 1) == (math.copysign(1, number) < 0)
            assert (one["mark"] == "subnormal") == (one["kind"] == "subnormal")
    back = torch.tensor([float(one["text"]) for one in found], dtype=torch.float64).to(DTYPES[name])
    assert torch.equal(back.double().nan_to_num(nan=0.5), doubles.nan_to_num(nan=0.5))
    assert torch.equal(back.double().signbit() | doubles.isnan(), doubles.signbit() | doubles.isnan())


def test_float32_is_read_to_the_last_bit(open_stage: Opener) -> None:
    words = np.random.default_rng(0).integers(0, 2**32, 4000, dtype=np.uint32)
    words[:6] = [0, 0x80000000, 1, 0x7F800000, 0x7F800001, 0xFFC00000]
    found = read(open_stage.keep("s=special"), words.tolist(), "float32")
    assert [one["code"] for one in found] == words.tolist()
    for one, number in zip(found, words.view(np.float32), strict=True):
        np.testing.assert_array_equal(np.float32(one["text"]), number)
        if np.isfinite(number):
            assert Decimal(one["decimal"]) == Decimal(abs(float(number)))


def test_float64_and_integers_are_read_to_the_last_bit(open_stage: Opener) -> None:
    read_words = """async ([numbers, dtype]) => {
        const address = new URL("stage/bits-layout.js", location.href).href;
        const { codesAt, decimalText, layoutOf, readFloat } = await import(address);
        const { exactText } = await import(new URL("stage/format.js", location.href).href);
        const words = BigUint64Array.from(numbers, BigInt);
        const Kind = { float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array }[dtype];
        const values = { kind: "real", data: new Kind(words.buffer), length: words.length };
        return numbers.map((_, i) => {
            const [code] = codesAt(values, i, dtype);
            const reading = dtype === "float64" ? readFloat(code, layoutOf(dtype)) : null;
            const decimal = reading && decimalText(reading.significand, reading.power - 52, 2000);
            return { code: String(code), text: exactText(values, i, dtype), decimal };
        });
    }"""
    words = np.random.default_rng(1).integers(0, 2**64, 500, dtype=np.uint64)
    words[:5] = [0, 2**63, 1, 2**64 - 1, 2**53 + 1]
    page = open_stage.keep("s=special")
    for dtype in ("float64", "int64", "uint64"):
        found = page.evaluate(read_words, [[str(word) for word in words.tolist()], dtype])
        assert [one["code"] for one in found] == [str(word) for word in words.tolist()]
        for one, number in zip(found, words.view(dtype).tolist(), strict=True):
            seen = float(one["text"]) if dtype == "float64" else int(one["text"])
            assert str(seen) == str(number)  # as text, so that NaN and -0.0 count
            if one["decimal"] and math.isfinite(number):
                assert Decimal(one["decimal"]) == Decimal(abs(number))


def test_whole_numbers_keep_their_digits_in_a_cell(open_stage: Opener) -> None:
    numbers = [65504.0, 1000.0, 0.1, 12345.0, -0.0]
    found = read(open_stage.keep("s=special"), words_of(torch.tensor(numbers)), "float32")
    assert [one["cell"] for one in found] == ["65504.0", "1000.0", "0.1", "12345.0", "-0.0"]


def test_the_card_takes_the_number_under_the_pointer_apart(open_stage: Opener) -> None:
    page = open_stage.keep("s=special")
    card = opened(page)
    walk_to(page, "grid-0", 0)
    expect(card.locator("summary")).to_have_text("Bits of x[0] · float32")
    bits = f"{int(bits_of(torch.tensor(0.1)), 16):032b}"
    for group, expected in {"sign": bits[0], "exponent": bits[1:9], "mantissa": bits[9:]}.items():
        expect(card.locator(f".te-bits-{group} code")).to_have_attribute("data-bits", expected)
    expect(card).to_contain_text("0x3dcccccd")
    expect(card).to_contain_text("123 − 127 = −4")
    expect(card.locator(".te-bits-formula")).to_contain_text("= 0.100000001490116119…")


@pytest.mark.parametrize(
    ("cell", "card_says", "readout_says"),
    [
        (1, "−0: all bits but the sign are 0", "negative zero"),
        (2, "subnormal: with no exponent bit set the first digit is 0", "subnormal: fewer digits than float32 has"),
        (3, "NaN: all exponent bits are 1, the mantissa is not 0 · quiet, payload 0", "x[3] = nan"),
        (4, "+infinity: all exponent bits are 1, all mantissa bits 0", "x[4] = +inf"),
        (5, "= −2.5", "x[5] = -2.5"),
    ],
)
def test_special_numbers_are_named(open_stage: Opener, cell: int, card_says: str, readout_says: str) -> None:
    page = open_stage.keep("s=special")
    card = opened(page)
    walk_to(page, "grid-0", cell)
    expect(card.get_by_test_id("bits-parts")).to_contain_text(card_says)
    expect(page.get_by_test_id("readout")).to_contain_text(readout_says)


def test_a_storage_has_bits_too_and_memory_never_written_has_none(open_stage: Opener) -> None:
    page = open_stage("s=special")
    card = opened(page)
    walk_to(page, "strip-A", 5)
    expect(card.get_by_test_id("bits-parts")).to_contain_text("0xc0200000")
    page = open_stage("s=unwritten")
    unwritten = next(
        (grid, cell)
        for grid, version in enumerate(scenes.unwritten().buffers[0].versions[-1:])
        for cell in (np.asarray(version.unwritten).tolist() if version.unwritten is not None else [])
    )
    card = opened(page)
    walk_to(page, "strip-A", unwritten[1])
    expect(card).to_contain_text("Nothing was written here yet")


def test_a_complex_number_has_two_parts_and_a_direction(open_stage: Opener) -> None:
    page = open_stage("s=complex&color=value")
    card = opened(page)
    walk_to(page, "grid-0", 0)
    expect(card.get_by_role("group", name="real part")).to_contain_text("0x40400000")
    expect(card.get_by_role("group", name="imaginary part")).to_contain_text("0x40800000")
    z = torch.tensor(3 + 4j)
    degrees = math.degrees(z.angle().item())
    said = f"magnitude {z.abs().item():.1f} · phase {z.angle().item():.4g} rad ({degrees:.4g}°)"
    expect(page.get_by_test_id("readout")).to_contain_text(f"z[0] = 3+4i · {said}")
    expect(page.get_by_test_id("legend-complex")).to_have_text(
        re.compile("colour is the magnitude, the hand points to the phase")
    )


def test_the_card_stays_open_for_the_next_visit(open_stage: Opener) -> None:
    page = open_stage("s=special")
    card = opened(page)
    expect(card).to_contain_text("Point at a cell")
    page.reload()
    expect(page.get_by_test_id("bits")).to_have_attribute("open", "")
    page.get_by_test_id("bits").locator("summary").press("Enter")
    page.reload()
    expect(page.get_by_test_id("bits")).not_to_have_attribute("open", "")


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_the_card_follows_time(app: App) -> None:
    app.open("import torch\nx = torch.zeros(2)\nx[0] = 1.0\n")
    card = opened(app.page)
    app.click_cell(app.grid(0), (2,), (0,))
    expect(card).to_contain_text("0x3f800000")
    app.page.keyboard.press("Home")
    expect(card).to_contain_text("0x00000000")


def cast_rows(card: Locator) -> dict[str, dict[str, Any]]:
    """Return what the card says of each cast."""
    items = card.locator(".te-cast").evaluate_all(
        """items => items.map((item) => ({ dtype: item.dataset.dtype, outcome: item.dataset.outcome,
            value: item.querySelector("b").textContent, bits: item.querySelector("code").textContent }))"""
    )
    return {item["dtype"]: item for item in items}


def test_casts_are_those_of_torch(app: App) -> None:
    app.open("import torch\nx = torch.tensor([300.7, -1.0, 70000.0, float('nan')])\n")
    card = opened(app.page)
    for cell, number in enumerate([300.7, -1.0, 70000.0, math.nan]):
        app.click_cell(app.grid(0), (4,), (cell,))
        bits = bits_of(torch.tensor(number))
        expect(card.get_by_test_id("bits-parts")).to_contain_text(f"0x{bits}")
        expected = casts("float32", bits)
        expect(card.locator('.te-cast[data-dtype="float64"] code')).to_have_text(f"0x{expected.casts[16].bits}")
        rows = cast_rows(card)
        assert [(name, row["outcome"], row["bits"]) for name, row in rows.items()] == [
            (cast.dtype, cast.outcome, f"0x{cast.bits}") for cast in expected.casts
        ]
        for cast in expected.casts:
            if len(cast.parts) == 1 and "float" in cast.dtype:
                read = torch.tensor(float(rows[cast.dtype]["value"]), dtype=torch.float64).to(DTYPES[cast.dtype])
                assert bits_of(read) == cast.bits or cast.parts == ("nan",)
            elif len(cast.parts) == 1:
                assert rows[cast.dtype]["value"] == cast.parts[0]
        app.page.keyboard.press("Escape")


def test_the_route_refuses_what_is_no_value(app: App) -> None:
    for query in (
        "",
        "?dtype=float32",
        "?dtype=float32&bits=zz",
        "?dtype=os&bits=00",
        f"?dtype=int8&bits={'0' * 9999}",
    ):
        assert app.page.request.get(f"{app.home}/explorer/casts{query}").status == 400
    answer = app.page.request.get(f"{app.home}/explorer/casts?dtype=int8&bits=ff")
    assert json.loads(answer.body())["casts"][0] == {
        "dtype": "bool", "parts": ["True"], "bits": "01", "outcome": "changed", "note": "all but 0 is True",
    }  # fmt: skip


def test_an_exported_page_shows_bits_and_says_why_there_are_no_casts(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "exported.html"
    path.write_text(scene_of(SPECIAL).to_html(), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("[data-ready]")
    card = opened(page)
    walk_to(page, "grid-0", 5)
    expect(card).to_contain_text("0xc0200000")
    expect(card).to_contain_text("Casts are computed by torch")
    expect(card.locator(".te-cast")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_grave_in_the_card(tabs: Tabs, *, dark: bool) -> None:
    app = tabs.open(dark=dark).open("import torch\nx = torch.tensor([300.7, -1.0, 1e-40])\n").settled()
    card = opened(app.page)
    for cell, number in enumerate([300.7, -1.0, 1e-40]):
        app.click_cell(app.grid(0), (3,), (cell,))
        expect(card).to_contain_text(f"0x{bits_of(torch.tensor(number))}")  # from here on, the casts are of this cell
        expect(card.locator(".te-cast")).to_have_count(len(DTYPES) - 1)
        expect(card.locator("[aria-busy]")).to_have_count(0)
        found = Axe().run(app.page).response["violations"]
        nodes = [(one["id"], str(node["target"]), node["failureSummary"]) for one in found for node in one["nodes"]]
        assert [node for node in nodes if "te-bits" in node[1] or "te-cast" in node[1]] == []
