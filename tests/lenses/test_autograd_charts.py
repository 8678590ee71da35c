"""The charts of a network: each number is torch's, and what has none is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.compute.jobs import Question
from explorer.compute.questions import Answers
from explorer.scene import Chart
from explorer.scene.decoding import decode_as
from explorer.scene.parts import PART_MAGIC, Part
from explorer.trace import wholes

SOURCE = """\
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear({width}, 64), nn.ReLU(), nn.Linear(64, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss = net(torch.ones(3, {width})).square().sum()
loss.backward()
optimizer.step()
"""
GRADIENTS, STEPS = "Norm of the gradient of each parameter", "Parameters before and after optimizer.step()"


def charts(width: int) -> dict[str, Chart]:
    """Return the charts of a network with so many inputs, by title."""
    return {chart.title: chart for chart in explorer.scene(explorer.run(SOURCE.format(width=width)), "autograd").charts}


def norms(width: int) -> dict[str, float]:
    """Return what torch says of the same network's gradients."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, 2))
    net(torch.ones(3, width)).square().sum().backward()
    gradients = {name: parameter.grad for name, parameter in net.named_parameters()}
    return {
        f"net.{name}": float(gradient.double().norm()) for name, gradient in gradients.items() if gradient is not None
    }


def test_each_bar_is_the_norm_of_that_gradient() -> None:
    chart = charts(5)[GRADIENTS]
    assert dict(zip(chart.labels, chart.series[0].values.tolist(), strict=True)) == pytest.approx(norms(5), rel=1e-6)
    assert "Left out" not in chart.note


def test_a_gradient_of_which_only_a_corner_is_recorded_has_the_norm_of_all_its_elements() -> None:
    chart = charts(400)[GRADIENTS]  # 64 x 400 elements
    assert dict(zip(chart.labels, chart.series[0].values.tolist(), strict=True)) == pytest.approx(norms(400), rel=1e-5)
    assert "Left out" not in chart.note


def test_a_large_parameter_has_the_norm_of_all_its_elements_before_and_after() -> None:
    chart = charts(400)[STEPS]  # 64 x 400 elements
    assert chart.labels == tuple(norms(400))
    assert chart.note == ""


def test_parameters_beyond_the_room_for_copies_have_no_bar_and_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wholes, "MAX_BYTES", 0)
    chart = charts(400)[STEPS]
    assert "Left out: net.0.weight:" in chart.note
    assert chart.labels == tuple(name for name in norms(400) if name != "net.0.weight")


@pytest.mark.parametrize("optimiser", ["SGD(net.parameters(), 0.5)", "AdamW(net.parameters(), 0.1)"])
def test_what_a_step_did_to_a_large_parameter_is_told_of_all_its_elements(optimiser: str) -> None:
    source = f"""torch.manual_seed(0)
net = nn.Linear(400, 64)
optimiser = torch.optim.{optimiser}
for _ in range(3):
    optimiser.zero_grad()
    net(torch.ones(3, 400)).square().sum().backward()
    if _ == 2: before = net.weight.detach().clone()
    optimiser.step()
"""
    names: dict[str, Any] = {"torch": torch, "nn": nn}
    exec(source, names)  # noqa: S102 - the test's own text
    before, after = names["before"], names["net"].weight.detach()
    trace = explorer.run(source)
    assert trace.error is None
    scene = explorer.scene(trace, "autograd")
    _, old, new, change, largest, gradient = scene.tables[-1].rows[0]
    difference = after.double() - before.double()
    at = difference.abs().argmax()
    assert [text.removeprefix("norm ") for text in (old, new, change, gradient)] == [
        f"{one.double().norm().item():.4g}" for one in (before, after, difference, names["net"].weight.grad)
    ]
    assert largest.split(" at ")[0] == f"{difference.flatten()[at].item():.4g}"
    answers = Answers(trace, {"lens": "autograd"})
    last = next(i for i in reversed(range(len(scene.frames))) if scene.frames[i].op == "step")
    grid = next(plate.grid for plate in scene.frames[last].plates if scene.grids[plate.grid].shape == (64, 400))
    for frame, expected in ((last - 1, before), (last, after)):
        part = decode_as(answers.to(Question("part", grid, frame, (0, 300))), PART_MAGIC, Part)
        assert part.values is not None, part.refused
        np.testing.assert_array_equal(part.values.reshape(part.window), expected[:64, 300:364].numpy())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64"])
def test_norms_of_large_gradients_are_those_of_torch(dtype: str) -> None:
    lines = ["import torch", f"w = torch.full((200, 100), 30.0, dtype=torch.{dtype}, requires_grad=True)"]
    trace = explorer.run("\n".join([*lines, "for _ in range(2):", "    (w * w).abs().sum().backward()"]))
    w = torch.full((200, 100), 30.0, dtype=getattr(torch, dtype), requires_grad=True)
    expected = []
    for _ in range(2):
        torch.autograd.backward((w * w).abs().sum())
        assert w.grad is not None
        expected.append(float(w.grad.to(torch.complex128).norm()))
    assert trace.error is None
    norms = [event.norm_after for event in trace.backward if event.accumulated is not None]
    assert norms == pytest.approx(expected, rel=1e-5)
    [product, again] = [event for event in trace.backward if event.node == "MulBackward0"]
    assert product.norms_in == again.norms_in == pytest.approx((20_000**0.5,), rel=1e-5)
    assert all(event.norms_in == () for event in trace.backward if event.shapes_in == ((),))
