"""Norms of the gradients of a network's weights, layer by layer, against plain torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import explorer
from explorer.lenses.normalization.layer_gradients import layer_gradients
from explorer.ui.examples.normalization import NORMALIZATION_EXAMPLES

TWO = next(one.source for one in NORMALIZATION_EXAMPLES if one.title.startswith("Six layers"))
OWN = """\
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.norm = nn.LayerNorm(3)
        self.last = nn.Linear(3, 1)

    def forward(self, x):
        return self.last(self.norm(self.first(x)))


"""
TRAIN = "for _ in range(3):\n    net.zero_grad()\n    net(torch.randn(4, 2)).square().sum().backward()\n"


def plain(source: str, watched: str) -> dict[str, Any]:
    """Run a program as Python does; after each `backward()` the line `watched` is run, too."""
    names: dict[str, Any] = {"seen": []}
    lines: list[str] = []
    for line in source.splitlines():
        lines.append(line)
        if line.endswith("backward()"):
            lines.append(f"{line[: len(line) - len(line.lstrip())]}{watched}")
    torch.manual_seed(0)  # as the app does
    exec("\n".join(lines), names)  # noqa: S102 - the test's own text
    return names


def norms(watched: str, source: str) -> list[list[float]]:
    return [[float(norm) for norm in row] for row in plain(source, watched)["seen"]]


def test_with_and_without_normalisation_beside_each_other() -> None:
    [chart] = layer_gradients(explorer.run(TWO))
    rows = norms("seen.append([m.weight.grad.norm() for m in net if isinstance(m, nn.Linear)])", TWO)
    assert [one.name for one in chart.series] == [
        "net without normalisation, first backward",
        "net without normalisation, last backward",
        "net with BatchNorm1d, first backward",
        "net with BatchNorm1d, last backward",
    ]
    for one, run in zip(chart.series, (0, 7, 8, 15), strict=True):
        assert one.values.tolist() == pytest.approx(rows[run], rel=1e-6)
    assert chart.labels == tuple("1234567")  # their paths differ
    assert chart.note == (
        "After the last backward: net without normalisation: 0.195 at layer 0, 0.1979 at layer 12; "
        "net with BatchNorm1d: 0.9006 at layer 0, 0.383 at layer 18."
    )


@pytest.mark.parametrize("passes", [1, 3])
def test_a_module_of_the_programs_own(passes: int) -> None:
    source = f"{OWN}net = Net()\n{TRAIN.replace('3', str(passes))}"
    [chart] = layer_gradients(explorer.run(source))
    rows = norms("seen.append([net.first.weight.grad.norm(), net.last.weight.grad.norm()])", source)
    assert chart.labels == ("first", "last")
    assert [one.name for one in chart.series] == (["first backward", "last backward"] if passes > 1 else ["backward"])
    assert chart.series[0].values.tolist() == pytest.approx(rows[0], rel=1e-6)
    assert chart.series[-1].values.tolist() == pytest.approx(rows[-1], rel=1e-6)


def test_layers_called_one_by_one_and_convolutions() -> None:
    source = """\
import torch
from torch import nn

torch.manual_seed(0)
conv = nn.Conv1d(1, 2, 3)
bn = nn.BatchNorm1d(2)
lin = nn.Linear(6, 1)
h = bn(conv(torch.randn(4, 1, 5)))
lin(h.flatten(1)).sum().backward()
"""
    [chart] = layer_gradients(explorer.run(source))
    assert chart.labels == ("conv", "lin")
    [rows] = norms("seen.append([conv.weight.grad.norm(), lin.weight.grad.norm()])", source)
    assert chart.series[0].values.tolist() == pytest.approx(rows, rel=1e-6)


def test_gradients_that_add_up_over_calls_are_those_of_grad() -> None:
    source = (
        f"{OWN}net = Net()\nfor _ in range(2):\n    (net(torch.randn(4, 2)) + net(torch.ones(4, 2))).sum().backward()\n"
    )
    [chart] = layer_gradients(explorer.run(source))
    rows = norms("seen.append([net.first.weight.grad.norm(), net.last.weight.grad.norm()])", source)
    assert chart.series[-1].values.tolist() == pytest.approx(rows[-1], rel=1e-6)


def test_a_frozen_layer_has_no_number() -> None:
    source = (
        OWN
        + "net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1))\n"
        + "net[1].weight.requires_grad_(False)\n"
        + TRAIN
    )
    [chart] = layer_gradients(explorer.run(source))
    assert chart.labels == ("0", "2")


def test_without_backward_or_with_one_layer_there_is_no_chart() -> None:
    assert layer_gradients(explorer.run(f"{OWN}Net()(torch.randn(4, 2))")) == ()
    one = "import torch\nlin = torch.nn.Linear(2, 2)\nlin(torch.ones(1, 2)).sum().backward()\n"
    assert layer_gradients(explorer.run(one)) == ()
    assert layer_gradients(explorer.run("import torch\ntorch.ones(2)")) == ()
