"""The page of normalisation as a person uses it: modes, a second layer, an error mended, pictures as a batch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_windows import expect_no_sideways_scrolling

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

BATCH = """\
import torch
from torch import nn
x = torch.randn(3, 4, 3, 3)
bn = nn.BatchNorm2d(4)
y = bn(x)
"""
SPREAD = " * torch.linspace(0.5, 2, 4).view(1, -1, 1, 1) + torch.linspace(-3, 3, 4).view(1, -1, 1, 1)"


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_train_eval_and_a_second_layer_go_into_the_program_and_the_link(app: App, tabs: Tabs) -> None:
    app.open(BATCH, page="normalization")
    mode, statistics = app.page.get_by_test_id("norm-mode"), app.page.get_by_test_id("norm-statistics")
    expect(mode).to_contain_text("train")
    torch.manual_seed(0)
    mean = torch.randn(3, 4, 3, 3).mean((0, 2, 3))[0].item()
    expect(statistics).to_contain_text(f"{mean:.4f}"[:6].replace("-", "−"))
    app.choose("mode", "eval")
    expect(mode).to_contain_text("eval")
    with_eval = BATCH.replace("y = bn", "bn.eval()\ny = bn")
    app.expect_linked_program(with_eval)
    app.choose("compare with", "LayerNorm")
    expect(app.page.get_by_test_id("norm-way")).to_contain_text("LayerNorm")
    both = with_eval + "ln = nn.LayerNorm((4, 3, 3))\nz = ln(x)\n"
    app.expect_linked_program(both)
    app.settled().choose("compare with", "GroupNorm")
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_test_id("norm-way")).to_contain_text("GroupNorm")
    all_three = both + "gn = nn.GroupNorm(2, 4)\nw = gn(x)\n"
    app.expect_linked_program(all_three)
    app.settled().page.go_back()
    app.expect_program(both)
    there = tabs.open_telephone().visit(app.page.url)
    expect(there.page.get_by_test_id("norm-way")).to_contain_text("LayerNorm")
    expect_no_sideways_scrolling(there)
    expect(there.page.get_by_test_id("norm-input")).to_be_in_viewport()  # the fields leave room for the picture
    # the browser's way back is undo
    app.settled().page.go_back()
    app.expect_program(with_eval)
    expect(app.page.get_by_test_id("stMultiSelect").get_by_text("LayerNorm")).to_have_count(0)


def test_what_does_not_fit_is_explained_and_mended_and_the_last_picture_stays(app: App) -> None:
    app.open(BATCH, page="normalization")
    expect(app.page.get_by_test_id("norm-way")).to_be_visible()
    app.fill("channels", "5")
    expect(app.error).to_contain_text("keeps a mean and a variance for 5 channels")
    expect(app.error).to_contain_text("x has shape (3, 4, 3, 3): 4 channels.")
    expect(app.page.get_by_test_id("norm-way")).to_be_visible()
    expect(app.field("channels")).to_have_value("5")
    app.page.get_by_test_id("fix-0").click()
    expect(app.error).to_have_count(0)
    app.expect_program(BATCH)
    expect(app.field("channels")).to_have_value("4")
    app.chip(0).click()
    app.choose("Mean and scale", "by channel")
    app.expect_program(BATCH.replace("3, 3)\n", f"3, 3){SPREAD}\n", 1))


def test_several_pictures_are_a_batch(app: App, tmp_path: Path) -> None:
    files = []
    for number, colour in enumerate([(200, 40, 10), (20, 90, 220), (120, 120, 120)]):
        picture = np.zeros((20, 30 + number, 3), dtype=np.uint8) + np.array(colour, dtype=np.uint8)
        picture[:10] //= 2
        files.append(tmp_path / f"{number}.png")
        Image.fromarray(picture).save(files[-1])
    app.open(BATCH.replace("(4)", "(3)").replace("3, 4, 3, 3", "3, 3, 4, 4"), page="normalization")
    app.chip(0).click()
    app.choose("Made by", "upload")
    app.page.locator("input[type=file]").set_input_files(files)
    app.choose("For a layer", "colour, N × 3 × H × W")
    expect(app.error).to_have_count(0)
    expect(app.chip(0)).to_contain_text("x = torch.tensor(data)")
    expect(app.page.get_by_text(re.compile("3 × 3 × 20 × 20")).first).to_be_visible()
    expect(app.page.get_by_test_id("norm-statistics")).to_contain_text("channel 2")


def picture(path: Path, height: int, width: int, *, grey: bool = False) -> Path:
    """Write a picture, dark above and bright below."""
    shape = (height, width) if grey else (height, width, 3)
    cells = np.full(shape, 200, dtype=np.uint8)
    cells[: height // 2] = 40
    Image.fromarray(cells).save(path)
    return path


def test_an_upload_comes_in_the_layout_of_the_first_layer_and_another_one_in_its_own(app: App, tmp_path: Path) -> None:
    app.open(BATCH.replace("(4)", "(3)").replace("3, 4, 3, 3", "3, 3, 4, 4"), page="normalization")
    app.chip(0).click()
    app.choose("Made by", "upload")
    files = app.page.locator("input[type=file]")
    files.set_input_files(picture(tmp_path / "one.png", 20, 30))
    expect(app.page.get_by_test_id("norm-input")).to_contain_text("1 × 3 × 20 × 30")
    expect(app.error).to_have_count(0)
    files.set_input_files(picture(tmp_path / "other.png", 12, 16, grey=True))
    expect(app.page.get_by_test_id("norm-input")).to_contain_text("2 × 3 × 12 × 12")
    expect(app.error).to_have_count(0)
    expect(app.page.get_by_test_id("norm-statistics")).to_contain_text("channel 2")
    for _ in range(2):
        app.page.get_by_test_id("stFileChipDeleteBtn").locator("button").first.click()
        app.settled()
    table = tmp_path / "table.csv"
    table.write_text("1,2.5,3\n4,5,6\n")
    files.set_input_files(table)
    expect(app.chip(1)).to_contain_text(".float()")
    app.expect_program(app.program_text().replace("[None, None] / 255", ".float()"))


def test_an_uploaded_table_has_one_click_to_go(app: App, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("height,weight,age\n170.5,65,30\n182,90.5,45\n158,51,22\n")
    app.open(BATCH.replace("2d(4)", "1d(4)").replace("3, 4, 3, 3", "3, 4"), page="normalization")
    app.chip(0).click()
    app.choose("Made by", "upload")
    app.page.locator("input[type=file]").set_input_files(table)
    expect(app.error).to_contain_text("x has shape (3, 3): 3 channels.")
    app.page.get_by_test_id("fix-0").click()
    expect(app.error).to_have_count(0)
    expect(app.field("channels")).to_have_value("3")
    expect(app.page.get_by_test_id("norm-statistics")).to_contain_text("channel 2")
