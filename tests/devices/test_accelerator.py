"""Programs on a real accelerator against the same on the CPU; skipped where there is none.

`EXPLORER_TEST_DEVICE` names another device than `cuda:0`. With `cpu` the tests that need no second device run there,
which tries the tests themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.compute.codec import decode_trace
from explorer.compute.devices import devices, find
from explorer.compute.jobs import Job
from explorer.compute.serving_worker import ServingWorker
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped
from explorer.compute.turns import Turns
from explorer.lenses.shapes.transfers import transfer_of
from explorer.program.devices import is_available
from explorer.trace import Trace
from explorer.trace.parts import place_window, read_part
from explorer.trace.statistics import statistics
from explorer.ui.examples.broadcasting import BROADCASTING_EXAMPLES
from explorer.ui.examples.example import Example
from explorer.ui.examples.indexing import INDEXING_EXAMPLES
from explorer.ui.examples.memory import MEMORY_EXAMPLES
from explorer.ui.examples.reductions import REDUCTION_EXAMPLES
from explorer.ui.examples.shape import SHAPE_EXAMPLES
from tests.compute.conftest import HOOKS
from tests.programs import DTYPES, as_numpy

DEVICE = os.environ.get("EXPLORER_TEST_DEVICE", "cuda:0")
KIND = DEVICE.partition(":")[0]
MIB = 2**20

pytestmark = pytest.mark.skipif(not is_available(DEVICE), reason=f"there is no {DEVICE} here")
accelerator = pytest.mark.skipif(KIND == "cpu", reason="a second device is needed")

EXAMPLES: tuple[Example, ...] = (
    *(*BROADCASTING_EXAMPLES, *INDEXING_EXAMPLES, *MEMORY_EXAMPLES, *REDUCTION_EXAMPLES, *SHAPE_EXAMPLES),
)
# a device draws other random numbers than the CPU, and NumPy looks at the CPU's memory only
RANDOM = ("rand", "normal", "dropout", "multinomial", "empty", "nn.")
FUNCTION = """
class Cubed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3
    @staticmethod
    def backward(ctx, g):
        [x] = ctx.saved_tensors
        for turn in range(2):
            part = 3 * x ** 2
        return g * part

x = torch.arange(1.0, 5.0, requires_grad=True)
x.register_hook(lambda g: g * 2)
y = Cubed.apply(x).sum()
y.backward()
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[ServingWorker]:
    made = ServingWorker(DEVICE, Turns(1, 10, 60.0), preload=HOOKS)
    yield made
    made.close()


def run_in(worker: ServingWorker, source: str, seconds: float = 10) -> Trace:
    return decode_trace(worker.run(Job("trace", source, DEVICE, limits=Limits(seconds=seconds))).payload)


def ask(worker: ServingWorker, source: str) -> Any:
    return worker.run(Job("unguarded", source, DEVICE, limits=Limits(seconds=10))).header["result"]


def described(trace: Trace) -> list[Any]:
    return [
        (step.op, step.kind, [(state.shape, state.stride, state.dtype) for state in step.outputs])
        for step in trace.steps
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_examples_do_the_same_as_on_the_cpu(example: Example) -> None:
    if "np" in example.source or "numpy" in example.source:
        pytest.skip("NumPy shares no memory with an accelerator")
    on_cpu, there = explorer.run(example.source), explorer.run(example.source, device=DEVICE)
    assert described(there) == described(on_cpu)
    assert (there.error is None) == (on_cpu.error is None)
    if not any(word in example.source for word in RANDOM):
        for ours, theirs in zip(there.steps, on_cpu.steps, strict=True):
            for a, b in zip(ours.outputs, theirs.outputs, strict=True):
                np.testing.assert_allclose(a.values, b.values, rtol=1e-5, atol=1e-6)  # type: ignore[arg-type]
    for lens in explorer.LENSES:
        assert len(explorer.scene(there, lens).frames) == len(explorer.scene(on_cpu, lens).frames)


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_of_every_dtype_are_read_as_they_are(dtype: str) -> None:
    trace = explorer.run(f"x = torch.arange(12).to(torch.{dtype}).reshape(3, 4).t()", device=DEVICE)
    assert trace.error is None
    truth = torch.arange(12).to(getattr(torch, dtype)).reshape(3, 4).t()
    state = trace.names["x"]
    assert (state.stride, state.device) == ((1, 4), torch.device(DEVICE))
    np.testing.assert_array_equal(state.values, as_numpy(truth))


def test_each_seed_gives_its_own_numbers() -> None:
    source = "x = torch.randn(100)\ny = torch.rand(3)"
    first, again = (explorer.run(source, device=DEVICE, seed=seed).names["y"].values for seed in (3, 3))
    other = explorer.run(source, device=DEVICE, seed=4).names["y"].values
    torch.manual_seed(3)
    torch.randn(100, device=DEVICE)
    truth = torch.rand(3, device=DEVICE).cpu().numpy()
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, truth)
    assert not np.array_equal(first, other)  # type: ignore[arg-type]


