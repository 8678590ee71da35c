"""Lessons on what the graph follows, what cuts it, and what writes behind its back."""

from __future__ import annotations

import pytest
import torch

from tests.lessons.lesson import events, grad, line_of, ran, stopped, value


def test_no_grad_records_nothing_and_enable_grad_records_again() -> None:
    trace = ran("no_grad, enable_grad, inference_mode")
    assert [trace.names[name].grad_fn for name in "abcd"] == ["MulBackward0", None, "MulBackward0", None]
    assert [trace.names[name].is_inference for name in "abcd"] == [False, False, False, True]
    # a and c, not b
    assert grad(trace, "x") == [4.0, 4.0]


def test_detach_cuts_one_way_and_detach_cuts_the_tensor_itself() -> None:
    trace = ran("detach beside detach_")
    x = torch.tensor([1.0, 2.0])
    # y · const(y), y = 2x: the derivative is 2 · 2x; twice that without the cut
    assert grad(trace, "x") == (4 * x).tolist()
    assert trace.names["y"].requires_grad
    assert not trace.names["cut"].requires_grad
    assert trace.names["cut"].storage == trace.names["y"].storage
    # v itself is a constant now: v² alone remains
    assert grad(trace, "u") == (4 * x**2).tolist()
    assert trace.names["v"].is_leaf
    assert not trace.names["v"].requires_grad


def test_data_makes_a_wrong_gradient_without_a_word() -> None:
    trace = ran(".data writes behind the graph's back")
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    ((x * 2) ** 2).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert grad(trace, "x") == [0.0, 0.0, 0.0] != x.grad.tolist()
    # the counter that would have told does not move
    assert trace.names["y"].version == 0


def test_the_same_write_through_detach_moves_the_counter_and_is_refused() -> None:
    trace, said = stopped("The same write, noticed")
    assert trace.names["y"].version == 1
    assert "version 0" in said
    assert "version 1" in said
    saved = [kept for node in trace.graph.nodes if node.name == "PowBackward0" for kept in node.saved]
    assert [kept.version for kept in saved] == [0]


def test_in_place_is_harmless_unless_backward_needs_the_old_value() -> None:
    title = "In place: harmless for sin, not for exp"
    trace, said = stopped(title)
    assert grad(trace, "x") == pytest.approx((2 * torch.tensor([0.0, 1.0]).cos()).tolist())
    assert trace.error is not None
    assert trace.error.line == line_of(title, "e.sum().backward()")
    assert "e.mul_(2)" in said
    by_name = {node.name: node for node in trace.graph.nodes}
    assert by_name["ExpBackward0"].saved[0].name == "result"
    assert by_name["SinBackward0"].saved[0].name == "self"


def test_writing_into_a_view_makes_copy_slices() -> None:
    trace = ran("Writing into a view: CopySlices")
    made = trace.graph.nodes[trace.names["y"].node]
    assert made.name.endswith("CopySlices")
    assert made.line == 6
    assert grad(trace, "x") == [1.0, 0.0, 0.0, 1.0]
    assert grad(trace, "w") == [2.0, 2.0]


def test_a_leaf_may_be_written_to_under_no_grad_alone() -> None:
    title = "A leaf cannot be written to in place"
    trace, said = stopped(title)
    assert trace.error is not None
    assert trace.error.line == 6
    assert "torch.no_grad()" in said
    assert value(trace, "w") == pytest.approx([0.9, 1.9])


def test_a_node_with_several_results_receives_a_gradient_for_each() -> None:
    trace = ran("One node, several results")
    (unbound,) = events(trace, "UnbindBackward0")
    assert len(unbound.gradients_in) == 2
    assert unbound.gradients_in[1] is None  # second is not used
    # indices are whole numbers: max has one result that a gradient can come to
    (largest,) = events(trace, "MaxBackward0")
    assert len(largest.gradients_in) == 1
    assert not trace.names["indices"].requires_grad
    assert grad(trace, "x") == [[11.0, 10.0], [0.0, 1.0]]


def test_detach_before_a_layer_or_freezing_it_trains_the_other_alone() -> None:
    trace = ran("Train B, not A: two ways")
    first, second = trace.output.splitlines()
    assert first == second
    assert first.startswith("None tensor(")
    reached = [{event.accumulated for event in events(trace, "AccumulateGrad", run)} for run in (0, 1)]
    assert reached[0] == reached[1]
    assert len(reached[0]) == 2


def test_a_frozen_layer_passes_the_gradient_on() -> None:
    trace = ran("Train A through a frozen B")
    leaves = dict(trace.graph.leaves)
    assert {leaves[event.index] for event in events(trace, "AccumulateGrad")} == {"A.weight", "A.bias"}


def test_a_leaf_that_the_root_does_not_use_is_not_reached() -> None:
    trace = ran("A leaf that the loss does not use")
    assert trace.names["unused"].grad is None
    assert trace.names["unused"].is_leaf
    assert trace.names["unused"].grad_reason
    assert "not a leaf" not in trace.names["unused"].grad_reason


def test_scaling_after_requires_grad_makes_no_leaf() -> None:
    trace = ran("Why w.grad is None: not a leaf")
    wrong, right = trace.names["w"], trace.names["right"]
    assert (wrong.is_leaf, right.is_leaf) == (False, True)
    assert "not a leaf" in wrong.grad_reason
    assert grad(trace, "right") == pytest.approx([0.2] * 3)


def test_whole_numbers_cannot_require_gradients() -> None:
    trace, said = stopped("Whole numbers have no gradient")
    assert "int64" in said
    assert "floating-point" in said
    assert grad(trace, "table") == [1.0, 0.0, 1.0]


def test_all_detached_says_where_the_graph_was_left() -> None:
    _, said = stopped("Everything is detached")
    assert "detach in line 5" in said
