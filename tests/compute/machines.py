"""Pretends to be another machine: what `explorer.compute.devices` sees of accelerators."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from explorer.compute.probe import Probed

if TYPE_CHECKING:
    import pytest

# not `from explorer.compute import devices`: the package has a function of that name
MODULE = importlib.import_module("explorer.compute.devices")
GB = 10**9
MACHINES: dict[str, tuple[Probed, ...]] = {
    "none": (),
    "one": (Probed("cuda:0", "NVIDIA H100", 77 * GB, 80 * GB),),
    "two": (Probed("cuda:0", "NVIDIA T4", 15 * GB, 16 * GB), Probed("cuda:1", "NVIDIA L4", 500_000_000, 24 * GB)),
    "mac": (Probed("mps", "", None, None),),
    "intel": (Probed("xpu:0", "Intel Arc", 8 * GB, 8 * GB),),
}


def pretend(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    """Show another machine's accelerators, all of which people may choose."""
    monkeypatch.setattr(MODULE, "accelerator_names", lambda: tuple(answer.name for answer in MACHINES[machine]))
    monkeypatch.setattr(MODULE, "probe", lambda names: tuple(a for a in MACHINES[machine] if a.name in names))
    monkeypatch.setattr(MODULE, "_KNOWN", MODULE._Known())
    monkeypatch.delenv("EXPLORER_DEVICES", raising=False)
