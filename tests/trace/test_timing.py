"""Timed calls wait for an accelerator that is in use, and leave one asleep that is not."""

from __future__ import annotations

import pytest
import torch

import explorer
from explorer.trace import timing
from explorer.trace.timing import timed

WAIT, WORK = 100.0, 7.0


class Machine:
    """Stands in for an accelerator and the clock: each wait takes 100 s, a call's own part 7 s."""

    def __init__(self, *, awake: bool) -> None:
        self.awake = awake
        self.now = 0.0
        self.waits = 0

    def is_initialized(self) -> bool:
        """Answer as `torch.cuda.is_initialized`."""
        return self.awake

    def synchronize(self) -> None:
        """Wait; which wakes, as with CUDA."""
        self.now += WAIT
        self.waits += 1
        self.awake = True

    def call(self) -> str:
        """Do something that takes its time."""
        self.now += WORK
        return "done"

    def wake(self) -> str:
        """Do something that wakes the accelerator."""
        self.awake = True
        return self.call()


def pretend(monkeypatch: pytest.MonkeyPatch, *, awake: bool, kind: str | None = "cuda") -> Machine:
    machine = Machine(awake=awake)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: None if kind is None else torch.device(kind))
    monkeypatch.setattr(torch, "get_device_module", lambda _: machine)
    monkeypatch.setattr(torch.accelerator, "synchronize", machine.synchronize)
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(timing, "perf_counter", lambda: machine.now)
    return machine


def test_a_program_on_the_cpu_does_not_wake_the_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pretend(monkeypatch, awake=False)
    x = torch.ones(3)
    with explorer.record() as recording:
        x.to(torch.float64)
        x.clone().copy_(x)
    assert [step.op for step in recording.steps] == ["to", "clone", "copy_"]
    assert (machine.waits, machine.awake) == (0, False)


def test_what_was_asked_before_is_waited_for_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pretend(monkeypatch, awake=True)
    assert timed(machine.call) == ("done", WORK + WAIT)
    assert machine.waits == 2


def test_a_call_that_wakes_the_accelerator_has_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pretend(monkeypatch, awake=False)
    assert timed(machine.wake) == ("done", None)
    assert machine.waits == 1
    assert timed(machine.call) == ("done", WORK + WAIT)


def test_without_an_accelerator_there_is_only_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pretend(monkeypatch, awake=False, kind=None)
    assert timed(machine.call) == ("done", WORK)
    assert machine.waits == 0
