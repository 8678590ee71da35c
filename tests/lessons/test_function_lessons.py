"""Lessons on functions of one's own, hooks, checkpoints and NaN."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.trace.model import BackwardEvent
from tests.lessons.lesson import events, grad, line_of, ran, stopped, trace_of, value


def has_nan(event: BackwardEvent) -> bool:
    return any(bool(np.isnan(gradient).any()) for gradient in event.gradients_out if gradient is not None)


def test_the_backward_of_a_function_is_stepped_through_line_by_line() -> None:
    title = "A function with a backward of its own"
    trace = ran(title)
    inside = [step for step in trace.steps if step.line == line_of(title, "return grad_output")]
    assert [step.op for step in inside] == ["mul", "pow", "mul"]
    (cube,) = events(trace, "CubeBackward")
    assert trace.graph.nodes[cube.index].custom
    # its lines come before the end of its node, and all of them before the end of backward
    assert trace.steps.index(inside[-1]) < cube.clock
    x = torch.tensor([1.0, 2.0])
    assert grad(trace, "x") == (3 * x**2).tolist()


def test_a_wrong_backward_is_believed() -> None:
    x = [1.0, 2.0, 3.0]
    assert grad(ran("A wrong backward: compare it"), "x") == x != [2 * value for value in x]


def test_round_sends_zero_and_a_straight_through_gradient_sends_all() -> None:
    trace = ran("A straight-through gradient for round")
    assert [event.grad_after.tolist() for event in events(trace, "AccumulateGrad") if event.grad_after is not None] == [
        [0.0, 0.0], [1.0, 1.0],
    ]  # fmt: skip


def test_a_hook_changes_what_the_node_receives() -> None:
    trace = ran("A hook that changes a gradient")
    assert trace.names["y"].hooks == 1
    (summed,) = events(trace, "SumBackward0")
    (multiplied,) = events(trace, "MulBackward0")
    assert summed.gradients_out[0] is not None
    assert multiplied.gradients_in[0] is not None
    assert multiplied.gradients_in[0].tolist() == (10 * summed.gradients_out[0]).tolist()
    assert grad(trace, "x") == [20.0, 20.0, 20.0]


def test_a_checkpoint_computes_forward_twice_and_the_same_gradient() -> None:
    title = "Checkpoint: forward runs again"
    trace = ran(title)
    inside = [step for step in trace.steps if step.line == line_of(title, "return torch.tanh")]
    # the second time it ends as soon as everything is there that backward needs
    assert [step.op for step in inside][:3] == ["matmul", "tanh", "matmul"]
    again = next(event for event in trace.backward if event.node == "MvBackward0")
    assert trace.steps.index(inside[2]) < again.clock
    w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    x = torch.tensor([0.1, 0.2], requires_grad=True)
    torch.tanh(w @ x).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert w.grad is not None
    assert grad(trace, "x") == x.grad.tolist()
    assert grad(trace, "w") == w.grad.tolist()


def test_nan_comes_from_a_branch_that_was_not_taken() -> None:
    trace = ran("NaN from a branch that was not taken")
    assert not np.isnan(value(trace, "y")).any()
    first = next(event for event in trace.backward if has_nan(event))
    assert first.node == "SqrtBackward0"
    # 0 from where, times the infinite slope of sqrt at 0
    assert first.gradients_in[0] is not None
    assert first.gradients_in[0].tolist() == [1.0, 0.0]


def test_a_safe_input_keeps_nan_out() -> None:
    trace = ran("The same without NaN")
    assert not any(has_nan(event) for event in trace.backward)
    assert grad(trace, "x") == [0.25, 0.0]


def test_anomaly_mode_stops_at_the_node_that_made_nan() -> None:
    trace, said = stopped("Anomaly mode finds the NaN")
    assert "SqrtBackward0" in said
    assert trace.names["x"].grad is None
    assert not torch.is_anomaly_enabled()


@pytest.mark.parametrize("first", ["A hook that changes a gradient", "Anomaly mode finds the NaN"])
def test_a_run_leaves_torch_as_it_was(first: str) -> None:
    trace_of(first)
    assert torch.is_grad_enabled()
    assert not torch.is_anomaly_enabled()
    assert not torch.is_inference_mode_enabled()