def test_origins_and_contributors_are_those_of_the_cpu() -> None:
    source = "x = torch.arange(6.).reshape(2, 3)\ny = x.flip(1)\nz = x @ x.t()"
    on_cpu, there = explorer.run(source), explorer.run(source, device=DEVICE)
    flip = next(step.index for step in there.steps if step.op == "flip")
    np.testing.assert_array_equal(explorer.origins(there, flip).element, explorer.origins(on_cpu, flip).element)
    last = len(there.steps) - 1
    for ours, theirs in zip(
        explorer.contributors(there, last, (0, 1)), explorer.contributors(on_cpu, last, (0, 1)), strict=True
    ):
        np.testing.assert_array_equal(ours.mask, theirs.mask)
        np.testing.assert_allclose(ours.derivative, theirs.derivative, rtol=1e-6)  # type: ignore[arg-type]


def test_backward_runs_the_same_nodes_from_the_same_lines() -> None:
    on_cpu, there = explorer.run(FUNCTION), explorer.run(FUNCTION, device=DEVICE)
    assert there.error is None
    assert [event.node for event in there.backward] == [event.node for event in on_cpu.backward]
    stacks = [
        [[(s.function, s.position.line, [i.number for i in s.iterations]) for s in step.stack] for step in trace.steps]
        for trace in (there, on_cpu)
    ]
    assert stacks[0] == stacks[1]
    np.testing.assert_allclose(there.names["x"].grad, [6.0, 24.0, 54.0, 96.0])  # type: ignore[arg-type]


def test_autocast_holds_inside_its_block() -> None:
    inside = f"a = torch.ones(4, 4)\nwith torch.autocast('{KIND}', dtype=torch.bfloat16):\n    b = a @ a\nc = a @ a"
    trace = explorer.run(inside, device=DEVICE)
    assert (trace.names["b"].dtype, trace.names["c"].dtype) == (torch.bfloat16, torch.float32)


def test_statistics_of_a_large_tensor() -> None:
    x = torch.randn(10**8 if KIND != "cpu" else 10**6, device=DEVICE)
    found = statistics(x)
    low, high = torch.aminmax(x)
    std, mean = torch.std_mean(x.double())
    assert (found.minimum, found.maximum) == (float(low), float(high))
    assert found.mean == pytest.approx(float(mean), abs=1e-9)
    assert found.std == pytest.approx(float(std), rel=1e-9)
    assert sum(found.histogram) == x.numel()


def test_a_window_of_a_large_tensor() -> None:
    side = 1000 if KIND != "cpu" else 100
    source = f"x = torch.arange({side}, dtype=torch.int8).repeat({side * side}).view({side}, {side}, {side})"
    trace = explorer.run(source, device=DEVICE)
    state = trace.names["x"]
    first = place_window(state, (side - 1, side - 1, side - 1))
    values = read_part(state, first)
    row = torch.arange(side, dtype=torch.int8).numpy()[first[2] : first[2] + state.window[2]]
    np.testing.assert_array_equal(values, np.broadcast_to(row, state.window))


