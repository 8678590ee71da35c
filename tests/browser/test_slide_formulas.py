"""What is written beside a window: its products and their sum, gradients and columns, beside what torch says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from torch.nn import functional

from tests.browser import slide_scenes
from tests.browser.slide_page import marked, numbers
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    drawn = {name: slide_scenes.scene(name) for name in slide_scenes.PROGRAMS}
    with serving(tmp_path_factory.mktemp("site"), drawn) as address:
        yield address


def test_a_window_its_products_and_their_sum_are_those_of_torch(open_stage: Opener) -> None:
    page = open_stage("s=strided&step=6")
    columns = slide_scenes.windows(7, 3, 2)
    assert marked(page, "slide-input-0", "window") == set(columns[:, 5].tolist())
    x, y = slide_scenes.values("strided", "x"), slide_scenes.values("strided", "y")
    weight = torch.arange(72.0).view(4, 2, 3, 3) % 5 - 2
    patches = functional.unfold(x, 3, padding=1, stride=2)[0, :, 5].view(2, 9)
    for channel in range(2):
        assert numbers(page, f"slide-terms-{channel}") == (patches[channel] * weight[0, channel].flatten()).tolist()
    expect(page.get_by_test_id("slide-result")).to_have_text(f"{y[0, 0, 1, 2].item():g}".replace("-", "−"))
    first, second = [(patches[channel] * weight[0, channel].flatten()).sum().item() for channel in range(2)]
    sum_of_channels = f"= {first:g} {'+' if second >= 0 else '-'} {abs(second):g}".replace("-", "−")
    expect(page.get_by_test_id("slide-formula")).to_contain_text(sum_of_channels)
    expect(page.get_by_test_id("slide-sizes")).to_contain_text("⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3")
    expect(page.get_by_test_id("slide-checks")).to_contain_text("output: difference")


def test_max_pooling_says_where_its_maximum_is(open_stage: Opener) -> None:
    page = open_stage("s=indexed&step=4")
    indices = slide_scenes.values("indexed", "i")
    expect(page.get_by_test_id("slide-indices")).to_be_visible()
    assert numbers(page, "slide-indices") == indices.flatten().tolist()
    row, column = divmod(int(indices.flatten()[3]), 6)
    expect(page.get_by_test_id("slide-formula")).to_contain_text(
        f"at row {row}, column {column}: i[0, 0, 1, 1] = {int(indices.flatten()[3])}"
    )


def test_a_norm_over_the_edge_is_scaled_as_torch_scales_it(open_stage: Opener) -> None:
    page = open_stage("s=normed&step=3")
    formula = page.get_by_test_id("slide-formula")
    squares = torch.tensor([4.0, 5, 10, 11, 16, 17]).square().sum()
    assert (squares * 9 / 6).sqrt() == slide_scenes.values("normed", "y")[0, 0, 0, 2]
    expect(formula).to_contain_text(f"y[0, 0, 0, 2] = ({squares.item():.0f} · 9 / 6)^(1/2)")
    page.keyboard.press("ArrowLeft")
    expect(formula).to_contain_text("y[0, 0, 0, 1] = (951)^(1/2)")


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("whole", "y[0, 0, 0, 0] = 10 / 4, cut off to a whole number"),
        ("extreme", "y[0, 0, 0, 0] = the largest |cell|"),
        ("complex", "y[0, 0, 0, 0] = {first!s}"),
    ],
)
def test_a_formula_fits_its_numbers(open_stage: Opener, name: str, formula: str) -> None:
    page = open_stage(f"s={name}")
    first = np.float32(complex(slide_scenes.values(name, "y").flatten()[0]).real)
    expect(page.get_by_test_id("slide-formula")).to_contain_text(formula.format(first=first))
    expect(page.get_by_test_id("slide-terms-0")).to_have_count(0 if name == "complex" else 1)


def test_backward_shows_what_a_window_sends_to_input_and_weight(open_stage: Opener) -> None:
    page = open_stage("s=reflected&step=8")
    page.get_by_test_id("slide-backward").click()
    x, y = slide_scenes.values("reflected", "x"), slide_scenes.values("reflected", "y")
    gradient = 2 * y[0, 0, 1, 2]
    patch = functional.unfold(functional.pad(x, (1, 1, 1, 1), mode="reflect"), 3)[0, :9, 7]
    assert numbers(page, "slide-to-weight-0") == pytest.approx((gradient * patch).tolist(), rel=1e-4)
    expect(page.get_by_test_id("slide-gradient")).to_have_text(f"{gradient.item():.6g}".replace("-", "−"))
    expect(page.get_by_test_id("slide-checks")).to_contain_text("weight gradient")
    expect(page.locator(".te-slide-legend")).to_contain_text("gradient of x")


def test_one_matmul_lights_up_the_column_of_the_window(open_stage: Opener) -> None:
    page = open_stage("s=strided&step=6")
    page.get_by_test_id("slide-one-matmul").click()
    assert marked(page, "slide-columns", "window") == {row * 9 + 5 for row in range(18)}
    assert marked(page, "slide-results", "window") == {5}
    x = slide_scenes.values("strided", "x")
    assert numbers(page, "slide-columns") == functional.unfold(x, 3, padding=1, stride=2).flatten().tolist()


def test_folded_columns_mark_the_cells_that_are_added_up(open_stage: Opener) -> None:
    page = open_stage("s=folded&step=6")
    ones = torch.arange(36.0).view(1, 9, 4)
    cells = [
        functional.fold((ones == cell).float(), (4, 4), 3, padding=1, stride=2)[0, 0].flatten()[5] for cell in range(36)
    ]
    assert marked(page, "slide-columns", "window") == {cell for cell, hit in enumerate(cells) if hit}
