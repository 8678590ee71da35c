"""The exported page: opened from the disk, it draws, hovers and steps without any server."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import explorer
from explorer.scene.decoding import decode
from tests.browser.guard import Guard
from tests.browser.programs import DEFAULT, DEFAULT_GRIDS, THIRTEEN
from tests.browser.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.app import App
    from tests.browser.tabs import Profiles

pytestmark = pytest.mark.browser


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def exported(request: pytest.FixtureRequest, profiles: Profiles, tmp_path: Path) -> Iterator[App]:
    """The exported default program, opened from a file."""
    path = tmp_path / "exported.html"
    path.write_text(explorer.scene(explorer.run(DEFAULT), title="Exported").to_html(), encoding="utf-8")
    guard = Guard(None)
    with Tabs(profiles, "", guard) as tabs:
        yield tabs.open(dark=request.param).visit(path.as_uri())
    assert guard.problems == []


def test_an_exported_page_draws_hovers_and_steps(exported: App) -> None:
    exported.expect_grids(DEFAULT_GRIDS)
    exported.hover_cell(exported.grid(1), (4, 6), (2, 1))
    exported.expect_lit(THIRTEEN)
    expect(exported.readout).to_contain_text("a[2, 1] = 13")
    exported.page.keyboard.press("Home")
    exported.expect_frame(0)
    exported.page.get_by_test_id("step-next").click()
    exported.expect_frame(1)
    exported.page.get_by_test_id("color-value").click()
    expect(exported.page.get_by_test_id("color-value")).to_have_attribute("aria-pressed", "true")
    expect(exported.page.get_by_role("region", name="Program", exact=True)).to_contain_text("c = b.reshape(3, 8)")


def test_an_export_comes_from_the_menu(app: App, tmp_path: Path) -> None:
    app.open()
    app.page.keyboard.press("Home")
    app.page.keyboard.press("ArrowRight")
    app.expect_parameter("step", "2")
    app.page.get_by_role("button", name="Export").click()
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Picture as HTML, works offline").click()
    download.value.save_as(tmp_path / "page.html")
    assert download.value.suggested_filename == "tensor-explorer.html"
    payload = (tmp_path / "page.html").read_text(encoding="utf-8").split('atob("')[1].split('"', maxsplit=1)[0]
    assert decode(base64.b64decode(payload)).opens_on == 1  # where the app is
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Program as .py").click()
    download.value.save_as(tmp_path / "program.py")
    assert (tmp_path / "program.py").read_text(encoding="utf-8") == DEFAULT
