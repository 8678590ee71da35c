"""What the engine calls on the thread of a device is recorded as it is on the CPU, and stopped when it overstays."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

Recorded = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """Return what was recorded of each program: on the CPU, and on a device with a thread of its own."""
    command = [sys.executable, "-m", "tests.trace.device_thread", "function", "endless"]
    done = subprocess.run(command, capture_output=True, timeout=300, check=True)
    found: Recorded = json.loads(done.stdout)
    return found


def test_steps_stand_where_they_stand_on_the_cpu(recorded: Recorded) -> None:
    on_cpu, there = recorded["function"]
    assert on_cpu["error"] is None
    assert there == on_cpu
    inside = [stack for op, stack in there["steps"] if len(stack) > 1 and stack[1][0] == "Cubed.backward"]
    assert [stack[1][2] for stack in inside] == [[0], [1]], "the passes of the loop in backward"
    assert {"g", "h", "k", "turn"} & set(there["bound"]) == {"g", "h", "k"}


def test_a_loop_without_end_is_stopped_at_its_line(recorded: Recorded) -> None:
    on_cpu, there = recorded["endless"]
    assert on_cpu["error"] is not None
    assert on_cpu["error"][0] == "limit"
    assert there["error"][0] == "limit"
    # the limit may pass at either line of the loop
    assert {on_cpu["error"][1], there["error"][1]} <= {8, 9}


@pytest.mark.parametrize("program", ["function", "endless"])
def test_the_thread_does_not_hold_on_to_the_run(program: str, recorded: Recorded) -> None:
    assert [run["gone"] for run in recorded[program]] == [True, True]
