"""`origins` says where every element came from: gathering by it gives every output back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings

import explorer
from explorer.trace import NotMovedError, Trace
from tests.programs import calls, dtypes, program, shapes


def check_step(trace: Trace, index: int) -> None:
    step = trace.steps[index]
    for number, output in enumerate(step.outputs):
        argument, element = explorer.origins(trace, index, number)
        assert argument.shape == element.shape == output.shape
        assert argument.dtype == element.dtype == np.int64
        if step.inputs[0].dtype != output.dtype:  # a conversion rounds, but moves nothing
            assert (argument == 0).all()
            assert element.reshape(-1).tolist() == list(range(output.numel))
            continue
        if any(state.window != state.shape for state in (output, *step.inputs)):
            continue  # too large to have been kept whole; the repeats of repeats get there
        rebuilt = np.zeros(output.shape, dtype=np.asarray(output.values).dtype)
        for place in np.ndindex(*output.shape):
            assert argument[place] >= -1
            if argument[place] >= 0:
                given_values = np.asarray(step.inputs[argument[place]].values)
                rebuilt[place] = given_values.reshape(-1)[element[place]]
        np.testing.assert_array_equal(rebuilt, output.values)


@settings(max_examples=250)
@given(shapes, dtypes, calls)
def test_origins_give_back_every_output(shape: tuple[int, ...], dtype: str, chain: list[str]) -> None:
    trace = explorer.run(program(shape, dtype, chain))
    for step in trace.steps:
        if step.kind in ("view", "copy") and "_strided" not in step.op:
            check_step(trace, step.index)


@pytest.mark.parametrize(
    "call",
    [
        "x.gather(1, torch.tensor([[2, 1], [0, 0]]))", "x.take(torch.tensor([5, 0]))",
        "x[x > 2]", "x.masked_select(x % 2 == 0)", "torch.take_along_dim(x, torch.tensor([[2], [0]]), 1)",
        "torch.repeat_interleave(x, 2, 0)", "torch.repeat_interleave(x, torch.tensor([1, 2]), 0)", "x.tril()",
        "torch.block_diag(x, x)", "torch.column_stack([x, x + 10])", "torch.hstack([x, x])", "x.diag_embed()",
        "torch.nn.functional.pad(x, (1, 1, 2, 0))", "F.pixel_shuffle(x.expand(4, 2, 3).contiguous(), 2)",
        "x.index_select(1, torch.tensor([2, 2]))", "x.float()", "x.to(torch.uint8)", "x.to('cpu', copy=True)",
    ],
)  # fmt: skip
def test_origins_of_operations_without_a_rule(call: str) -> None:
    trace = explorer.run(f"x = torch.arange(1, 7).view(2, 3)\ny = {call}")
    assert trace.error is None
    check_step(trace, len(trace.steps) - 1)


def test_padding_comes_from_nowhere() -> None:
    trace = explorer.run("x = torch.arange(2)\ny = F.pad(x, (1, 2), value=1)")
    argument, element = explorer.origins(trace, 1)
    assert argument.tolist() == [-1, 0, 0, -1, -1]
    assert element.tolist() == [-1, 0, 1, -1, -1]


def test_joined_tensors_keep_their_argument() -> None:
    trace = explorer.run("x = torch.zeros(2)\ny = torch.zeros(3)\nz = torch.cat([x, y, x])")
    argument, element = explorer.origins(trace, 2)
    assert argument.tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert element.tolist() == [0, 1, 0, 1, 2, 0, 1]


def test_writes_keep_what_they_left_alone() -> None:
    trace = explorer.run("x = torch.arange(4)\nx[1:3] = torch.tensor([8, 9])")
    argument, element = explorer.origins(trace, 2)
    assert argument.tolist() == [0, 1, 1, 0]
    assert element.tolist() == [0, 0, 1, 3]


@pytest.mark.parametrize(
    "call",
    ["x + 1", "x.relu()", "x.abs()", "x.sum()", "x * 2", "x.sort().values", "x.cumsum(0)", "torch.zeros(3)", "-x"],
)
def test_computed_values_have_no_origins(call: str) -> None:
    trace = explorer.run(f"x = torch.arange(6) + 1\ny = {call}")
    last = next(step for step in reversed(trace.steps) if step.kind != "view")
    with pytest.raises(NotMovedError):
        explorer.origins(trace, last.index)


def test_plain_data_says_that_it_has_no_live_tensors() -> None:
    trace = explorer.run("x = torch.arange(6).flip(0)").without_live_tensors()
    with pytest.raises(ValueError, match="live tensors"):
        explorer.origins(trace, 1)


def test_following_a_module_leaves_it_as_it_was() -> None:
    source = "norm = nn.BatchNorm1d(2).double()\nx = torch.rand(4, 2).double()\ny = norm(x)\nz = norm.running_mean + 0"
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.calls is not None
    step = next(step for step in trace.steps if step.op == "BatchNorm1d" and step.inputs)
    module = getattr(trace.calls[step.index], "function")  # noqa: B009 - None where calls were not kept
    before, generator = module.running_mean.clone(), torch.get_rng_state()
    with pytest.raises(NotMovedError):
        explorer.origins(trace, step.index)
    assert torch.equal(module.running_mean, before)
    assert torch.equal(torch.get_rng_state(), generator)


def test_modules_that_only_move_elements_are_followed() -> None:
    trace = explorer.run("x = torch.arange(6.0).view(2, 3).t()\ny = nn.Flatten(0)(x)")
    assert trace.error is None
    check_step(trace, len(trace.steps) - 1)
