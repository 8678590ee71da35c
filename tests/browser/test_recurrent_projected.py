"""A unit of a layer with a projection has no h of its own: each number of h is made of all units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from playwright.sync_api import expect

from tests.browser import recurrent_scenes
from tests.browser.stage_site import serving
from tests.browser.test_recurrent import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

# of each plot of units over time: how high the mark of the present is, and the plot without the numbers below it
_HEIGHTS = """() => {
  const plots = window.stage.layer.parts.flatMap(({ panel }) => [...(panel.plots?.values() ?? [])]);
  return plots.filter(({ box }) => box.offsetHeight).map(({ cursor, height }) => [cursor.offsetHeight, height]);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for the layer."""
    scenes = {"projected": recurrent_scenes.scene("projected")}
    with serving(tmp_path_factory.mktemp("site"), scenes) as address:
        yield address


def _shown_by_cell() -> torch.Tensor:
    """Return o·tanh(c) of the last step, by torch alone; shape (6,)."""
    lstm, x = recurrent_scenes.module("projected", "lstm"), recurrent_scenes.values("projected", "x")
    weight_ih, weight_hh, bias_ih, bias_hh, weight_hr = recurrent_scenes.parameters(lstm)
    h, c, shown = torch.zeros(2), torch.zeros(6), torch.zeros(6)
    for given in x[:, 0]:
        i, f, g, o = (weight_ih @ given + bias_ih + weight_hh @ h + bias_hh).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        shown = o.sigmoid() * c.tanh()
        h = weight_hr @ shown
    return shown


@pytest.mark.parametrize("unit", [1, 5])
def test_of_a_unit_what_the_projection_takes_is_told(open_stage: Opener, unit: int) -> None:
    page = open_stage("s=projected", motion="reduce")
    page.evaluate("(unit) => window.stage.layer.choose(unit)", unit)
    readout = page.get_by_test_id("recurrent-readout")
    expect(readout).to_contain_text(f"o·tanh c of unit {unit} at t = 7")
    assert numbers(readout.inner_text().partition(": ")[2])[0] == pytest.approx(_shown_by_cell()[unit].item(), rel=1e-5)
    cell = page.get_by_test_id("recurrent-cell")
    expect(cell.locator("[data-value='h']")).to_have_text("h₇")
    label = cell.get_attribute("aria-label")
    assert label is not None
    assert "nan" not in label
    assert "o·tanh c" in label
    told = page.locator(".te-rcp-figure", has=page.get_by_test_id("rec-line-h")).locator(".te-rcp-told")
    expect(told).to_contain_text("h[1]" if unit == 1 else "2 numbers, made of all units")


def test_the_present_is_marked_over_the_whole_height_of_each_plot(open_stage: Opener) -> None:
    page = open_stage("s=projected", motion="reduce")
    heights = page.evaluate(_HEIGHTS)
    assert len(heights) == 2
    assert all(cursor == height for cursor, height in heights)
