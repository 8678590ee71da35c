"""Writes to running statistics are recorded, though torch does not count them in the version of the tensor."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import explorer


@pytest.mark.parametrize("momentum", [0.1, 0.75, None])
@pytest.mark.parametrize("batches", [1, 4])
def test_each_call_has_the_running_statistics_before_and_after_it(momentum: float | None, batches: int) -> None:
    loop = f"for i in range({batches}):\n    bn(torch.randn(5, 3))\n"
    trace = explorer.run(f"bn = nn.BatchNorm1d(3, momentum={momentum})\n{loop}")
    calls = [detail for step in trace.steps for detail in step.details if detail.op == "batch_norm"]
    bn = torch.nn.BatchNorm1d(3, momentum=momentum)
    assert len(calls) == batches
    assert bn.running_mean is not None
    assert bn.running_var is not None
    for call in calls:
        given = call.inputs[0]
        held = [state.values for state in call.inputs[1:3]]
        np.testing.assert_array_equal(held, [bn.running_mean.numpy(), bn.running_var.numpy()])
        bn(torch.tensor(given.values))
        written = [state.values for state in call.updated]
        np.testing.assert_array_equal(written, [bn.running_mean.numpy(), bn.running_var.numpy()])


@pytest.mark.parametrize("function", ["F.batch_norm(x, m, v, training=True)", "F.instance_norm(x, m, v)"])
def test_a_function_writes_to_what_it_is_given(function: str) -> None:
    trace = explorer.run(f"x = torch.randn(5, 3, 4)\nm, v = torch.zeros(3), torch.ones(3)\ny = {function}\n")
    assert trace.names["m"].values is not None
    assert np.abs(trace.names["m"].values).max() > 0
    assert [state.tensor for state in trace.steps[-1].updated] == [trace.names["m"].tensor, trace.names["v"].tensor]


def test_nothing_is_written_in_eval_mode() -> None:
    trace = explorer.run("bn = nn.BatchNorm1d(3).eval()\ny = bn(torch.randn(5, 3))\n")
    assert [detail.updated for detail in trace.steps[-1].details] == [()]
