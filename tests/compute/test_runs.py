"""`explorer.compute.run` and `scene`: what `explorer.run` gives, from a process of its own; failures as messages."""

from __future__ import annotations

import os
import random
import signal

import numpy as np
import pytest
import torch
from hypothesis import given, settings

import explorer
from explorer.compute import run, scene, tasks
from explorer.compute.jobs import Job, Reports
from explorer.compute.runs import run_and_look, view
from explorer.compute.workers import workers
from tests.compute.test_wire import same
from tests.programs import calls, dtypes, program, shapes

SEEDED = "import random\nx = torch.rand(3)\ny = torch.randn(2)\nprint(x, y)"


@settings(max_examples=60)
@given(shapes, dtypes, calls)
def test_it_is_what_a_run_in_this_process_gives(shape: tuple[int, ...], dtype: str, chain: list[str]) -> None:
    source = program(shape, dtype, chain)
    same(explorer.run(source), run(source), {})


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_scenes_are_the_same_too(device: str) -> None:
    source = "x = torch.arange(24).view(4, 6)\ny = x.t().reshape(3, 8)\nx[0] = 7"
    expected = explorer.scene(explorer.run(source, device=device)).encode()
    assert view(source, device=device).scene == expected
    assert scene(source, device=device).encode() == expected
    trace, seen = run_and_look(source, "shapes", device=device)
    assert seen.encode() == expected
    same(explorer.run(source, device=device), trace, {})


def test_options_reach_the_lens() -> None:
    assert scene("x = torch.ones(2)", title="Mine").title == "Mine"


def test_seeds_and_inputs_arrive() -> None:
    assert run(SEEDED, seed=5).output == explorer.run(SEEDED, seed=5).output != run(SEEDED, seed=6).output
    data = np.arange(6.0).reshape(2, 3)
    trace = run("x = torch.tensor(data)", inputs={"data": data})
    np.testing.assert_array_equal(trace.names["x"].values, data)


def test_wrong_arguments_are_raised() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        run("x = 1", device="nowhere")
    with pytest.raises(ValueError, match="no lens"):
        scene("x = 1", lens="fog")
    with pytest.raises(ValueError, match="input"):
        run("x = 1", inputs={"not a name": 1})


def test_it_is_plain_data() -> None:
    trace = run("x = torch.arange(6).view(2, 3)\ny = x.t()")
    assert trace.calls is None
    with pytest.raises(ValueError, match="live tensors"):
        explorer.origins(trace, 0)


def test_the_server_runs_nothing_itself() -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    random_before = random.getstate()
    run("torch.manual_seed(9)\nx = torch.rand(5)")
    assert torch.equal(torch.get_rng_state(), before)
    assert random.getstate() == random_before


def test_time_runs_out_with_the_steps_up_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_SECONDS", "1.5")
    source = "x = torch.arange(3)\nwhile True:\n    y = x + 1"
    trace = run(source)
    assert trace.error is not None
    assert (trace.error.kind, trace.error.line in (2, 3)) == ("limit", True)
    assert "1.5" in trace.error.message
    assert trace.steps[0].op == "arange"
    assert scene(source).frames


def test_a_call_that_does_not_return_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_SECONDS", "1.5")
    source = "x = torch.ones(2500, 2500)\nfor i in range(50):\n    x = x @ x @ x @ x @ x @ x @ x @ x @ x"
    trace = run(source)
    assert trace.error is not None
    assert (trace.error.kind, trace.error.line) == ("limit", 3)
    shown = scene(source)
    assert shown.error is not None
    assert (shown.error.kind, shown.error.span.line) == ("limit", 3)
    assert run("x = torch.ones(1)").error is None


def test_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_MAX_BYTES", str(64 * 2**20))
    for source in ("x = torch.zeros(10**8)", "x = [1]\nfor i in range(60):\n    x = x + x"):
        trace = run(source)
        assert trace.error is not None
        assert trace.error.kind == "limit"
        assert trace.error.line == source.count("\n") + 1


def test_printing_too_much_is_a_limit() -> None:
    trace = run("for i in range(100000):\n    print('x' * 1000)")
    assert trace.error is not None
    assert trace.error.kind == "limit"


def test_deep_recursion_is_an_error_of_the_program() -> None:
    trace = run("def f(x):\n    return f(x + 1)\nf(torch.zeros(1))")
    assert trace.error is not None
    assert trace.error.line in (2, 3)


def test_what_is_too_large_to_send_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "MAX_SCENE_BYTES", 1000)
    answer = tasks.TASKS["scene"](
        Job("scene", "x = torch.arange(1000)", options={"lens": "shapes"}), Reports(lambda: None, lambda _: None)
    )
    assert b"MiB may be sent" in answer.payload


def test_the_process_that_forks_is_replaced_when_it_dies() -> None:
    assert run("x = 1").error is None
    before = workers().forks.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    # the signal may wait for a busy processor, and a fork that waits ahead can do one more run until it arrives
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert run("x = torch.ones(2)").error is None
    assert workers().forks.pid != before


LEAVES = """
torch.manual_seed(3)
x = torch.rand(1)
"""


def test_nothing_is_left_for_the_next_run() -> None:
    look = "print(torch.rand(3), torch.get_default_dtype(), torch.is_grad_enabled(), torch.tensor(1 / 3))"
    expected = run(look).output
    run(LEAVES)
    assert run(look).output == expected == explorer.run(look).output
