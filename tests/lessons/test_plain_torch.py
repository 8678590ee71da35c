"""What the page shows is what plain torch computes, for every example."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import explorer
from explorer.ui.examples.autograd import AUTOGRAD_EXAMPLES
from explorer.ui.examples.example import Example
from tests.lessons.lesson import plainly, trace_of

every_example = pytest.mark.parametrize("example", AUTOGRAD_EXAMPLES, ids=lambda example: example.title)


@every_example
def test_values_and_gradients_of_all_names(example: Example) -> None:
    trace = trace_of(example.title)
    names, error = plainly(example.title)
    assert (error is None) == (trace.error is None) == (not example.stops)
    tensors = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
    assert set(tensors) == set(trace.names)
    for name, tensor in tensors.items():
        state = trace.names[name]
        np.testing.assert_array_equal(state.values, tensor.detach().numpy(), err_msg=name)
        gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
        assert (state.grad is None) == (gradient is None), name
        if gradient is not None:
            np.testing.assert_array_equal(state.grad, gradient.numpy(), err_msg=name)
        assert bool(state.grad_reason) == (gradient is None), name


@every_example
def test_gradients_of_all_parameters(example: Example) -> None:
    if "clip_grad_norm_" in example.source:
        pytest.skip("what backward wrote is changed afterwards; its lesson is about that")
    names, _ = plainly(example.title)
    trace = trace_of(example.title)
    leaves = dict(trace.graph.leaves)
    written = {leaves[event.index]: event.grad_after for event in trace.backward if event.node == "AccumulateGrad"}
    for owner, module in names.items():
        for name, parameter in module.named_parameters() if isinstance(module, torch.nn.Module) else ():
            assert (f"{owner}.{name}" in written) == (parameter.grad is not None)
            if parameter.grad is not None:
                np.testing.assert_array_equal(written[f"{owner}.{name}"], parameter.grad.numpy())


@every_example
def test_it_opens_where_it_says(example: Example) -> None:
    marks = len(re.findall("# look", example.source))
    assert marks == (not example.stops)
    scene = explorer.scene(trace_of(example.title), lens="autograd")
    line = next((n for n, text in enumerate(example.source.split("\n"), 1) if "# look" in text), None)
    frame = scene.frames[scene.opens_on]
    if line is None:
        assert frame.kind == "error"
        return
    line += example.source.split("\n")[line - 1].strip().startswith("#")
    assert scene.graph is not None
    span = frame.span if frame.phase == "forward" or frame.node < 0 else scene.graph.nodes[frame.node].span
    about = {one for one in (span, frame.span) if one is not None}
    assert any(one.line <= line <= one.end_line for one in about)
