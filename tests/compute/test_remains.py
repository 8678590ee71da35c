"""A process that serves many runs keeps nothing of those that are over, whatever cycles they made."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

import explorer
from explorer.compute.codec import decode_trace
from explorer.compute.jobs import Job
from explorer.compute.serving_worker import ServingWorker
from explorer.compute.settings import Limits
from explorer.compute.turns import Turns
from tests.compute.conftest import HOOKS

FUNCTION = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * x
        {keep}
        return y
    @staticmethod
    def backward(ctx, g):
        return g * 2
x = torch.ones(2, requires_grad=True)
y = Square.apply(x)
y.sum().backward()
"""
PROGRAMS = {
    "nothing special": "x = torch.ones(2)\ny = x + 1",
    "a hook": "x = torch.ones(2, requires_grad=True)\nx.register_hook(lambda g: g * 2)\n(x * 2).sum().backward()",
    "a hook that sees its tensor": """
def made():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: g * y)
    return y.sum()
z = made()
z.backward()
""",
    "a function": FUNCTION.format(keep="ctx.save_for_backward(x)"),
    "a function that keeps its result": FUNCTION.format(keep="ctx.y = y"),
    "a view of a function's result": FUNCTION.format(keep="pass") + "v = y[0]\n",
    "a gradient with a graph": """
x = torch.ones(2, requires_grad=True)
y = (x ** 3).sum()
y.backward(create_graph=True)
x.grad.sum().backward()
""",
    "a module with hooks": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
    def forward(self, x):
        return self.layer(x)
net = Net()
net.layer.register_forward_hook(lambda module, given, made: None)
net(torch.ones(1, 2)).sum().backward()
""",
    "a failure": "x = torch.ones(2, requires_grad=True)\nx.register_hook(lambda g: g[5])\nx.sum().backward()",
}
COUNT = "import gc, torch\nresult = sum(issubclass(type(value), torch.Tensor) for value in gc.get_objects())"


@pytest.fixture(scope="module")
def worker() -> Iterator[ServingWorker]:
    made = ServingWorker("cpu", Turns(1, 10, 60.0), preload=HOOKS)
    yield made
    made.close()


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_no_tensor_outlives_its_run(source: str, worker: ServingWorker) -> None:
    trace = decode_trace(worker.run(Job("trace", source)).payload)
    assert trace.steps, trace.error
    assert worker.run(Job("unguarded", COUNT, limits=Limits(seconds=60))).header["result"] == 0
    again = decode_trace(worker.run(Job("trace", source)).payload)
    assert [step.op for step in again.steps] == [step.op for step in trace.steps]


CLASSES = {
    "a class": "class Point:\n    def __init__(self, x):\n        self.x = x\np = Point(torch.ones(2))\ny = p.x + 1",
    "a class with items": "class Box(dict):\n    pass\nb = Box()\nb['x'] = torch.ones(2)\ny = b['x'] + 1\nb.get('x')",
    "a module": PROGRAMS["a module with hooks"],
}


@pytest.mark.parametrize("source", CLASSES.values(), ids=CLASSES.keys())
def test_a_class_of_a_program_goes_with_its_trace(source: str) -> None:
    trace = explorer.run(source)
    assert trace.error is None
    kept = weakref.ref(trace.steps[0].outputs[0])
    del trace
    gc.collect()
    assert kept() is None
