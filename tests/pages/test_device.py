"""The device picker, on simulated machines."""

from __future__ import annotations

import pytest

from tests.compute.machines import MACHINES, pretend
from tests.pages.opened import check, open_page


@pytest.mark.parametrize("machine", MACHINES)
def test_it_lists_what_is_there(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, machine)
    app = open_page()
    shown = [option.partition(" ")[0] for option in app.radio[0].options]
    assert shown == ["cpu", *(answer.name.replace(":", "\\:") for answer in MACHINES[machine]), "meta"]
    can_ask = any(answer.free is not None for answer in MACHINES[machine])
    assert [button.key for button in app.sidebar.button] == (["device/refresh"] if can_ask else [])


def test_free_memory_can_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    app = open_page()
    assert "15\\.0 GB of 16\\.0 GB free" in app.radio[0].options[1]
    pretend(monkeypatch, "one")
    check(app.button(key="device/refresh").click().run())
    assert "77\\.0 GB of 80\\.0 GB free" in app.radio[0].options[1]


@pytest.mark.parametrize("asked", ["cuda:7", "mps", "cpu:1:2", "**bold**"])
def test_a_link_to_a_device_that_is_not_here_says_what_is(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "none")
    app = open_page(device=asked)
    warning = app.sidebar.warning[0].value.replace("\\", "")
    assert f"the device {asked}, which is not here. There are: cpu, meta. cpu is used." in warning
    assert app.radio[0].value == "cpu"


def test_a_link_to_a_kind_of_device_takes_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "none")
    app = open_page(device="meta")
    assert app.radio[0].value == "meta"
    assert not app.sidebar.warning
