"""Lessons on networks: shared layers, optimisers, gradients that vanish, time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explorer.trace import Trace
from tests.lessons.lesson import events, plainly, ran, value


def leaf_gradients(trace: Trace) -> dict[str, Any]:
    """Return what backward wrote into each leaf, by its name."""
    names = dict(trace.graph.leaves)
    return {names[event.index]: event.grad_after for event in events(trace, "AccumulateGrad")}


def norm(values: Any) -> float:
    return float(np.linalg.norm(values))


def test_a_layer_used_twice_gets_the_sum_of_both_paths() -> None:
    trace = ran("One layer used twice: gradient 6")
    assert value(trace, "y") == [[9.0]]
    paths = [out.item() for event in events(trace, "TBackward0") for out in event.gradients_out if out is not None]
    (accumulation,) = events(trace, "AccumulateGrad")
    assert paths == [3.0, 3.0]
    assert accumulation.gradients_in[0] == sum(paths) == 6.0


def test_one_step_moves_every_parameter_against_its_gradient() -> None:
    title = "A network, its loss and one step"
    names, _ = plainly(title)
    gradients = leaf_gradients(ran(title))
    torch.manual_seed(0)
    untrained = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    trained = dict(names["net"].named_parameters())
    assert set(gradients) == {f"net.{name}" for name in trained}
    for name, before in untrained.named_parameters():
        after = before.detach() - 0.1 * torch.from_numpy(gradients[f"net.{name}"])
        torch.testing.assert_close(trained[name].detach(), after)


def test_gradients_vanish_on_their_way_through_sigmoids() -> None:
    gradients = leaf_gradients(ran("Gradients vanish in many sigmoids"))
    norms = [norm(gradients[f"net.{layer}.weight"]) for layer in range(0, 17, 2)]
    assert norms == sorted(norms)
    assert norms[-1] / norms[0] > 1e6


def test_clipping_shortens_and_keeps_the_direction() -> None:
    title = "Clipping: shorter, same direction"
    trace = ran(title)
    names, _ = plainly(title)
    weight, bias = names["net"].weight.grad.numpy(), names["net"].bias.grad.numpy()
    assert norm([norm(weight), norm(bias)]) == pytest.approx(1.0, rel=1e-5)
    before = np.array(value(trace, "before"))
    np.testing.assert_allclose(weight * norm(before) / norm(weight), before, rtol=1e-5)
    assert value(trace, "norm") > 1000


def test_a_residual_block_sends_the_gradient_around_its_convolutions() -> None:
    trace = ran("Residual blocks: a way around")
    outer, inner = events(trace, "AddBackward0")
    around, through = outer.gradients_out[:2]
    assert around is not None
    np.testing.assert_array_equal(around, through)
    # around the first block there is nothing to be trained
    assert [out is None for out in inner.gradients_out[:2]] == [False, True]


def test_one_weight_gets_a_share_from_every_time_step() -> None:
    trace = ran("One weight, every time step")
    sent = [event.gradients_out[0] for event in events(trace, "MulBackward0")]
    shares = [float(share) for share in sent if share is not None]
    assert len(shares) == 6
    (accumulation,) = events(trace, "AccumulateGrad")
    assert accumulation.gradients_in[0] == pytest.approx(sum(shares))
    # tanh and the weight shrink what comes from further back, though early states are larger
    arriving = [event.gradients_in[0] for event in events(trace, "TanhBackward0")]
    received = [float(gradient) for gradient in arriving if gradient is not None]
    assert received == sorted(received, reverse=True)


def test_an_lstm_runs_backward_through_all_its_steps() -> None:
    title = "An LSTM through time"
    trace = ran(title)
    names, _ = plainly(title)
    gradients = leaf_gradients(trace)
    for name, parameter in names["cell"].named_parameters():
        np.testing.assert_array_equal(gradients[f"cell.{name}"], parameter.grad.numpy())
    assert len(events(trace, "SigmoidBackward0")) == 3 * 12
