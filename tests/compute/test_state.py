"""What the process of one accelerator asks of torch: of that device, not of the first of its kind."""

from __future__ import annotations

import pytest
import torch

from explorer.compute.state import empty_cache, make_current

Asked = list[tuple[str, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Note what an accelerator is asked for, and of which device."""
    notes: Asked = []

    class Module:
        @staticmethod
        def empty_cache() -> None:
            notes.append(("empty_cache", "all"))

    monkeypatch.setattr(torch.accelerator, "synchronize", lambda device: notes.append(("synchronize", str(device))))
    monkeypatch.setattr(torch.accelerator, "set_device_index", lambda device: notes.append(("current", str(device))))
    monkeypatch.setattr(torch, "get_device_module", lambda _: Module)
    return notes


@pytest.mark.parametrize("device", ["cuda:1", "xpu:0", "mps"])
def test_its_own_device_is_waited_for(device: str, asked: Asked) -> None:
    empty_cache(device)
    assert asked == [("synchronize", device), ("empty_cache", "all")]


@pytest.mark.parametrize(("device", "notes"), [("cuda:1", [("current", "cuda:1")]), ("mps", []), ("cpu", [])])
def test_a_name_without_a_number_means_its_own_device(device: str, notes: Asked, asked: Asked) -> None:
    make_current(device)
    assert asked == notes


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_cpu_has_nothing_to_wait_for(device: str, asked: Asked) -> None:
    empty_cache(device)
    assert asked == []
