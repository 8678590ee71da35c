"""What is recorded of an autograd node: where it came from, what it keeps, and that it is described once."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

import explorer
from explorer.trace import graph as graph_module
from explorer.trace.model import GraphNode, Trace
from explorer.trace.under_way import reachable_nodes
from tests.trace.graph_programs import programs


def _node(trace: Trace, name: str) -> GraphNode:
    return next(node for node in trace.graph.nodes if node.name == name)


@settings(max_examples=60)
@given(programs())
def test_saved_tensors_are_the_nodes_own(source: str) -> None:
    trace = explorer.run(source)
    names: dict[str, torch.Tensor] = {}
    exec(source, {"torch": torch, "F": torch.nn.functional}, names)  # noqa: S102 - the test's own text
    loss = names["loss"]
    assume(loss.requires_grad)
    recorded = sorted((saved for node in trace.graph.nodes for saved in node.saved), key=lambda saved: saved.name)
    constants = {constant for node in trace.graph.nodes for constant in node.constants}
    for live in reachable_nodes([loss.grad_fn]) if loss.grad_fn is not None else []:
        for attribute in dir(live):
            if not attribute.startswith("_saved_"):
                continue
            try:
                value = getattr(live, attribute)
            except RuntimeError:  # written to since: the recorded one is older
                continue
            name = attribute.removeprefix("_saved_")
            if isinstance(value, torch.Tensor) and (name, repr(value.tolist())) not in constants:
                assert any(saved.name == name and _is(saved.state, value) for saved in recorded), (live, name)


def _is(state: object, tensor: torch.Tensor) -> bool:
    values = getattr(state, "values", None)
    if values is None or values.shape != tensor.shape:
        return False
    return np.array_equal(values, tensor.detach().numpy(), equal_nan=values.dtype.kind in "fc")


def test_a_saved_tensor_has_the_version_that_it_had() -> None:
    trace = explorer.run("x = torch.ones(2, requires_grad=True)\ny = x * 1\ny.add_(1)\nz = y.exp()\nz2 = z.mul_(3)")
    saved = _node(trace, "ExpBackward0").saved[0]
    assert (saved.name, saved.version, saved.nbytes) == ("result", 0, 8)
    assert trace.names["z"].version == 1
    assert saved.storage == trace.names["z"].storage
    assert saved.state is not None
    assert saved.state is trace.steps[3].outputs[0], "the state that was recorded already"


def test_what_two_nodes_of_a_call_save_is_one_state() -> None:
    trace = explorer.run("cell = nn.LSTMCell(2, 2)\nh, c = cell(torch.ones(1, 2))")
    made = [node.saved[0] for node in trace.graph.nodes if node.name in ("SigmoidBackward0", "TanhBackward0")]
    taken = [saved for node in trace.graph.nodes if node.name == "MulBackward0" for saved in node.saved]
    shared = [one for one in made if any(one.state is other.state for other in taken)]
    assert len(made) == 5
    assert len(shared) == 4, "the gate of the forgotten multiplies a state of zeros that needs no gradient"
    assert all(one.storage == other.storage for one in shared for other in taken if one.state is other.state)
    assert len({id(one.state) for one in made}) == 5


def test_constants_are_texts() -> None:
    trace = explorer.run("x = torch.ones(2, 3, requires_grad=True)\ny = (x * 3).sum(-1).softmax(-1)")
    assert ("other", "3") in _node(trace, "MulBackward0").constants
    assert ("dim", "(-1,)") in _node(trace, "SumBackward1").constants
    assert ("dim", "-1") in _node(trace, "SoftmaxBackward0").constants


def test_nodes_know_their_step_line_and_module() -> None:
    trace = explorer.run("net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())\nx = torch.ones(1, 2)\ny = net(x)\nz = y * 2")
    linear, relu, mul = _node(trace, "AddmmBackward0"), _node(trace, "ReluBackward0"), _node(trace, "MulBackward0")
    assert (linear.module, linear.op, linear.line, linear.step) == ("0", "Sequential", 3, 2)
    assert (relu.module, relu.step) == ("1", 2)
    assert (mul.module, mul.line, mul.step, mul.run) == ("", 4, 3, -1)
    assert sorted(name for _, name in trace.graph.leaves) == ["net.0.bias", "net.0.weight"]


def test_a_leaf_has_one_node_and_its_states_know_it() -> None:
    trace = explorer.run("w = torch.ones(2, requires_grad=True)\nfor _ in range(3):\n    (w * 2).sum().backward()")
    leaves = [number for number, node in enumerate(trace.graph.nodes) if node.name == "AccumulateGrad"]
    assert leaves == [trace.names["w"].node]
    assert trace.graph.nodes[leaves[0]].tensor == trace.names["w"].tensor
    assert trace.steps[0].outputs[0].node == leaves[0]
    assert trace.graph.leaves == ((leaves[0], "w"),)


def test_a_loop_that_lets_its_graph_go_is_in_the_trace() -> None:
    source = "w = torch.ones(2, requires_grad=True)\nfor _ in range(4):\n    (w * 2).sum().backward()\n"
    trace = explorer.run(source)
    assert [node.name for node in trace.graph.nodes].count("MulBackward0") == 4
    assert len({event.index for event in trace.backward if event.node == "MulBackward0"}) == 4


def test_in_place_writes_into_a_view_are_copy_slices() -> None:
    trace = explorer.run("x = torch.ones(3, requires_grad=True) * 1\nv = x[1:]\nv.mul_(2)\nx.sum().backward()")
    assert _node(trace, "CopySlices").line == 3
    assert _node(trace, "AsStridedBackward0").line == 3
    assert "CopySlices" in [event.node for event in trace.backward]
    assert trace.graph.nodes[trace.names["x"].node].name == "CopySlices"


def test_several_results_are_told_apart() -> None:
    trace = explorer.run("x = torch.ones(2, 3, requires_grad=True)\na, b = x.unbind()\n(b * 2).sum().backward()")
    assert (trace.names["a"].output_nr, trace.names["b"].output_nr) == (0, 1)
    unbound = next(event for event in trace.backward if event.node == "UnbindBackward0")
    assert unbound.gradients_in[0] is None
    assert unbound.shapes_in == (None, (3,))


def test_what_a_hook_packed_is_not_unpacked() -> None:
    source = (
        "def unpack(t):\n    print('unpacked')\n    return t\n"
        "x = torch.ones(2, requires_grad=True)\n"
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):\n    y = x * x\n"
    )
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.output == ""
    assert _node(trace, "MulBackward0").saved == ()
    assert ("self", "packed by a hook") in _node(trace, "MulBackward0").constants


def test_own_functions_are_told_from_torchs() -> None:
    source = (
        "class Double(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n"
        "        ctx.factor = 2\n        ctx.variable = x\n"
        "        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * ctx.factor\n"
        "x = torch.ones(2, requires_grad=True)\ny = Double.apply(x)\ny.sum().backward()\n"
    )
    trace = explorer.run(source)
    node = _node(trace, "DoubleBackward")
    assert (node.custom, node.line, node.op) == (True, 12, "Double")
    assert [(saved.name, saved.shape) for saved in node.saved] == [("tensors[0]", (2,))]
    assert ("factor", "2") in node.constants
    assert not _node(trace, "SumBackward0").custom


_HOOKED = """import torch
from torch import nn
class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        h = x * 2
        return self.fc(h)
