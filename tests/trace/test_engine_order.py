"""The recorded backward pass is that of plain torch: its order, its gradients, what each node sent to whom."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import assume, example, given, settings

import explorer
from explorer.trace.model import Trace
from explorer.trace.values import Array
from tests.trace.graph_programs import plain_backward, programs

_START = "x = torch.arange(1.0, 7.0).view(2, 3).requires_grad_()\ny = torch.ones(2, 3).requires_grad_()"
# torch makes the nodes of views anew when these are used after a write to their base, not at the write
_STALE_VIEW = f"""{_START}
v2 = x + x
v3 = x + x
v4 = v2[0]
v5 = x + x
v2.mul_(2)
loss = (v3 * 2).sum() + (v4 * 3).sum() + (v5 * 4).sum()"""
_STALE_TWINS = f"""{_START}
v2 = x + x
v3 = v2[0]
v4 = v2[0]
v2.mul_(2)
v5 = x * y
v6 = v4 * v3
loss = (v5 * 2).sum() + (v3 * 3).sum() + (v4 * 4).sum() + v6.sum()"""
_STALE_AGAIN = f"""{_START}
v2 = x + x
v3 = v2[0]
v4 = v3[:1]
v2.mul_(2)
v3.mul_(3)
v5 = x + x
v4.mul_(2)
loss = v2.sum() + (v3 * 2).sum() + (v4 * 3).sum() + (v5 * 4).sum()"""


@settings(max_examples=60)
@given(programs())
@example(_STALE_VIEW)
@example(_STALE_TWINS)
@example(_STALE_AGAIN)
def test_nodes_run_in_the_engines_order_with_its_gradients(source: str) -> None:
    found = plain_backward(source)
    assume(found is not None)
    assert found is not None
    ran, names = found
    trace = explorer.run(source + "\nloss.backward()")
    assert trace.error is None
    assert [event.node for event in trace.backward] == [one.node.rpartition("::")[2] for one in ran]
    for event, one in zip(trace.backward, ran, strict=True):
        _same(event.gradients_in, one.incoming)
        _same(event.gradients_out, one.outgoing)
        assert trace.graph.nodes[event.index].name == event.node
    for name in ("x", "y"):
        _same((trace.names[name].grad,), (names[name].grad,))


@settings(max_examples=40)
@given(programs())
def test_leaf_gradients_are_those_of_autograd_grad(source: str) -> None:
    found = plain_backward(source)
    assume(found is not None)
    assert found is not None
    fresh: dict[str, torch.Tensor] = {}
    exec(source, {"torch": torch, "F": torch.nn.functional}, fresh)  # noqa: S102 - the test's own text
    expected = torch.autograd.grad(fresh["loss"], [fresh["x"], fresh["y"]], allow_unused=True)
    trace = explorer.run(source + "\nloss.backward()")
    for name, gradient in zip(("x", "y"), expected, strict=True):
        state = trace.names[name]
        _same((state.grad,), (gradient,))
        assert bool(state.grad_reason) == (gradient is None)


@settings(max_examples=60)
@given(programs())
def test_edges_and_results_are_those_of_the_live_graph(source: str) -> None:
    trace = explorer.run(source)
    names: dict[str, torch.Tensor] = {}
    exec(source, {"torch": torch, "F": torch.nn.functional}, names)  # noqa: S102
    for name, tensor in names.items():
        if not isinstance(tensor, torch.Tensor) or name == "_" or tensor.grad_fn is None:
            continue
        state = trace.names[name]
        assert state.output_nr == tensor.output_nr
        _follow(trace, state.node, tensor.grad_fn)


def _follow(trace: Trace, number: int, node: torch.autograd.graph.Node) -> None:
    """Compare a recorded node and all that it leads to with live ones."""
    leads: dict[int, dict[int, tuple[int, int]]] = {}
    for (start, end), (gradient, result) in zip(trace.graph.edges, trace.graph.slots, strict=True):
        leads.setdefault(start, {})[gradient] = (end, result)
    waiting, seen = [(number, node)], set[int]()
    while waiting:
        index, live = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        recorded = trace.graph.nodes[index]
        assert recorded.name == live.name().rpartition("::")[2]
        assert recorded.inputs == len(live.next_functions)
        assert recorded.shapes == tuple(tuple(about.shape) for about in live._input_metadata)
        results = {slot: result for slot, (to, result) in enumerate(live.next_functions) if to is not None}
        assert {slot: result for slot, (_, result) in leads.get(index, {}).items()} == results
        for place, (following, _) in enumerate(live.next_functions):
            if following is not None:
                waiting.append((leads[index][place][0], following))


def _same(recorded: tuple[Array | None, ...], live: tuple[torch.Tensor | None, ...]) -> None:
    assert len(recorded) == len(live)
    for array, tensor in zip(recorded, live, strict=True):
        assert (array is None) == (tensor is None)
        if array is not None and tensor is not None:
            np.testing.assert_array_equal(array, tensor.detach().numpy())
