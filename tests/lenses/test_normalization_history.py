"""Running statistics call by call, momentum in numbers, batches by size, inputs of layers: beside plain torch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.lenses.normalization.batches import FEWEST_SAMPLES, spread
from explorer.lenses.normalization.calls import NormCall, norm_calls
from explorer.lenses.normalization.history import history
from explorer.lenses.normalization.momentum import momentum_table
from explorer.lenses.normalization.training import MOST_CELLS, layer_inputs
from explorer.scene.charts import Chart

LOOP = """\
import torch
from torch import nn

norm = nn.{layer}
batches = torch.as_tensor(data)
for batch in batches:
    norm(batch)
norm.eval()
norm(batches[0])
"""
MEAN, RUNNING_MEAN, ALL = "mean of the batch", "running_mean after it", "all training batches together"
BIASED, UNBIASED = "biased: normalises the batch", "unbiased: goes to running_var"
RUNNING_VAR = "running_var after it"


def calls_of(source: str, **inputs: Any) -> tuple[NormCall, ...]:
    trace = explorer.run(source, inputs=inputs)
    assert trace.error is None, trace.error
    return norm_calls(trace)


def lines(chart: Chart) -> dict[str, torch.Tensor]:
    return {series.name: torch.tensor(series.values) for series in chart.series}


def plain(written: str) -> float:
    """Return what a cell of a table comes to."""
    return float(eval(written.replace("−", "-").replace("·", "*")))  # noqa: S307 - numbers of the table


@st.composite
def loops(draw: st.DrawFn) -> tuple[str, nn.Module, torch.Tensor]:
    """Draw a layer, as text and live, and batches for it."""
    name, spatial = draw(
        st.sampled_from([("BatchNorm1d", 0), ("BatchNorm1d", 1), ("BatchNorm2d", 2), ("InstanceNorm1d", 1)])
    )
    channels, momentum = draw(st.integers(1, 3)), draw(st.sampled_from([None, 0.1, 0.75, 1.0]))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    text = f"{name}({channels}, momentum={momentum}, track_running_stats=True, dtype=torch.{dtype})"
    layer: nn.Module = eval(f"nn.{text}", {"nn": nn, "torch": torch})  # noqa: S307 - the test's own text
    sizes = [
        draw(st.integers(1, 4)),
        draw(st.integers(2, 3)),
        channels,
        *draw(st.tuples(*[st.integers(2, 3)] * spatial)),
    ]
    seed = draw(st.integers(0, 99))
    return (
        text,
        layer,
        torch.randn(sizes, dtype=getattr(torch, dtype), generator=torch.Generator().manual_seed(seed)) + 3,
    )


@settings(max_examples=20)
@given(loops(), st.integers(0, 2))
def test_the_lines_are_what_torch_keeps(drawn: tuple[str, nn.Module, torch.Tensor], group: int) -> None:
    text, layer, data = drawn
    calls = calls_of(LOOP.format(layer=text), data=data.numpy())
    channel = group % data.shape[2] if text.startswith("Instance") else min(group, data.shape[2] - 1)
    means, variances = (lines(chart) for chart in history(calls, calls[0], group))
    for number, batch in enumerate([*data, data[0]], 1):
        if number > len(data):
            layer.eval()
        layer(batch)
        rows = (
            batch[:, channel].reshape(len(batch), -1)
            if text.startswith("Instance")
            else batch[:, channel].reshape(1, -1)
        )
        expected = {MEAN: rows.mean(), RUNNING_MEAN: layer.running_mean[channel]}  # type: ignore[index]
        for name, value in expected.items():
            torch.testing.assert_close(means[name][number].to(data.dtype), value)
        expected = {
            BIASED: rows.var(1, correction=0).mean(),
            UNBIASED: rows.var(1).mean(),
            RUNNING_VAR: layer.running_var[channel],  # type: ignore[index]
        }
        for name, value in expected.items():
            torch.testing.assert_close(variances[name][number].to(data.dtype), value)
    every = data[:, :, channel]
    torch.testing.assert_close(means[ALL][0].to(data.dtype), every.mean())
    torch.testing.assert_close(variances[ALL][0].to(data.dtype), every.var())
    assert (means[RUNNING_MEAN][0].item(), variances[RUNNING_VAR][0].item()) == (0, 1)


@settings(max_examples=20)
@given(loops(), st.integers(0, 2))
def test_momentum_in_numbers_gives_what_the_module_kept(drawn: tuple[str, nn.Module, torch.Tensor], group: int) -> None:
    text, _, data = drawn
    calls = calls_of(LOOP.format(layer=text), data=data.numpy())
    for call in calls[:-1]:
        table = momentum_table(call, group)
        if text.startswith("Instance") and "None" in text:
            assert table is None  # torch takes the momentum of instance norm as 0 then: it writes what was there
            continue
        assert table is not None
        for ours, textbook, result, kept in list(zip(*table.rows, strict=True))[1:]:
            assert plain(result) == pytest.approx(plain(kept), rel=1e-3, abs=1e-6)
            for written in (ours, textbook):
                assert plain(written) == pytest.approx(plain(kept), rel=5e-3, abs=5e-3)
    assert momentum_table(calls[-1], group) is None


def test_what_is_called_once_or_keeps_nothing_has_no_history() -> None:
    once = calls_of("import torch\ny = torch.nn.BatchNorm1d(2)(torch.randn(4, 2))")
    assert history(once, once[0], 0) == ()
    loop = "import torch\nnorm = torch.nn.{}\nfor _ in range(3):\n    norm(torch.randn(4, 2))"
    layered = calls_of(loop.format("LayerNorm(2)"))
    assert len(layered) == 3
    assert history(layered, layered[0], 0) == ()
    assert momentum_table(layered[0], 0) is None
    without = calls_of(loop.format("BatchNorm1d(2, track_running_stats=False)"))
    means, variances = history(without, without[0], 0)
    assert set(lines(means)) == {MEAN, ALL}
    assert set(lines(variances)) == {BIASED, UNBIASED, ALL}
    assert momentum_table(without[0], 0) is None


def test_a_plain_average_is_said_as_one() -> None:
    source = (
        "import torch\nnorm = torch.nn.BatchNorm1d(1, momentum=None)\nfor _ in range(3):\n    norm(torch.randn(4, 1))"
    )
    table = momentum_table(calls_of(source)[2], 0)
    assert table is not None
    assert table.title == "Momentum of norm in the numbers of channel 0"
    assert [row[0] for row in table.rows[:2]] == ["torch, m = 0.3333", "textbook, β = 0.6667"]
    assert "m = 1 / 3 in this call" in table.note
    assert "(÷ 3)" in table.note
    assert "(÷ 4)" in table.note


def test_of_batches_that_were_not_kept_it_is_said() -> None:
    source = (
        "import torch\nnorm = torch.nn.BatchNorm1d(2)\nx = torch.randn(20_000, 2)\n"
        "for _ in range(3):\n    norm(x)\n    x.mul_(2)"
    )
    calls = calls_of(source)
    means, _ = history(calls, calls[0], 0)
    assert "3 of 3 batches were too large" in means.note
    assert set(lines(means)) == {RUNNING_MEAN}
    assert momentum_table(calls[0], 0) is None


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 3), st.integers(0, 1))
def test_batches_of_other_sizes(samples: int, cells: int, channel: int) -> None:
    data = torch.randn(samples, 2, cells) if samples * cells > 1 else torch.randn(2, 2, cells)
    calls = calls_of("import torch\ny = torch.nn.BatchNorm1d(2)(torch.as_tensor(data))", data=data.numpy())
    charts = spread(calls, calls[0], channel)
    if len(data) < FEWEST_SAMPLES:
        assert charts == ()
        return
    own = data[:, channel]
    for chart, statistic in zip(charts, (torch.mean, lambda one: one.var(correction=0)), strict=True):
        assert int(chart.labels[-1]) == len(data)
        for place, size in enumerate(map(int, chart.labels)):
            values = torch.stack([statistic(own[at : at + size]) for at in range(0, len(own) - size + 1, size)])  # type: ignore[operator]
            for series, chance in zip(chart.series, (0.05, 0.25, 0.5, 0.75, 0.95), strict=True):
                expected = torch.quantile(values.double(), chance).item()
                assert series.values[place] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_batches_of_a_loop_are_dealt_together() -> None:
    source = "import torch\nnorm = torch.nn.BatchNorm1d(2)\nfor _ in range(4):\n    norm(torch.randn(4, 2))"
    calls = calls_of(source)
    assert [chart.labels for chart in spread(calls, calls[0], 0)] == [("1", "2", "4", "8", "16")] * 2
    same = calls_of(
        "import torch\nnorm = torch.nn.BatchNorm1d(2)\nx = torch.randn(8, 2)\nfor _ in range(4):\n    norm(x)"
    )
    assert [chart.labels for chart in spread(same, same[0], 0)] == [("1", "2", "4", "8")] * 2
    trained = calls_of(source.replace("torch.randn(4, 2)", "torch.randn(8, 2).requires_grad_()"))
    assert [chart.labels for chart in spread(trained, trained[0], 0)] == [("1", "2", "4", "8")] * 2
    layered = calls_of(source.replace("BatchNorm1d", "LayerNorm"))
    assert spread(layered, layered[0], 0) == ()


NETWORK = """\
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, {width}), nn.BatchNorm1d({width}), nn.ReLU(), nn.Linear({width}, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn({samples}, 3)
for _ in range(4):
    optimizer.zero_grad()
    net(x).square().mean().backward()
    optimizer.step()
"""


@pytest.mark.parametrize(("samples", "width"), [(8, 5), (300, 7)])
def test_what_layers_are_given_step_by_step(samples: int, width: int) -> None:
    source = NETWORK.format(samples=samples, width=width)
    given: dict[str, list[torch.Tensor]] = {"3": []}
    names: dict[str, Any] = {}
    hooked = source.replace("optimizer =", "watch(net)\noptimizer =")

    def watch(net: nn.Module) -> None:
        for path, inputs in given.items():
            net.get_submodule(path).register_forward_pre_hook(
                lambda _, x, kept=inputs: kept.append(x[0].detach().clone())
            )

    exec(hooked, names | {"watch": watch})  # noqa: S102 - the test's own text
    [chart] = layer_inputs(explorer.run(source))
    assert chart.rows == ("input of 3, Linear",)
    assert "net" in chart.title
    assert chart.labels == ("1", "2", "3", "4")
    large = samples * width > MOST_CELLS
    assert ("evenly spaced" in chart.note) == large
    chances = torch.tensor([0.05, 0.25, 0.5, 0.75, 0.95], dtype=torch.float64)
    for row, path in enumerate(given):
        for call, x in enumerate(given[path]):
            flat = x.reshape(-1).double()
            kept = flat[:: math.ceil(flat.numel() / MOST_CELLS)]
            found = [series.values[call] for series in chart.series[5 * row : 5 * row + 5]]
            np.testing.assert_allclose(found, torch.quantile(kept, chances).numpy(), rtol=1e-4, atol=1e-5)


def test_two_networks_of_one_name_are_told_apart() -> None:
    source = """\
import torch
from torch import nn

plain = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2))
normed = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2), nn.Linear(2, 2))
for net in (plain, normed):
    for _ in range(3):
        net(torch.randn(4, 2))
