"""Times a program on devices, in the processes that run programs, one device after the other."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from explorer.compute.jobs import Job
from explorer.compute.runs import call
from explorer.compute.settings import limits_from_environment
from explorer.compute.stops import Stopped
from explorer.program.timing import DEFAULT_PLAN, Plan, Timing

_LONGEST_ERROR = 500


def time_program(
    source: str,
    device: str,
    seed: int = 0,
    inputs: Mapping[str, Any] | None = None,
    plan: Plan = DEFAULT_PLAN,
) -> Timing:
    """Time a program on one device, apart from this process; see `explorer.program.timing.measure`.

    Args:
        source: The program.
        device: Where tensors are made unless the program says otherwise.
        seed: What random generators start from in each run.
        inputs: NumPy arrays bound to names before the program starts.
        plan: How often it is run.

    Returns:
        The times, or why there are none; nothing is raised for what the program or its process did.
    """
    limits = limits_from_environment()
    limits = replace(limits, seconds=limits.seconds + plan.budget_seconds)
    job = Job("timing", source, device, seed, dict(inputs or {}), asdict(plan), limits)
    try:
        return _timing(device, call(job).header)
    except Stopped as stopped:
        return Timing(device, (), stopped.message)
    except ValueError as error:
        return Timing(device, (), str(error))


def _timing(device: str, header: Mapping[str, Any]) -> Timing:
    """Return the timing in an answer, which may have been written by anybody.

    Raises:
        ValueError: It is none.
    """
    seconds, error, threads = header.get("seconds"), header.get("error"), header.get("threads")
    if not (isinstance(seconds, list) and isinstance(error, str) and type(threads) is int):
        raise ValueError("the program's process sent something that is no answer")
    if not all(_is_time(value) for value in seconds):
        raise ValueError("the program's process sent times that are none")
    return Timing(device, tuple(seconds), error[:_LONGEST_ERROR], threads)


def _is_time(value: object) -> bool:
    return type(value) is float and math.isfinite(value) and value >= 0


Timer = Callable[[str, str, int, Mapping[str, Any]], Timing]


class Comparison:
    """Times a program on several devices in the background, one after the other.

    Args:
        source: The program.
        devices: Names, in the order in which they are timed.
        seed, inputs: As for `time_program`.
        timer: What times the program on one device.
    """

    def __init__(
        self,
        source: str,
        devices: Sequence[str],
        seed: int = 0,
        inputs: Mapping[str, Any] | None = None,
        timer: Timer = time_program,
    ) -> None:
        self.source = source
        self.devices = tuple(devices)
        self.inputs = dict(inputs or {})
        self._seed = seed
        self._timer = timer
        self._timings: list[Timing] = []
        self._ended = threading.Event()
        self._stopped = False
        self._lock = threading.Lock()

    @property
    def timings(self) -> tuple[Timing, ...]:
        """What was measured so far, in the order of the devices."""
        with self._lock:
            return tuple(self._timings)

    @property
    def current(self) -> str | None:
        """The device that is being timed now; None when none is."""
        with self._lock:
            return None if self._ended.is_set() else self.devices[len(self._timings)]

    @property
    def stopped(self) -> bool:
        """Whether it was stopped before the last device."""
        return self._stopped

    def start(self) -> None:
        """Begin. A comparison is started once."""
        if self.devices:
            threading.Thread(target=self._run, name="timing", daemon=True).start()
        else:
            self._ended.set()

    def stop(self) -> None:
        """End it now; the device that is being timed has no result. Its process ends by its own limits."""
        with self._lock:
            self._stopped = not self._ended.is_set()
            self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it ended, at most so long, and tell whether it did."""
        return self._ended.wait(seconds)

    def _run(self) -> None:
        for device in self.devices:
            timing = self._timed(device)
            with self._lock:
                if self._ended.is_set():
                    return
                self._timings.append(timing)
                if len(self._timings) == len(self.devices):
                    self._ended.set()

    def _timed(self, device: str) -> Timing:
        try:
            return self._timer(self.source, device, self._seed, self.inputs)
        except Exception as error:  # a thread has nobody to raise to: the page would wait for ever
            return Timing(device, (), f"{type(error).__name__}: {error}")
