"""Lessons on where backward starts, what accumulates, and gradients of gradients."""

from __future__ import annotations

import pytest
import torch

from tests.lessons.lesson import events, grad, ran, stopped, value


def test_a_scalar_needs_no_argument_since_backward_starts_with_one() -> None:
    trace = ran("z = x**2: one node, one rule")
    assert trace.engine_runs[0].gradients == (None,)
    assert trace.backward[0].gradients_in[0] == 1
    assert grad(trace, "x") == [2 * 3.0]


def test_each_node_multiplies_what_it_receives_by_its_own_derivative() -> None:
    trace = ran("From the mean back to x")
    assert [event.node for event in trace.backward] == [
        "MeanBackward0", "MulBackward0", "MulBackward0", "AddBackward0", "AccumulateGrad",
    ]  # fmt: skip
    # d out/d out, then 1/4, times 3, times y twice (3 + 3), times 1
    for event, expected in zip(trace.backward, [1.0, 0.25, 0.75, 4.5, 4.5], strict=True):
        assert event.gradients_in[0] is not None
        assert (event.gradients_in[0] == expected).all()
    assert grad(trace, "x") == [[4.5, 4.5], [4.5, 4.5]]


def test_two_paths_to_one_leaf_are_summed() -> None:
    trace = ran("Used twice: two paths are summed")
    sent = [float(out) for event in trace.backward[1:] for out in event.gradients_out if out is not None]
    (accumulation,) = events(trace, "AccumulateGrad")
    # through a: b · 3, through b: a · 2x
    assert sorted(sent) == [12.0, 24.0]
    assert accumulation.gradients_in[0] == sum(sent) == 36.0


def test_what_was_stretched_forward_is_summed_backward() -> None:
    trace = ran("Stretched forward, summed backward")
    assert grad(trace, "b") == [2.0, 2.0, 2.0]
    assert grad(trace, "w") == [[0.0 + 1 + 2], [3.0 + 4 + 5]]
    (multiplied,) = events(trace, "MulBackward0")
    assert multiplied.shapes_in == ((2, 3),)
    assert multiplied.shapes_out == (None, (2, 1))


def test_backward_with_v_is_v_times_the_jacobian() -> None:
    trace = ran("backward(v): v times the Jacobian")
    weight = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    jacobian = torch.func.jacrev(lambda x: weight @ x**2)(torch.tensor([1.0, 2.0, 3.0]))
    v = torch.tensor([1.0, 10.0])
    assert trace.engine_runs[0].gradients[0] is not None
    assert trace.engine_runs[0].gradients[0].tolist() == v.tolist()
    assert grad(trace, "x") == (v @ jacobian).tolist()


def test_a_root_with_several_elements_needs_v() -> None:
    trace, said = stopped("A root with three elements needs a v")
    assert "3 elements" in said
    assert "torch.ones_like(y)" in said
    assert not trace.backward


def test_backward_adds_to_the_gradient_until_it_is_zeroed() -> None:
    trace = ran("Two backward calls add up")
    accumulated = events(trace, "AccumulateGrad")
    before = [event.grad_before for event in accumulated]
    assert before[0] is None
    assert [values.tolist() for values in before[1:] if values is not None] == [[3.0, 3.0], [0.0, 0.0]]
    assert [event.grad_after.tolist() for event in accumulated if event.grad_after is not None] == [
        [3.0, 3.0], [6.0, 6.0], [3.0, 3.0],
    ]  # fmt: skip


def test_zero_grad_zeroes_the_tensor_or_lets_it_go() -> None:
    trace = ran("zero_grad: a tensor of zeros, or None")
    assert trace.output.splitlines() == ["tensor([0., 0.]) True", "tensor([2., 4.]) None"]
    assert trace.names["w"].grad is None
    assert value(trace, "kept") == [2.0, 4.0]


def test_a_second_backward_finds_nothing_saved() -> None:
    trace, said = stopped("backward twice: what was saved is gone")
    assert trace.error is not None
    assert trace.error.line == 6
    assert "line 5" in said
    assert "retain_graph=True" in said
    assert len(events(trace, "AccumulateGrad")) == 1


def test_retain_graph_lets_the_same_nodes_run_again() -> None:
    trace = ran("retain_graph keeps what was saved")
    assert [run.retain_graph for run in trace.engine_runs] == [True, False]
    first, second = events(trace, "ExpBackward0")
    assert first.index == second.index
    assert (first.run, second.run) == (0, 1)
    assert grad(trace, "x") == pytest.approx((3 * torch.tensor([1.0, 2.0]).exp()).tolist())


def test_only_leaves_and_what_retains_keep_their_gradient() -> None:
    trace = ran("Why y.grad is None: retain_grad")
    assert grad(trace, "z") == [1.0, 1.0, 1.0]
    assert trace.names["z"].retains_grad
    assert trace.names["y"].grad is None
    assert "not a leaf" in trace.names["y"].grad_reason
    # the gradient of y was there, in the engine: it was sent and not kept
    (pow_ran,) = events(trace, "PowBackward0")
    assert pow_ran.gradients_out[0] is not None
    assert pow_ran.gradients_out[0].tolist() == [4.0, 8.0, 12.0]


def test_autograd_grad_returns_gradients_and_writes_none() -> None:
    trace = ran("torch.autograd.grad writes no .grad")
    assert (value(trace, "dx"), value(trace, "dy")) == (12.0, 4.0)
    assert trace.names["x"].grad is trace.names["y"].grad is None
    assert not events(trace, "AccumulateGrad")
    assert len(trace.engine_runs[0].inputs) == 2


def test_create_graph_makes_a_graph_of_the_gradient() -> None:
    trace = ran("The second derivative")
    assert (value(trace, "first"), value(trace, "second")) == (3 * 2.0**2, 6 * 2.0)
    assert [run.create_graph for run in trace.engine_runs] == [True, False]
    made_by_the_first = {number for number, node in enumerate(trace.graph.nodes) if node.run == 0}
    assert made_by_the_first
    assert {event.index for event in trace.backward if event.run == 1} & made_by_the_first
    assert trace.names["first"].grad_fn is not None
    assert trace.names["second"].grad_fn is None


def test_a_gradient_can_stand_in_a_loss() -> None:
    trace = ran("A gradient inside the loss")
    x = torch.tensor([0.5, -1.0])
    # d/dx of x³ + (3x² - 1)²
    expected = 3 * x**2 + 2 * (3 * x**2 - 1) * 6 * x
    assert grad(trace, "x") == pytest.approx(expected.tolist())


def test_jacobian_and_hessian_are_matrices_of_derivatives() -> None:
    trace = ran("Jacobian and Hessian")
    assert value(trace, "J") == [[3.0, 2.0], [0.0, 6.0]]
    assert value(trace, "H") == [[0.0, 1.0], [1.0, 2.0]]
