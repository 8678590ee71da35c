"""Tensors from files: what can be read, what is too large for a link, what is refused and why."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect
from safetensors.torch import save_file

from tests.browser.guard import Guard
from tests.browser.programs import START
from tests.browser.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.browser.app import App
    from tests.browser.server import Server
    from tests.browser.tabs import Profiles

pytestmark = pytest.mark.browser


def open_uploader(app: App) -> App:
    """Open a program whose tensor comes from a file that is still to be chosen."""
    app.open(START)
    app.select(0)
    app.remake("Made by", "upload")
    app.expect_chips(["!x = torch.tensor(data)"])
    return app


@pytest.fixture(scope="module")
def uploader(profiles: Profiles, server: Server) -> Iterator[App]:
    """One tab in which file after file is uploaded, each in the place of the one before."""
    guard = Guard(server.url)
    with Tabs(profiles, server.url, guard) as tabs:
        yield open_uploader(tabs.open())
    assert guard.problems == []


def upload(app: App, path: Path) -> None:
    """Choose a file in the form."""
    app.page.locator("input[type=file]").set_input_files(path)


def upload_array(app: App, folder: Path, array: npt.NDArray[Any]) -> None:
    """Upload an array; by its name the browser tells it from the file before."""
    path = folder / f"{'by'.join(map(str, array.shape))}.npy"
    np.save(path, array)
    upload(app, path)


def expect_tensor(app: App, shape: str, dtype: str) -> None:
    """The tensor is drawn with this shape and dtype, and nothing is wrong."""
    expect(app.chip(0)).to_contain_text(f"{dtype} · {shape}")
    expect(app.grid(0)).to_contain_text(shape)
    expect(app.error).to_have_count(0)


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_an_uploaded_array_travels_in_the_link(app: App, tabs: Tabs, tmp_path: Path) -> None:
    open_uploader(app)
    upload_array(app, tmp_path, np.arange(6).reshape(2, 3))
    expect_tensor(app, "(2, 3)", "int64")
    app.hover_cell(app.grid(0), (2, 3), (1, 2))
    expect(app.readout).to_contain_text("x[1, 2] = 5")
    app.page.wait_for_function("new URLSearchParams(location.search).has('data')")
    there = tabs.open_telephone().visit(app.page.url)
    expect_tensor(there, "(2, 3)", "int64")
    app.page.reload()
    expect_tensor(app.drawn(), "(2, 3)", "int64")


def test_an_array_too_large_for_a_link_says_so_and_works(app: App, tmp_path: Path) -> None:
    open_uploader(app)
    upload_array(app, tmp_path, np.random.default_rng(0).random((50, 60)))
    expect_tensor(app, "(50, 60)", "float64")
    expect(app.page.get_by_text("24,000 bytes are too many for a link")).to_be_visible()
    app.settled()
    assert app.parameter("data") is None
    app.add("flatten")
    app.expect_chips(["x = torch.tensor(data)", ".flatten()"])
    expect(app.error).to_have_count(0)


def test_an_array_file(uploader: App, tmp_path: Path) -> None:
    upload_array(uploader, tmp_path, np.arange(6))
    expect_tensor(uploader, "(6,)", "int64")
    upload_array(uploader, tmp_path, np.arange(8).reshape(2, 4))
    expect_tensor(uploader, "(2, 4)", "int64")


def test_a_picture_is_made_small(uploader: App, tmp_path: Path) -> None:
    Image.linear_gradient("L").convert("RGB").resize((48, 24)).save(tmp_path / "picture.png")
    upload(uploader, tmp_path / "picture.png")
    expect_tensor(uploader, "(16, 32, 3)", "uint8")
    uploader.fill("Longest side in pixels", "8")
    expect_tensor(uploader, "(4, 8, 3)", "uint8")


def test_a_table_with_a_heading(uploader: App, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("width,height\n1,2.5\n3,4\n5,6\n")
    upload(uploader, tmp_path / "table.csv")
    expect_tensor(uploader, "(3, 2)", "float64")


def test_one_tensor_of_a_safetensors_file_is_chosen(uploader: App, tmp_path: Path) -> None:
    save_file({"bias": torch.zeros(3), "weight": torch.ones(4, 3)}, tmp_path / "model.safetensors")
    upload(uploader, tmp_path / "model.safetensors")
    expect_tensor(uploader, "(3,)", "float32")
    uploader.choose("Tensor in the file", "weight")
    expect_tensor(uploader, "(4, 3)", "float32")


def test_one_tensor_of_a_torch_file_is_chosen(uploader: App, tmp_path: Path) -> None:
    torch.save({"a": torch.arange(4), "nested": {"b": torch.eye(2)}}, tmp_path / "model.pt")
    upload(uploader, tmp_path / "model.pt")
    expect_tensor(uploader, "(4,)", "int64")
    uploader.choose("Tensor in the file", "nested.b")
    expect_tensor(uploader, "(2, 2)", "float32")


def test_a_torch_file_with_an_object_is_refused_with_the_reason(uploader: App, tmp_path: Path) -> None:
    torch.save({"when": datetime.timedelta(1)}, tmp_path / "object.pt")
    upload(uploader, tmp_path / "object.pt")
    alert = uploader.page.get_by_role("alert").filter(has_text="object.pt")
    expect(alert).to_contain_text("datetime.timedelta")
    expect(alert).to_contain_text("could run any code")


def test_text_that_calls_itself_a_picture_is_refused(uploader: App, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    upload(uploader, tmp_path / "text.png")
    expect(uploader.page.get_by_text("text.png: it is no picture, or broken.")).to_be_visible()
    upload_array(uploader, tmp_path, np.arange(7))
    expect_tensor(uploader, "(7,)", "int64")
