"""Which devices people may choose: simulated machines, and the limits that the server's owner sets."""

from __future__ import annotations

import subprocess

import pytest
import torch

from explorer.compute.devices import devices, find
from explorer.compute.probe import Probed, ask, probe
from tests.compute.machines import GB, MACHINES, MODULE, pretend


@pytest.mark.parametrize("machine", MACHINES)
def test_every_accelerator_is_listed_between_cpu_and_meta(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, machine)
    names = [device.name for device in devices()]
    assert names == ["cpu", *(answer.name for answer in MACHINES[machine]), "meta"]
    assert [device.name for device in devices() if not device.computes] == ["meta"]


def test_labels_say_what_a_device_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    labels = [device.label for device in devices()]
    assert labels[0].startswith("cpu · ")
    assert " core" in labels[0]
    assert labels[1:] == [
        "cuda:0 · NVIDIA T4 · 15.0 GB of 16.0 GB free",
        "cuda:1 · NVIDIA L4 · 500.0 MB of 24.0 GB free",
        "meta · shapes only: any size, no memory",
    ]
    pretend(monkeypatch, "mac")
    assert devices()[1].label == "mps · Apple GPU"


def test_memory_is_asked_again_only_when_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "one")
    asked: list[tuple[str, ...]] = []

    def count(names: tuple[str, ...]) -> tuple[Probed, ...]:
        asked.append(names)
        return (Probed("cuda:0", "NVIDIA H100", len(asked) * GB, 80 * GB),)

    monkeypatch.setattr(MODULE, "probe", count)
    assert [devices()[1].free, devices()[1].free] == [GB, GB]
    assert devices(refresh=True)[1].free == 2 * GB
    assert asked == [("cuda:0",)] * 2


@pytest.mark.parametrize(
    ("allowed", "names"),
    [
        ("cpu", ["cpu"]),
        ("cuda", ["cuda:0", "cuda:1"]),
        ("cuda:1, meta", ["cuda:1", "meta"]),
        ("tpu", ["cpu"]),
        (" , ", ["cpu", "cuda:0", "cuda:1", "meta"]),
    ],
)
def test_the_owner_chooses(allowed: str, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    monkeypatch.setenv("EXPLORER_DEVICES", allowed)
    assert [device.name for device in devices()] == names


def test_a_device_is_found_by_name_or_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    found = {name: find(name, devices()) for name in ("cpu", "cuda", "cuda:1", "cuda:2", "mps", "")}
    names = {name: device.name if device else None for name, device in found.items()}
    assert names == {"cpu": "cpu", "cuda": "cuda:0", "cuda:1": "cuda:1", "cuda:2": None, "mps": None, "": None}


def test_a_device_that_does_not_answer_is_not_listed() -> None:
    missing = "xpu:0" if not torch.xpu.is_available() else "xpu:99"
    assert ask(missing) is None
    assert probe((missing,)) == ()
    assert ask("cpu") is not None


def test_a_probe_that_breaks_lists_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("probe", 1)

    monkeypatch.setattr("explorer.compute.probe.subprocess.run", broken)
    assert probe(("cuda:0",)) == ()
    assert probe(()) == ()