"""
    charts = layer_inputs(explorer.run(source))
    for chart in charts:
        widths = [f"{chart.series[k].values[-1]:.4g}".replace("-", "−") for k in (0, 4, -5, -1)]
        assert f"between {widths[0]} and {widths[1]} at" in chart.note
        assert f"between {widths[2]} and {widths[3]} at" in chart.note
    assert [len(chart.rows) for chart in charts] == [2, 2]
    assert [chart.title for chart in charts] == [
        "What the layers of net (without normalisation) are given, call by call",
        "What the layers of net (with BatchNorm1d) are given, call by call",
    ]


def test_layers_of_a_module_of_the_programs_own() -> None:
    source = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.last = nn.Linear(3, 1)

    def forward(self, x):
        return self.last(torch.relu(self.first(x)))

one, other = Net(), Net()
for _ in range(3):
    one(torch.randn(4, 2)) + other(torch.randn(4, 2))
"""
    # what the first one is given is data, which no training changes
    assert [chart.rows for chart in layer_inputs(explorer.run(source))] == [("input of last, Linear",)] * 2
    frozen = source.replace("one, other", "torch.set_grad_enabled(False)\none, other")
    assert [chart.rows for chart in layer_inputs(explorer.run(frozen))] == [
        ("input of first, Linear", "input of last, Linear")
    ] * 2


def test_what_is_called_twice_is_no_training() -> None:
    source = "import torch\nnet = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))\n"
    assert layer_inputs(explorer.run(source + "net(net(torch.ones(1, 2)))")) == ()
    trace = explorer.run(source + "for _ in range(3):\n    net(torch.ones(1, 2))")
    assert len(layer_inputs(trace)) == 1
    assert layer_inputs(trace.without_live_tensors()) == ()
