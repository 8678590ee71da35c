"""Which devices there are, for none, one or two accelerators of each kind."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.program.devices import available_names, is_available, missing_text


def pretend(monkeypatch: pytest.MonkeyPatch, kind: str | None, count: int) -> None:
    device = None if kind is None else torch.device(kind)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: device)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: count > 0)


@pytest.mark.parametrize(
    ("kind", "count", "names"),
    [
        (None, 0, ()),
        ("cuda", 0, ()),
        ("cuda", 1, ("cuda:0",)),
        ("cuda", 2, ("cuda:0", "cuda:1")),
        ("xpu", 2, ("xpu:0", "xpu:1")),
        ("mps", 0, ()),
        ("mps", 1, ("mps",)),
    ],
)
def test_names(kind: str | None, count: int, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, kind, count)
    assert available_names() == ("cpu", *names, "meta")
    assert missing_text("tpu9") == f"no device 'tpu9' here; there are: {', '.join(('cpu', *names, 'meta'))}"
    assert all(is_available(name) for name in available_names())
    for other in ("cuda", "xpu", "mps"):
        assert is_available(other) == (other == kind and count > 0)
        assert is_available(f"{other}:0") == (other == kind and count > 0)
        assert not is_available(f"{other}:{count}")


@pytest.mark.parametrize("name", ["", "tpu9", "cuda:x", "cpu:-3", "cuda:-1", "CPU"])
def test_what_is_no_device(name: str) -> None:
    assert not is_available(name)


def test_a_run_on_a_missing_device_lists_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, None, 0)
    with pytest.raises(ValueError, match="no device 'cuda:1' here; there are: cpu, meta"):
        explorer.run("x = 1", device="cuda:1")


def test_asking_wakes_no_device() -> None:
    available_names()
    assert not torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
