"""The network around a layer, beside plain torch: which cells see which input, what layers cost, what came out."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import avg_pool2d
from torch.utils.flop_counter import FlopCounterMode

import explorer
from explorer.scene.windows import Layer, Layers

INCEPTION = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 4, 1)
        self.three = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 5, 3, padding=1))
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x):
        return torch.cat([self.one(x), self.three(x), F.relu(self.pool(x))], 1)

x = torch.randn(2, 3, 9, 9)
y = Block()(x)
"""


def layers_of(program: str, device: str = "cpu") -> Layers:
    scene = explorer.scene(explorer.run(program, device=device), lens="convolution")
    assert scene.error is None
    assert scene.layers is not None
    return scene.layers


@st.composite
def sequences(draw: st.DrawFn) -> tuple[str, int]:
    """A few layers whose weights and results are positive, as text, and the size of what they take."""
    channels, text = 1, []
    for _ in range(draw(st.integers(1, 4))):
        kernel, stride = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        padding = draw(st.integers(0, kernel // 2))
        kind = draw(st.sampled_from(["conv", "pool", "transposed", "relu", "adaptive"]))
        wide = draw(st.integers(1, 2))
        if kind == "conv":
            dilation = draw(st.integers(1, 2))
            text.append(f"nn.Conv2d({channels}, {wide}, {kernel}, {stride}, {padding}, {dilation})")
            channels = wide
        elif kind == "transposed":
            text.append(f"nn.ConvTranspose2d({channels}, {wide}, {kernel}, {stride}, {min(padding, 1)})")
            channels = wide
        elif kind == "pool":
            text.append(f"nn.AvgPool2d({kernel}, {stride}, {padding})")
        elif kind == "adaptive":
            text.append(f"nn.AdaptiveAvgPool2d({draw(st.integers(1, 4))})")
        else:
            text.append("nn.ReLU()")
    return f"nn.Sequential(nn.Conv2d(1, 1, 1), {', '.join(text)})", draw(st.integers(7, 10))


@settings(max_examples=30)
@given(sequences())
def test_the_receptive_field_is_where_gradients_are_not_zero(case: tuple[str, int]) -> None:
    text, size = case
    ones = "for p in net.parameters():\n    p.data[:] = 1.0"
    program = f"net = {text}\n{ones}\nx = torch.ones(1, 1, {size}, {size})\ny = net(x)"
    net = eval(text, {"nn": nn})  # noqa: S307 - the text above
    for parameter in net.parameters():
        parameter.data[:] = 1.0
    x = torch.ones(1, 1, size, size, requires_grad=True)
    try:
        y = net(x)
    except RuntimeError:
        assert explorer.scene(explorer.run(program), lens="convolution").error is not None
        return
    field = layers_of(program).stops[-1].fields[0]
    assert len(field.first) == y.shape[2]
    for index in range(y.shape[2]):
        (gradient,) = torch.autograd.grad(y[0, :, index].sum(), x, retain_graph=True)
        rows = gradient[0, 0].sum(1).nonzero().flatten().tolist()
        first, last = int(field.first[index]), int(field.last[index])
        seen = [row for row in range(first, last + 1) if 0 <= row < size]
        assert (seen[:1], seen[-1:]) == (rows[:1], rows[-1:])
        assert last - first + 1 <= field.size


def test_sizes_and_jumps_are_those_of_the_recurrence() -> None:
    """The size grows by (k − 1) · j and j by the stride: the numbers of VGG's first layers."""
    program = (
        "net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1), nn.MaxPool2d(2), "
        "nn.Conv2d(4, 4, 3, padding=1), nn.MaxPool2d(2))\ny = net(torch.randn(1, 3, 32, 32))"
    )
    fields = [stop.fields[0] for stop in layers_of(program).stops]
    assert [field.size for field in fields] == [3, 5, 6, 10, 12]
    assert [field.jump for field in fields] == [1, 1, 2, 2, 4]


@pytest.mark.parametrize(
    "layer",
    [
        "nn.Conv2d(4, 6, 3, stride=2, padding=1)",
        "nn.Conv2d(4, 8, (3, 2), groups=4, bias=False)",
        "nn.ConvTranspose2d(4, 2, 3, stride=2, output_padding=1)",
        "nn.Sequential(nn.Conv2d(4, 2, 3), nn.Flatten(), nn.Linear(72, 5))",
    ],
)
def test_multiply_adds_and_parameters_are_those_that_torch_counts(layer: str) -> None:
    module = eval(layer, {"nn": nn})  # noqa: S307
    with FlopCounterMode(display=False) as counter:
        module(torch.randn(3, 4, 8, 8))
    stops = layers_of(f"layer = {layer}\npool = nn.MaxPool2d(1)\ny = layer(pool(torch.randn(3, 4, 8, 8)))").stops
    assert 2 * sum(max(stop.multiply_adds, 0) for stop in stops) == counter.get_total_flops()
    assert sum(stop.parameters for stop in stops) == sum(p.numel() for p in module.parameters())


def test_branches_meet_where_their_results_are_joined() -> None:
    stops = layers_of(INCEPTION).stops
    assert [stop.label for stop in stops] == ["one", "three.0", "three.1", "three.2", "pool", "relu", "cat"]
    assert [stop.kind for stop in stops] == ["window", "window", "other", "window", "window", "other", "join"]
    assert [stop.inputs for stop in stops] == [(), (), (1,), (2,), (), (4,), (0, 3, 5)]
    assert stops[-1].shape == (2, 12, 9, 9)
    assert stops[-1].field == "3 × 3"


def test_after_flatten_nothing_has_a_place() -> None:
    stops = layers_of(
        "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 4))\nnet(torch.randn(1, 1, 8, 8))"
    ).stops
    assert [stop.field for stop in stops] == ["3 × 3", "whole input", "whole input"]
    assert stops[-1].fields == ()


def test_feature_maps_are_torchs_own_and_large_ones_its_means() -> None:
    program = "torch.manual_seed(1)\nconv = nn.Conv2d(1, 2, 3, padding=1)\nx = torch.randn(2, 1, 100, 70)\ny = conv(x)"
    scene = explorer.scene(explorer.run(program), lens="convolution", item=1)
    stop = only_stop(scene.layers)
    torch.manual_seed(1)
    conv = nn.Conv2d(1, 2, 3, padding=1)
    y = conv(torch.randn(2, 1, 100, 70))[1]
    grid = scene.grids[stop.maps]
    assert stop.scale == (4, 3)
    expected = avg_pool2d(y.detach(), (4, 3), ceil_mode=True, count_include_pad=False)
    assert grid.shape == tuple(expected.shape)
    values = scene.buffers[grid.buffer].versions[0].values
    assert values is not None
    channels, height, width = grid.window
    assert values.tolist() == pytest.approx(expected[:channels, :height, :width].flatten().tolist())


def only_stop(layers: Layers | None) -> Layer:
    assert layers is not None
    (stop,) = layers.stops
    return stop


@pytest.mark.parametrize("rank", [1, 3])
def test_other_ranks_have_fields_too(rank: int) -> None:
    shape = ", ".join(["8"] * rank)
    program = f"conv = nn.Conv{rank}d(1, 2, 3, stride=2)\ny = conv(torch.randn(1, 1, {shape}))"
    assert layers_of(program).stops[0].field == " × ".join(["3"] * rank)


def test_on_meta_there_are_shapes_and_fields_but_no_maps() -> None:
    net = "net = nn.Sequential(nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2))"
    program = f"{net}\ny = net(torch.randn(1, 3, 224, 224))"
    stops = layers_of(program, device="meta").stops
    assert [stop.shape for stop in stops] == [(1, 64, 55, 55), (1, 64, 55, 55), (1, 64, 27, 27)]
    assert [stop.field for stop in stops] == ["11 × 11", "11 × 11", "19 × 19"]
    assert {stop.maps for stop in stops} == {-1}


def test_only_layers_and_what_joins_them_are_stops() -> None:
    program = (
        "x = torch.randn(1, 1, 6, 6)\nx[0, 0, 1] = 3\nconv = nn.Conv2d(1, 2, 3)\nconv.weight.requires_grad_(False)\n"
        "y = conv(x)\nz = torch.einsum('nchw->n', y)\nprint(y.abs().sum())"
    )
    assert [stop.label for stop in layers_of(program).stops] == ["conv"]


def test_what_stands_before_the_first_window_belongs_to_the_network() -> None:
    program = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.bn = nn.BatchNorm2d(2)
        self.conv = nn.Conv2d(2, 2, 3, padding=1)

    def forward(self, x):
        y = self.conv(F.relu(self.bn(x)))
        y += x
        return F.relu(y)

out = Block()(torch.randn(1, 2, 6, 6))
print(out.mean())
"""
    layers = layers_of(program)
    assert [stop.label for stop in layers.stops] == ["bn", "relu", "conv", "add", "relu"]
    assert [stop.inputs for stop in layers.stops] == [(), (0,), (1,), (2,), (3,)]
    assert layers.stops[3].kind == "join"
    assert layers.input_scale == (1, 1)


def test_a_layer_without_a_name_is_called_by_its_class() -> None:
    assert [stop.label for stop in layers_of("y = nn.Conv2d(1, 2, 3)(torch.randn(1, 1, 5, 5))").stops] == ["Conv2d"]


@pytest.mark.parametrize(
    "resize",
    [
        "nn.Upsample(scale_factor=2)",
        "nn.Upsample(scale_factor=1.5, mode='bilinear')",
        "nn.Upsample((9, 4), mode='bilinear', align_corners=True)",
        "nn.Upsample((9, 4), mode='nearest-exact')",
        "nn.Upsample(scale_factor=(2, 3), mode='bicubic')",
        "nn.UpsamplingBilinear2d(scale_factor=2)",
        "lambda x: F.interpolate(x, (5, 11), mode='area')",
        "lambda x: F.interpolate(x, scale_factor=0.5, recompute_scale_factor=True)",
    ],
)
def test_an_upsampling_reads_the_cells_whose_gradient_is_not_zero(resize: str) -> None:
    layers = layers_of(f"up = {resize}\nx = torch.randn(1, 1, 6, 7)\ny = up(nn.Conv2d(1, 1, 3, padding=1)(x))\n")
    names = {"nn": nn, "F": nn.functional}
    up = eval(resize, names)  # noqa: S307 - a text of this file
    x = torch.ones(1, 1, 6, 7, dtype=torch.float64, requires_grad=True)
    conv = nn.Conv2d(1, 1, 3, padding=1, dtype=torch.float64)
    nn.init.uniform_(conv.weight, 1, 2)
    y = up(conv(x))
    [stop] = [one for one in layers.stops if one.shape == tuple(y.shape) and one.kind == "other"]
    assert len(stop.fields) == 2
    for row in range(y.shape[2]):
        for column in range(y.shape[3]):
            (gradient,) = torch.autograd.grad(y[0, 0, row, column], x, retain_graph=True)
            for dimension, place in enumerate((row, column)):
                reached = gradient[0, 0].abs().sum(1 - dimension).nonzero().flatten()
                field = stop.fields[dimension]
                assert (field.first[place], field.last[place]) == (reached.min(), reached.max())
