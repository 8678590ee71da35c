"""Timing apart from the server: what comes back is checked, whatever happens is a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.compute import timing
from explorer.compute.jobs import Answer, Job
from explorer.compute.stops import Stopped
from explorer.compute.timing import time_program
from explorer.program.timing import Plan, Timing


def test_the_cpu_is_timed_in_another_process() -> None:
    found = time_program("x = torch.tensor(data).sum()", "cpu", inputs={"data": np.ones(3)}, plan=Plan(4, 1))
    assert found.error == ""
    assert len(found.seconds) == 4
    assert all(0 < seconds < 60 for seconds in found.seconds)
    assert found.threads >= 1


@pytest.mark.parametrize(
    ("program", "device", "words"),
    [
        ("x = 1 / 0", "cpu", "ZeroDivisionError"),
        ("x = (", "cpu", "the program cannot run: '(' was never closed on line 1"),
        ("x = 1", "tpu9", "no device 'tpu9' here; there are:"),
        ("x = 1", "meta", "nothing is computed on meta"),
    ],
)
def test_what_cannot_be_timed_says_why(program: str, device: str, words: str) -> None:
    found = time_program(program, device)
    assert found.seconds == ()
    assert words in found.error


def answer_with(monkeypatch: pytest.MonkeyPatch, header: dict[str, Any]) -> None:
    monkeypatch.setattr(timing, "call", lambda _job: Answer(header))


GOOD = {"seconds": [0.5, 0.25], "error": "", "threads": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"seconds": None},
        {"seconds": [True]},
        {"seconds": ["1"]},
        {"seconds": [-1.0]},
        {"seconds": [float("nan")]},
        {"error": None},
        {"error": ["x"]},
        {"threads": 1.5},
        {"threads": None},
    ],
)
def test_an_answer_that_is_none_is_a_result_too(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, GOOD)
    assert time_program("x = 1", "cpu") == Timing("cpu", (0.5, 0.25), "", 1)
    answer_with(monkeypatch, {**GOOD, **change})
    found = time_program("x = 1", "cpu")
    assert found.seconds == ()
    assert "the program's process sent" in found.error


def test_a_killed_run_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Job] = []

    def stop(job: Job) -> Answer:
        asked.append(job)
        raise Stopped("Stopped after 13 s.")

    monkeypatch.setenv("EXPLORER_MAX_SECONDS", "10")
    monkeypatch.setattr(timing, "call", stop)
    assert time_program("x = 1", "cpu", plan=Plan(budget_seconds=3.0)) == Timing("cpu", (), "Stopped after 13 s.")
    assert asked[0].limits.seconds == 13