class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        return a, b
    @staticmethod
    def backward(ctx, g, h):
        return g, h
net = nn.Sequential(nn.Linear(2, 2), Own())
for part in net.modules():
    part.register_full_backward_hook(lambda module, given, made: None)
x = torch.ones(1, 2, requires_grad=True)
y = net(x)
z, v = Same.apply(y, x)
loss = (z * v).sum()
"""


def test_results_of_modules_with_backward_hooks_hang_on_the_nodes_of_the_hooks() -> None:
    trace = explorer.run(_HOOKED)
    assert trace.error is None
    seen = [state for step in trace.steps for state in (*step.inputs, *step.outputs)]
    seen += [state for step in trace.steps for detail in step.details for state in (*detail.inputs, *detail.outputs)]
    last = {state.tensor: state for state in seen}
    for state in last.values():
        live = state._live
        assert live is not None
        told = None if live.grad_fn is None else live.grad_fn.name()
        assert (state.grad_fn, state.is_leaf) == (told, live.is_leaf)
    hooks = [node for node in trace.graph.nodes if node.name == "BackwardHookFunctionBackward"]
    # each node knows the line that made it
    assert [node.line for node in hooks] == [21, 21, 21, 21, 9, 9, 21, 21]
    assert trace.names["z"].grad_fn == trace.names["v"].grad_fn == "SameBackward"
    edges = {(trace.graph.nodes[source].name, trace.graph.nodes[maker].name) for maker, source in trace.graph.edges}
    assert ("BackwardHookFunctionBackward", "SameBackward") in edges


def test_beyond_the_limit_nodes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_module, "MAX_NODES", 10)
    trace = explorer.run(
        "x = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range(20):\n    y = y * 1\ny.sum().backward()"
    )
    assert (len(trace.graph.nodes), trace.graph.omitted) == (10, 12)
    assert trace.names["y"].node == -1
    assert all(max(edge) < 10 for edge in trace.graph.edges)


def test_a_chain_of_five_thousand_nodes_is_no_recursion() -> None:
    source = "x = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range(5_000):\n    y = y + 1\ny.backward()"
    trace = explorer.run(source)
    assert trace.error is None
    assert len(trace.graph.nodes) == 5_001
    assert len(trace.backward) == 5_001


class _Mark:
    """Lives as long as the node in whose `metadata` it is."""


def _recorded_node() -> weakref.ref[_Mark]:
    with explorer.record():
        x = torch.ones(2, requires_grad=True)
        y = x * 2
    assert y.grad_fn is not None
    mark = _Mark()
    y.grad_fn.metadata["mark"] = mark  # type: ignore[index]  # a property, which torch annotates as a method
    return weakref.ref(mark)


def test_recording_does_not_keep_nodes_alive() -> None:
    node = _recorded_node()
    gc.collect()
    assert node() is None
