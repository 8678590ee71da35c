"""Each start of the engine is a run, with what it started from, what hooks changed, and where it stopped."""

from __future__ import annotations

import pytest

import explorer
from explorer.trace.model import BackwardEvent, Trace
from explorer.trace.values import Array

_X = "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"


def _listed(array: Array | None) -> object:
    return None if array is None else array.tolist()


def _event(trace: Trace, name: str, run: int = 0) -> BackwardEvent:
    return next(event for event in trace.backward if event.node == name and event.run == run)


def test_a_scalar_root_starts_with_torchs_own_one() -> None:
    trace = explorer.run(_X + "y = (x * x).sum()\ny.backward()")
    (run,) = trace.engine_runs
    assert (run.line, run.roots, run.gradients, run.inputs) == (3, (trace.names["y"].tensor,), (None,), ())
    assert (run.retain_graph, run.create_graph, run.parent, run.error, run.clock) == (False, False, -1, "", 3)


def test_a_vector_that_the_program_gives_is_recorded() -> None:
    trace = explorer.run(
        _X + "y = x * x\ny.backward(torch.tensor([1.0, 0.5]))\nz = (x * 2).sum()\nz.backward(torch.tensor(1.0))"
    )
    assert _listed(trace.engine_runs[0].gradients[0]) == [1.0, 0.5]
    assert _listed(trace.engine_runs[1].gradients[0]) == 1.0


def test_accumulation_has_a_before_and_an_after() -> None:
    trace = explorer.run(
        _X + "(x * 2).sum().backward()\n(x * 3).sum().backward()\nx.grad.zero_()\n(x * x).sum().backward()"
    )
    found = [(_listed(e.grad_before), _listed(e.grad_after)) for e in trace.backward if e.node == "AccumulateGrad"]
    assert found == [(None, [2.0, 2.0]), ([2.0, 2.0], [5.0, 5.0]), ([0.0, 0.0], [2.0, 4.0])]
    assert [event.accumulated for event in trace.backward if event.accumulated is not None] == [0, 0, 0]


def test_autograd_grad_is_a_run_that_accumulates_nothing() -> None:
    trace = explorer.run(
        _X + "y = (x ** 3).sum()\ng, = torch.autograd.grad(y, [x], create_graph=True)\ng.sum().backward()"
    )
    first = trace.engine_runs[0]
    assert (first.inputs, first.create_graph, first.retain_graph) == ((trace.names["x"].tensor,), True, True)
    assert not any(event.node == "AccumulateGrad" for event in trace.backward if event.run == 0)
    assert _listed(trace.names["x"].grad) == [6.0, 12.0]
    made = [node for node in trace.graph.nodes if node.run == 0]
    assert made
    assert {node.line for node in made} == {3}
    assert trace.graph.nodes[trace.names["g"].node].run == 0
    assert {event.index for event in trace.backward if event.run == 1} & {
        number for number, node in enumerate(trace.graph.nodes) if node.run == 0
    }, "the second pass goes through what the first one made"


def test_what_a_tensor_hook_changes_is_what_the_node_receives() -> None:
    trace = explorer.run(_X + "y = x * 3\ny.register_hook(lambda g: g * 10)\ny.sum().backward()")
    assert _listed(_event(trace, "SumBackward0").gradients_out[0]) == [1.0, 1.0]
    assert _listed(_event(trace, "MulBackward0").gradients_in[0]) == [10.0, 10.0]
    assert _listed(trace.names["x"].grad) == [30.0, 30.0]


def test_a_hook_after_accumulation_is_seen() -> None:
    source = (
        _X
        + "def halve(p):\n    p.grad.mul_(0.5)\n"
        + "x.register_post_accumulate_grad_hook(halve)\n(x * 2).sum().backward()"
    )
    event = _event(explorer.run(source), "AccumulateGrad")
    assert (_listed(event.gradients_in[0]), _listed(event.grad_after)) == ([2.0, 2.0], [1.0, 1.0])