def test_the_device_is_listed() -> None:
    found = find(DEVICE, devices(refresh=True))
    assert found is not None
    assert found.name == DEVICE
    if KIND != "cpu":
        assert found.free is not None
        assert found.total is not None
        assert 0 < found.free <= found.total


def test_runs_share_a_process_and_one_that_overstays_is_replaced(worker: ServingWorker) -> None:
    pid = "import os\nresult = os.getpid()"
    before = ask(worker, pid)
    assert run_in(worker, "x = torch.ones(2, 3)").names["x"].device == torch.device(DEVICE)
    stopped = run_in(worker, "x = torch.ones(8, 8)\nwhile True:\n    x = x @ x", seconds=0.5)
    assert stopped.error is not None
    assert (stopped.error.kind, ask(worker, pid)) == ("limit", before)
    with pytest.raises(Stopped, match=r"Stopped after 0\.5 s"):
        worker.run(Job("unguarded", "while True:\n    pass", DEVICE, limits=Limits(seconds=0.5)))
    assert ask(worker, pid) != before
    assert run_in(worker, "x = torch.ones(2, 3)").error is None


def test_code_on_the_engine_s_thread_starts_no_processes(worker: ServingWorker) -> None:
    source = (
        "import os, torch\nresult = 'done'\n"
        "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        global result\n"
        "        try:\n            os.fork() or os._exit(0)\n        except OSError as error:\n"
        "            result = type(error).__name__\n        return g\n"
        f"F.apply(torch.ones(2, device='{DEVICE}', requires_grad=True)).sum().backward()"
    )
    assert ask(worker, source) == "PermissionError"


@accelerator
def test_a_transfer_has_both_devices_and_a_time() -> None:
    source = f"x = torch.ones(1000)\ny = x.to('{DEVICE}')\nz = y.to('cpu', non_blocking=True)\nw = y.cpu()"
    explorer.run(source)  # wakes the device, which is not the transfer's time
    found = [transfer_of(step) for step in explorer.run(source).steps]
    moved = [(one.source, one.target, one.nbytes) for one in found if one is not None]
    assert moved == [("cpu", DEVICE, 4000), (DEVICE, "cpu", 4000), (DEVICE, "cpu", 4000)]
    assert all(one.seconds for one in found if one is not None)


@accelerator
def test_operands_on_two_devices_are_explained() -> None:
    error = explorer.run(f"x = torch.ones(3)\ny = torch.ones(3, device='{DEVICE}')\nz = x + y").error
    assert error is not None
    assert error.message.startswith(f"x is on cpu and y is on {DEVICE}.")
    assert error.fixes
    assert explorer.run(error.fixes[0].source).error is None


@accelerator
def test_memory_is_given_back_after_each_run(worker: ServingWorker) -> None:
    free = f"import torch\nresult = torch.accelerator.get_memory_info('{DEVICE}')[0]"
    run_in(worker, FUNCTION)
    before = ask(worker, free)
    for _ in range(3):
        assert run_in(worker, f"big = torch.ones({256 * MIB}, dtype=torch.int8)\n{FUNCTION}").error is None
    assert before - ask(worker, free) < 64 * MIB


@accelerator
def test_memory_that_runs_out_is_explained() -> None:
    error = explorer.run("x = torch.empty(2**45, dtype=torch.int8)", device=DEVICE, max_bytes=2**60).error
    assert error is not None
    assert error.message.startswith(f"The memory of {DEVICE} is used up")
    assert explorer.run("x = torch.ones(3)", device=DEVICE).error is None


@accelerator
def test_an_index_out_of_range_stops_the_device_and_not_the_next_run(worker: ServingWorker) -> None:
    broken = run_in(worker, "x = torch.ones(3)\ni = torch.tensor([7])\ny = x[i]\n")
    assert broken.error is not None
    assert "out of range" in broken.error.message
    assert run_in(worker, "x = torch.ones(3)\ny = x + 1").error is None
