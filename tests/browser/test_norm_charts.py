"""A normalisation exported as a page without a server: the numbers of its charts are tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import explorer

pytestmark = pytest.mark.browser

SOURCE = """\
import torch
from torch import nn

bn = nn.BatchNorm1d(1)
x = torch.arange(8.0).reshape(8, 1)
for _ in range(2):
    y = bn(x)
"""


def test_an_exported_page_lists_bins_points_and_bands(browser: Browser, tmp_path: Path) -> None:
    scene = explorer.scene(explorer.run(SOURCE), "normalization")
    (tmp_path / "norm.html").write_text(scene.to_html(), encoding="utf-8")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "norm.html").as_uri())
    tables = page.get_by_test_id("chart-table")
    expect(tables).to_have_count(len(scene.charts))
    for place, chart in enumerate(scene.charts):
        shown = tables.nth(place)
        expect(shown.locator("summary")).to_have_text(chart.title)
        shown.locator("summary").click()
        expect(shown.get_by_role("row")).to_have_count(1 + len(chart.labels))
    expect(tables.nth(0).get_by_role("row").nth(0)).to_have_text("binbefore: valuebeforeafter: valueafter")
    expect(tables.nth(0).get_by_role("row").nth(1)).to_contain_text("10.0 to 2.3333.0")
    assert {chart.kind for chart in scene.charts} == {"histogram", "points", "lines", "bands"}
    assert errors == []
    page.close()
