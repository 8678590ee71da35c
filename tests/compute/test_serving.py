"""A process that serves one device, tried with the CPU as the device: it takes the same way as an accelerator's."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from explorer.compute.codec import decode_trace
from explorer.compute.jobs import Answer, Job, RefusedError
from explorer.compute.serving_worker import ServingWorker
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped
from explorer.compute.turns import Turns
from tests.compute.conftest import HOOKS


@pytest.fixture(scope="module")
def worker() -> Iterator[ServingWorker]:
    made = ServingWorker("cpu", Turns(1, 10, 30.0), preload=HOOKS)
    yield made
    made.close()


def unguarded(worker: ServingWorker, source: str, limits: Limits | None = None) -> Answer:
    return worker.run(Job("unguarded", source, limits=limits or Limits(seconds=60)))


def pid_of(worker: ServingWorker) -> int:
    pid: int = unguarded(worker, "import os\nresult = os.getpid()").header["result"]
    return pid


def test_runs_share_a_process(worker: ServingWorker) -> None:
    assert pid_of(worker) == pid_of(worker)


def test_it_runs_programs(worker: ServingWorker) -> None:
    trace = decode_trace(worker.run(Job("trace", "x = torch.arange(6).view(2, 3)\nprint(x.sum())")).payload)
    assert (trace.output, trace.error) == ("tensor(15)\n", None)
    assert trace.names["x"].shape == (2, 3)


def test_what_makes_no_sense_is_refused_and_the_process_lives_on(worker: ServingWorker) -> None:
    before = pid_of(worker)
    with pytest.raises(RefusedError):
        worker.run(Job("trace", "x = 1", inputs={"not a name": 1}))
    assert pid_of(worker) == before


CHANGES = """
import os, random, sys, warnings
import numpy as np
import torch
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_num_threads(1 + torch.get_num_threads())
torch.set_printoptions(precision=1)
torch.set_default_device("meta")
torch.use_deterministic_algorithms(False)
torch.utils.deterministic.fill_uninitialized_memory = False
torch.autograd.set_detect_anomaly(True)
torch.set_float32_matmul_precision("medium")
torch.manual_seed(77)
random.seed(77)
np.random.seed(77)
np.set_printoptions(precision=1)
np.seterr(all="raise")
warnings.simplefilter("error")
os.environ["LEFT_BEHIND"] = "1"
sys.setrecursionlimit(123)
"""
LOOKS = """
import os, random, sys, warnings
import numpy as np
import torch
result = [
    str(torch.get_default_dtype()), torch.is_grad_enabled(), torch.get_num_threads(), str(torch.tensor(1 / 3)),
    str(torch.get_default_device()), torch.are_deterministic_algorithms_enabled(),
    torch.utils.deterministic.fill_uninitialized_memory, torch.is_anomaly_enabled(),
    torch.get_float32_matmul_precision(), torch.rand(1).item(), random.random(), np.random.rand(),
    str(np.array(1 / 3)), np.geterr(), len(warnings.filters), dict(os.environ), sys.getrecursionlimit(),
]
"""


def test_nothing_that_a_run_changes_is_there_in_the_next(worker: ServingWorker) -> None:
    before = unguarded(worker, LOOKS).header["result"]
    process = pid_of(worker)
    unguarded(worker, CHANGES)
    assert unguarded(worker, LOOKS).header["result"] == before
    assert pid_of(worker) == process


UNINITIALISED = [
    "torch.empty(100_000)",
    "torch.empty(100_000).new_empty(100_000)",
    "torch.empty_like(torch.zeros(100_000))",
    "torch.Tensor(100_000)",
    "torch.zeros(1).resize_(100_000)[1:]",
    "np.empty(100_000)",
    "np.empty(50)",
]


@pytest.mark.parametrize("makes", UNINITIALISED)
def test_uninitialised_memory_tells_nothing_of_earlier_runs(makes: str, worker: ServingWorker) -> None:
    secret = 123456.0
    unguarded(worker, f"import torch, numpy as np\nx = [torch.full((n,), {secret}) for n in (50, 100_000, 100_000)]")
    source = f"import torch, numpy as np\nresult = [bool(({makes} == {secret}).any()) for _ in range(20)]"
    assert not any(unguarded(worker, source).header["result"])


@pytest.mark.parametrize(
    ("source", "seconds", "word"),
    [
        ("import os\nos.abort()", 60, "signal 6"),
        ("import os\nos._exit(3)", 60, "status 3"),
        ("while True:\n    pass", 0.5, "Stopped after 0.5 s: line"),
        ("import time\ntime.sleep(100)", 1, "Stopped after 1 s: line 2"),
    ],
)
def test_after_a_crash_or_a_kill_the_next_run_has_a_new_process(
    source: str, seconds: float, word: str, worker: ServingWorker
) -> None:
    before = pid_of(worker)
    with pytest.raises(Stopped) as stopped:
        unguarded(worker, source, Limits(seconds=seconds))
    assert word in stopped.value.message
    assert pid_of(worker) != before


def test_a_process_that_dies_between_runs_is_replaced(worker: ServingWorker) -> None:
    before = pid_of(worker)
    unguarded(worker, "import threading, os\nthreading.Timer(1, os._exit, [1]).start()")
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert pid_of(worker) != before


@pytest.mark.parametrize("attempt", ["os.fork()", "os.execv('/bin/true', ['true'])", "os.kill(os.getppid(), 0)"])
def test_it_starts_no_processes(attempt: str, worker: ServingWorker) -> None:
    source = f"import os\ntry:\n    {attempt}\nexcept OSError as error:\n    result = type(error).__name__"
    assert unguarded(worker, source).header["result"] == "PermissionError"


def test_a_device_that_does_not_wake_is_a_message() -> None:
    worker = ServingWorker("cuda:99", Turns(1, 10, 30.0))
    with pytest.raises(Stopped, match="cannot run programs on cuda:99"):
        worker.run(Job("trace", "x = 1"))
    worker.close()
