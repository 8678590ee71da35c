"""The convolution page on a person's own picture: uploaded, brought into a layer's layout, filtered, seen."""

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

LAYER = """\
import torch
from torch import nn
x = torch.ones(1, 1, 8, 8)
conv = nn.Conv2d(1, 2, 3, bias=False)
y = conv(x)
"""
_ARROW = 40
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


def test_a_picture_of_ones_own_goes_through_a_kernel(app: App, tabs: Tabs, tmp_path: Path) -> None:
    # from dark at the left to bright at the right, the same in all rows and colours
    ramp = Image.linear_gradient("L").rotate(90).convert("RGB").resize((24, 12))
    ramp.save(tmp_path / "ramp.png")
    app.open(LAYER, page="convolution")
    app.chip(0).click()
    app.choose("Made by", "upload")
    app.page.locator("input[type=file]").set_input_files(tmp_path / "ramp.png")
    # a layer with one input channel takes it in grey
    expect(app.field("For a layer")).to_have_value("grey, 1 × 1 × H × W")
    app.expect_chips(
        [
            *("x = torch.tensor(data)", "[..., :3]", ".float()", ".mean(2)", "[None, None]", "/ 255"),
            *("conv = nn.Conv2d(1, 2, 3, bias=False)", "y = conv(x)"),
        ]
    )
    app.choose("kernel values", "Sobel x")
    expect(app.chip(7)).to_contain_text(f"conv.weight.data[:] = torch.tensor({SOBEL})"[:40])
    # a long line takes the room that its chip has, not that of its text
    spare = "(chip) => chip.closest('.tc-link').offsetWidth - chip.offsetWidth"
    assert app.chip(7).evaluate(spare) < _ARROW
    grey = torch.from_numpy(np.asarray(ramp).copy()).float().mean(2)[None, None] / 255
    wanted = torch.nn.functional.conv2d(grey, torch.tensor([[SOBEL]]).float())[0, 0, 0, 0].item()
    shown = re.compile("^" + re.escape(f"{wanted:.6f}"[:5]))
    expect(app.page.get_by_test_id("slide-result")).to_have_text(shown)
    expect(app.error).to_have_count(0)
    app.page.wait_for_function("new URLSearchParams(location.search).has('data')")
    there = tabs.open_telephone().visit(app.page.url)
    expect(there.page.get_by_test_id("slide-result")).to_have_text(shown)
    expect_no_sideways_scrolling(there)
