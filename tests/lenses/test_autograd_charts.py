"""The charts of a network: each number is torch's, and what has none is named."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import explorer
from explorer.scene import Chart

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


def test_a_gradient_of_which_only_a_corner_is_recorded_has_no_bar_and_is_named() -> None:
    found = charts(400)  # 64 x 400 elements
    for title in (GRADIENTS, STEPS):
        assert "Left out: net.0.weight:" in found[title].note
    shown = found[GRADIENTS]
    expected = {name: norm for name, norm in norms(400).items() if name != "net.0.weight"}
    assert dict(zip(shown.labels, shown.series[0].values.tolist(), strict=True)) == pytest.approx(expected, rel=1e-6)
    assert found[STEPS].labels == shown.labels
