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

from tests.browser.programs import START

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.app import App

pytestmark = pytest.mark.browser


@pytest.fixture
def uploader(app: App) -> App:
    """A program whose tensor comes from a file that is still to be chosen."""
    app.open(START)
    app.select(0)
    app.choose("Made by", "upload")
    app.expect_chips(["!x = torch.tensor(data)"])
    return app


def upload(app: App, path: Path) -> None:
    app.page.locator("input[type=file]").set_input_files(path)


def expect_shape(app: App, shape: str, dtype: str) -> None:
    """The tensor is drawn with this shape and dtype, and nothing is wrong."""
    app.expect_chips(["x = torch.tensor(data)"])
    expect(app.chip(0)).to_contain_text(f"{dtype} · {shape}")
    expect(app.grid(0)).to_contain_text(shape)
    expect(app.error).to_have_count(0)


def array_file(folder: Path, array: npt.NDArray[Any]) -> Path:
    np.save(folder / "array.npy", array)
    return folder / "array.npy"


def test_an_array_is_uploaded_and_travels_in_the_link(
    uploader: App, open_tab: Callable[..., App], tmp_path: Path
) -> None:
    upload(uploader, array_file(tmp_path, np.arange(6).reshape(2, 3)))
    expect_shape(uploader, "(2, 3)", "int64")
    uploader.hover_cell(uploader.grid(0), (2, 3), (1, 2))
    expect(uploader.readout).to_contain_text("x[1, 2] = 5")
    uploader.settled()
    assert uploader.parameter("data")
    there = open_tab(locale="en-GB").visit(uploader.page.url)
    expect_shape(there, "(2, 3)", "int64")


def test_a_picture_is_uploaded_and_made_small(uploader: App, tmp_path: Path) -> None:
    Image.linear_gradient("L").convert("RGB").resize((48, 24)).save(tmp_path / "picture.png")
    upload(uploader, tmp_path / "picture.png")
    expect_shape(uploader, "(16, 32, 3)", "uint8")
    uploader.fill("Longest side in pixels", "8")
    expect_shape(uploader, "(4, 8, 3)", "uint8")


def test_a_table_is_uploaded(uploader: App, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("width,height\n1,2.5\n3,4\n5,6\n")
    upload(uploader, tmp_path / "table.csv")
    expect_shape(uploader, "(3, 2)", "float64")


def test_one_tensor_of_a_safetensors_file_is_chosen(uploader: App, tmp_path: Path) -> None:
    save_file({"bias": torch.zeros(3), "weight": torch.ones(4, 3)}, tmp_path / "model.safetensors")
    upload(uploader, tmp_path / "model.safetensors")
    expect_shape(uploader, "(3,)", "float32")
    uploader.choose("Tensor in the file", "weight")
    expect_shape(uploader, "(4, 3)", "float32")


def test_one_tensor_of_a_torch_file_is_chosen(uploader: App, tmp_path: Path) -> None:
    torch.save({"a": torch.arange(4), "nested": {"b": torch.eye(2)}}, tmp_path / "model.pt")
    upload(uploader, tmp_path / "model.pt")
    expect_shape(uploader, "(4,)", "int64")
    uploader.choose("Tensor in the file", "nested.b")
    expect_shape(uploader, "(2, 2)", "float32")


def test_an_array_too_large_for_a_link_says_so_and_works(uploader: App, tmp_path: Path) -> None:
    upload(uploader, array_file(tmp_path, np.random.default_rng(0).random((50, 60))))
    expect_shape(uploader, "(50, 60)", "float64")
    expect(uploader.page.get_by_text("24,000 bytes are too many for a link")).to_be_visible()
    uploader.settled()
    assert uploader.parameter("data") is None
    uploader.add("flatten")
    uploader.expect_chips(["x = torch.tensor(data)", ".flatten()"])
    expect(uploader.error).to_have_count(0)


def test_another_file_replaces_the_first(uploader: App, tmp_path: Path) -> None:
    upload(uploader, array_file(tmp_path, np.arange(6)))
    expect_shape(uploader, "(6,)", "int64")
    upload(uploader, array_file(tmp_path, np.arange(8).reshape(2, 4)))
    expect_shape(uploader, "(2, 4)", "int64")


def test_a_torch_file_with_an_object_is_refused_with_the_reason(uploader: App, tmp_path: Path) -> None:
    torch.save({"when": datetime.timedelta(1)}, tmp_path / "model.pt")
    upload(uploader, tmp_path / "model.pt")
    alert = uploader.page.get_by_role("alert").filter(has_text="model.pt")
    expect(alert).to_contain_text("datetime.timedelta")
    expect(alert).to_contain_text("could run any code")


def test_text_that_calls_itself_a_picture_is_refused(uploader: App, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_text("no picture")
    upload(uploader, tmp_path / "picture.png")
    expect(uploader.page.get_by_text("picture.png: it is no picture, or broken.")).to_be_visible()
    upload(uploader, array_file(tmp_path, np.arange(6)))
    expect_shape(uploader, "(6,)", "int64")
