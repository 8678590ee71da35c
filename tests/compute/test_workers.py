"""The server's set of processes: many people at once, routing by device, start and end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import explorer.compute.workers as module
from explorer.__main__ import main
from explorer.compute.jobs import Answer, Job, RefusedError
from explorer.compute.runs import run
from explorer.compute.settings import Limits, limits_from_environment, workers_from_environment
from explorer.compute.stops import Stopped
from explorer.compute.watch import Watch
from explorer.compute.workers import Workers
from tests.compute.machines import pretend


def test_many_at_once_each_get_their_own_answer(workers: Workers) -> None:
    def ask(number: int) -> str:
        source = f"import torch\ntorch.manual_seed({number})\nresult = [int(torch.ones(3).sum()) * {number}]"
        return json.dumps(workers.call(Job("unguarded", source)).header["result"])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(ask, range(40))) == [json.dumps([3 * number]) for number in range(40)]


def test_those_that_are_stopped_do_not_hold_up_the_others(workers: Workers) -> None:
    def ask(number: int) -> bool:
        source, seconds = ("while True: pass", 0.3) if number % 2 else ("result = 1", 60)
        try:
            return bool(workers.call(Job("unguarded", source, limits=Limits(seconds=seconds))).header["result"])
        except Stopped:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(12))) == [number % 2 == 0 for number in range(12)]


def test_each_run_has_a_process_of_its_own_with_one_thread(workers: Workers) -> None:
    source = "import os, torch\nresult = [os.getpid(), torch.get_num_threads()]"
    seen = [workers.call(Job("unguarded", source)).header["result"] for _ in range(5)]
    assert len({pid for pid, _ in seen}) == 5
    assert {threads for _, threads in seen} == {1}


def test_nothing_of_one_run_is_in_the_next(workers: Workers) -> None:
    def call(source: str) -> object:
        return workers.call(Job("unguarded", source)).header["result"]

    look = """
import os, random, numpy as np, torch
result = [torch.rand(2).tolist(), np.random.rand(2).tolist(), str(torch.get_default_dtype()), torch.is_grad_enabled(),
    str(torch.tensor(1 / 3)), dict(os.environ), hasattr(torch, "left_behind")]
"""
    before = call(look)
    call(
        "import os, torch, numpy as np\ntorch.manual_seed(5)\nnp.random.seed(5)\ntorch.left_behind = 1\n"
        "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\nos.environ['A'] = 'B'\n"
        "torch.set_printoptions(precision=1)\nx = [torch.full((100_000,), 123456.0) for _ in range(100)]\nresult = 0"
    )
    assert call(look) == before
    empty = "import torch\nresult = any(bool((torch.empty(100_000) == 123456.0).any()) for _ in range(100))"
    assert call(empty) is False


@pytest.mark.parametrize(
    ("device", "source", "machine", "expected"),
    [
        ("cpu", "x = 1", "none", "forks"),
        ("meta", "x = 1", "two", "forks"),
        ("cpu", "x = torch.ones(1)", "two", "forks"),
        ("cpu", "x = torch.ones(1).cuda()", "none", "forks"),
        ("cpu", "x = torch.ones(1).cuda()", "two", "cuda:0"),
        ("cpu", "x = torch.ones(1, device='mps')", "mac", "mps"),
        ("cuda", "x = 1", "one", "cuda:0"),
        ("cuda:1", "x = 1", "two", "cuda:1"),
        ("xpu:0", "x = 1", "intel", "xpu:0"),
        ("mps", "x = 1", "mac", "mps"),
    ],
)
def test_a_job_goes_to_where_its_device_is(
    device: str, source: str, machine: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, machine)
    monkeypatch.setattr(module, "accelerator_names", lambda: () if machine == "none" else ("cuda:0",))
    went: list[str] = []

    class Pretended:
        def __init__(self, name: str) -> None:
            self.name = name

        def run(self, _job: Job, _watch: Watch) -> Answer:
            went.append(self.name)
            return Answer({})

        def begin(self, job: Job, watch: Watch) -> tuple[Answer, None]:
            return self.run(job, watch), None

    monkeypatch.setattr(module, "ServingWorker", lambda name, *_: Pretended(name))
    monkeypatch.setattr(module, "Forks", lambda **_: Pretended("forks"))
    Workers(1).call(Job("trace", source, device))
    assert went == [expected]


@pytest.mark.parametrize(
    ("device", "machine"), [("cuda", "none"), ("cuda:2", "two"), ("mps", "one"), ("nowhere", "none")]
)
def test_a_device_that_is_not_there_is_refused_with_those_that_are(
    device: str, machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, machine)
    with pytest.raises(RefusedError, match=f"no device '{device}' here; there are: cpu, "):
        Workers(1).call(Job("trace", "x = 1", device))


def test_what_may_not_be_chosen_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    monkeypatch.setenv("EXPLORER_DEVICES", "cpu,cuda:1")
    with pytest.raises(RefusedError, match="there are: cpu, cuda:1"):
        Workers(1).call(Job("trace", "x = 1", "cuda:0"))


def test_a_reloaded_module_ends_the_old_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = type(sys)("holder")
    monkeypatch.setitem(sys.modules, "explorer-workers", holder)
    closed: list[int] = []

    class FromBefore:
        def close(self) -> None:
            closed.append(1)

    holder.workers = FromBefore()  # type: ignore[attr-defined]
    now = module.workers()
    assert closed == [1]
    assert module.workers() is now


WRONG = {
    "EXPLORER_MAX_SECONDS": ["soon", "0", "inf", "-1"],
    "EXPLORER_WORKERS": ["1.5", "0", "many"],
    "EXPLORER_MAX_BYTES": ["1e9"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_wrong_settings_are_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=name):
        _ = (limits_from_environment(), workers_from_environment())


def test_settings_are_read() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_MAX_SECONDS", "2.5")
        patch.setenv("EXPLORER_MAX_BYTES", "1000")
        patch.setenv("EXPLORER_WORKERS", "3")
        assert (limits_from_environment(), workers_from_environment()) == (Limits(2.5, 1000), 3)


SERVER = """
import sys
from explorer.compute.runs import run
from explorer.compute.watch import Watch
from explorer.compute.workers import workers
run("x = 1")
print(workers().forks.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("ending", ["exit", "kill"])
def test_processes_end_with_the_server(ending: str) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    assert alive(pid)
    if ending == "kill":
        server.kill()
    else:
        server.stdin.close()
    server.wait(30)
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(pid)
    server.stdout.close()
    server.stdin.close()


def alive(pid: int) -> bool:
    """Tell whether a process runs: one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_ctrl_c_ends_the_command_cleanly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "program.py"
    file.write_text("x = 1\n")

    def interrupt(_: Job) -> Answer:
        raise KeyboardInterrupt

    monkeypatch.setattr("explorer.compute.runs.call", interrupt)
    assert main(["run", str(file)]) == 130
    assert capsys.readouterr() == ("", "")


def test_an_answer_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.compute.runs.call", lambda _: Answer({"trace": 3}, b"abc"))
    trace = run("x = 1")
    assert trace.error is not None
    assert trace.error.kind == "limit"
    monkeypatch.setattr("explorer.compute.runs.call", lambda _: Answer({"trace": "3"}, b"abc"))
    assert run("x = 1").error is not None
