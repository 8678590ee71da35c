"""Timing programs without recording them: what runs, how often, and what does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from explorer.program import timing
from explorer.program.guards.namespace import program_namespace
from explorer.program.timing import Plan, Timing, measure, synchronise

PROGRAM = "x = torch.rand(3, 4)\nprint(x)\ny = x @ x.t()\n"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The names of each run, after it."""
    seen: list[dict[str, Any]] = []

    def remember(*arguments: Any) -> tuple[dict[str, Any], object]:
        names, connect = program_namespace(*arguments)
        seen.append(names)
        return names, connect

    monkeypatch.setattr(timing, "program_namespace", remember)
    return seen


@pytest.mark.parametrize(("repeats", "warm_up"), [(1, 0), (5, 2), (3, 1)])
def test_it_runs_as_often_as_planned(repeats: int, warm_up: int, runs: list[dict[str, Any]]) -> None:
    found = measure(PROGRAM, plan=Plan(repeats, warm_up, 60.0))
    assert found.error == ""
    assert len(found.seconds) == repeats
    assert len(runs) == repeats + warm_up
    assert all(seconds > 0 for seconds in found.seconds)
    assert all(torch.equal(names["y"], runs[0]["y"]) for names in runs), "each run starts from the same seed"


def test_a_spent_budget_still_gives_one_time(runs: list[dict[str, Any]]) -> None:
    found = measure(PROGRAM, plan=Plan(repeats=50, warm_up=10, budget_seconds=0.0))
    assert len(found.seconds) == 1
    assert len(runs) == 2


def test_runs_share_no_names(runs: list[dict[str, Any]]) -> None:
    assert measure("a = [1]\na += [2]\n", plan=Plan(3, 0)).error == ""
    assert [names["a"] for names in runs] == [[1, 2]] * 3


def test_inputs_are_bound(runs: list[dict[str, Any]]) -> None:
    assert measure("x = torch.tensor(data).sum()", inputs={"data": np.ones(3)}, plan=Plan(1, 0)).error == ""
    assert runs[0]["x"] == 3


def test_what_was_there_before_stays() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    measure(PROGRAM, seed=7, plan=Plan(2, 0))
    assert torch.equal(torch.rand(2), expected)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("x = (", "the program cannot run"),
        ("import os", "the program cannot run"),
        ("x = torch.zeros(2) @ torch.zeros(3)", "RuntimeError: "),
        ("x = 1 / 0", "ZeroDivisionError: "),
    ],
)
def test_what_fails_has_no_times_and_says_why(program: str, words: str) -> None:
    found = measure(program)
    assert found.seconds == ()
    assert found.error.startswith(words)
    assert "Traceback" not in found.error


def test_devices_without_times_say_why() -> None:
    assert "nothing is computed" in measure(PROGRAM, "meta").error
    assert measure(PROGRAM, "tpu9") == Timing("tpu9", (), "no device 'tpu9' here; there are: cpu, meta") or (
        torch.accelerator.is_available()
    )


def test_accelerators_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[object] = []
    monkeypatch.setattr(torch.accelerator, "synchronize", waited.append)
    for device in ("cpu", "cuda:1", "meta", "mps"):
        synchronise(device)
    assert waited == ["cuda:1", "mps"]


@pytest.mark.skipif(not torch.accelerator.is_available(), reason="needs an accelerator")
def test_an_accelerator_is_timed() -> None:
    kind = torch.accelerator.current_accelerator()
    assert kind is not None
    assert len(measure(PROGRAM, kind.type, plan=Plan(3, 1)).seconds) == 3
