"""Devices that are not here: the message names them and those that are, and the fix runs."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.program import devices
from explorer.program.explain.devices import missing_device

GUARDED = "device = 'cuda' if torch.cuda.is_available() else 'cpu'\n"


@pytest.fixture(autouse=True)
def _no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.accelerator.is_available():
        pytest.skip("these programs fail only where there is no accelerator")
    monkeypatch.setattr(devices, "accelerator_names", lambda: ())


@pytest.mark.parametrize(
    ("source", "name", "mended"),
    [
        ("x = torch.zeros(2).cuda()", "cuda", "x = torch.zeros(2).cpu()"),
        ("x = torch.zeros(2).cuda(1)", "cuda:1", "x = torch.zeros(2).cpu()"),
        ("x = torch.zeros(2, device='cuda')", "cuda", "x = torch.zeros(2, device='cpu')"),
        ('d = "cuda:3"\nx = torch.zeros(2).to(d)', "cuda:3", 'd = "cpu"\nx = torch.zeros(2).to(d)'),
        ("x = torch.zeros(2).to('mps')", "mps", "x = torch.zeros(2).to('cpu')"),
        ("x = torch.zeros(2).to('xpu')", "xpu", "x = torch.zeros(2).to('cpu')"),
        ("x = torch.zeros(2).to('gpu')", "gpu", "x = torch.zeros(2).to('cpu')"),
        ("d = torch.device('tpu9')", "tpu9", "d = torch.device('cpu')"),
        (GUARDED + "x = torch.zeros(2).to('cuda')", "cuda", GUARDED + "x = torch.zeros(2).to('cpu')"),
    ],
)
def test_it_says_what_is_missing_and_what_there_is(source: str, name: str, mended: str) -> None:
    error = explorer.run(source).error
    assert error is not None
    assert f"There is no device {name} here" in error.message
    assert "cpu and meta" in error.message
    assert [fix.source for fix in error.fixes] == [mended]
    assert explorer.run(mended).error is None


def test_a_device_by_number_is_explained_too() -> None:
    error = explorer.run("x = torch.zeros(2).to(0)").error
    assert error is not None
    assert "no accelerator was found" in error.message
    assert error.fixes == ()


def test_a_guarded_program_just_runs() -> None:
    assert explorer.run(GUARDED + "x = torch.zeros(2).to(device)").error is None


@pytest.mark.parametrize("words", ["CUDA error: invalid device ordinal", "Device index out of range"])
def test_numbers_beyond_the_last_accelerator(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("cuda:0", "cuda:1")
    monkeypatch.setattr(devices, "accelerator_names", lambda: names)
    monkeypatch.setattr("explorer.program.explain.devices.accelerator_names", lambda: names)
    explanation = missing_device(RuntimeError(words), "x = torch.zeros(2, device='cuda:3').to('cuda:1')")
    assert explanation is not None
    assert "no device cuda:3 here: accelerators are counted from 0, and there are 2" in explanation.message
    assert "cpu, cuda:0, cuda:1 and meta" in explanation.message
    assert [fix.source for fix in explanation.fixes] == ["x = torch.zeros(2, device='cpu').to('cuda:1')"]


@pytest.mark.parametrize("words", ["shape '[3]' is invalid", "Expected all tensors to be on the same device"])
def test_other_errors_are_left_to_others(words: str) -> None:
    assert missing_device(RuntimeError(words), "x = torch.zeros(2, device='cuda')") is None