def test_a_full_backward_hook_changes_what_is_sent_on() -> None:
    source = (
        "net = nn.Linear(2, 1, bias=False)\n"
        "net.register_full_backward_hook(lambda m, i, o: (i[0] * 5,))\n" + _X + "net(x).sum().backward()"
    )
    trace = explorer.run(source)
    assert trace.error is None
    weight = next(event.gradients_in[0] for event in trace.backward if event.accumulated == trace.names["x"].tensor)
    assert _listed(weight) == _listed(trace.names["x"].grad)


def test_a_pass_inside_a_pass_has_a_parent() -> None:
    source = (
        "from torch.utils.checkpoint import checkpoint\n"
        + _X
        + "y = checkpoint(lambda t: (t * t).exp(), x, use_reentrant=True)\ny.sum().backward()"
    )
    trace = explorer.run(source)
    assert trace.error is None
    assert [run.parent for run in trace.engine_runs] == [-1, 0]
    inner = [event.node for event in trace.backward if event.run == 1]
    assert inner == ["ExpBackward0", "MulBackward0", "AccumulateGrad"]


@pytest.mark.parametrize(
    ("source", "node", "done"),
    [
        (_X + "y = x.sigmoid()\nz = (y * 2).sum()\ny.mul_(2)\nz.backward()", "SigmoidBackward0", 2),
        (_X + "z = (x * x).sum()\nz.backward()\nz.backward()", "MulBackward0", 1),
        (_X + "z = (x * x).exp().sum()\ntorch.autograd.grad(z, x)\ntorch.autograd.grad(z, x)", "ExpBackward0", 1),
    ],
)
def test_the_node_at_which_backward_stopped_is_known(source: str, node: str, done: int) -> None:
    trace = explorer.run(source)
    assert trace.error is not None
    assert trace.graph.nodes[trace.error.node].name == node
    last = len(trace.engine_runs) - 1
    assert len([event for event in trace.backward if event.run == last]) == done
    assert trace.engine_runs[-1].error


def test_an_error_that_is_none_of_the_engines_has_no_node() -> None:
    trace = explorer.run(
        _X + "z = (x * x).sum()\nz.backward()\ntry:\n    z.backward()\nexcept RuntimeError:\n    pass\nx.view(7)"
    )
    assert trace.error is not None
    assert trace.error.node == -1


def test_a_root_without_a_graph_has_no_node() -> None:
    trace = explorer.run("x = torch.ones(2)\nx.sum().backward()")
    assert trace.error is not None
    assert trace.error.node == -1
    assert trace.backward == ()


def test_large_gradients_are_windows_with_their_true_shape() -> None:
    trace = explorer.run("x = torch.ones(300, 300, requires_grad=True)\n(x * x).sum().backward()")
    event = _event(trace, "MulBackward0")
    assert event.shapes_in == ((300, 300),)
    assert event.gradients_in[0] is not None
    assert event.gradients_in[0].shape == (64, 64)
    state = trace.names["x"]
    assert state.grad is not None
    assert state.grad.shape == state.window == (64, 64)


def test_a_sparse_gradient_has_a_shape_and_no_values() -> None:
    source = "e = nn.Embedding(5, 2, sparse=True)\ne(torch.tensor([1, 1])).sum().backward()"
    trace = explorer.run(source)
    assert trace.error is None
    event = _event(trace, "AccumulateGrad")
    assert (event.gradients_in, event.shapes_in) == ((None,), ((5, 2),))


def test_torch_func_runs_the_engine_too() -> None:
    trace = explorer.run("g = torch.func.grad(lambda x: (x * x).sum())(torch.tensor([1.0, 2.0]))")
    assert trace.error is None
    assert _listed(trace.names["g"].values) == [2.0, 4.0]
    assert [run.line for run in trace.engine_runs] == [1]
    assert "MulBackward0" in [event.node for event in trace.backward]


def test_clocks_count_the_steps_before() -> None:
    trace = explorer.run(_X + "(x * 2).sum().backward()\ny = (x * 3).sum()\ny.backward()")
    assert [run.clock for run in trace.engine_runs] == [3, 6]
    assert {event.clock for event in trace.backward if event.run == 1} == {6}
