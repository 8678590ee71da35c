"""Sizes and windows of one dimension against torch, for thousands of parameters; hovering against `contributors`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

import explorer
from explorer.lenses import convolution
from explorer.lenses.convolution.reach import adaptive, forward, transposed
from explorer.lenses.convolution.settings import Settings
from explorer.lenses.convolution.sizes import size_after, solutions, transposed_size
from explorer.scene.windows import COPY, EXTRA, INPUT, INSERTED, OUTSIDE, ZERO, Reach
from tests.lenses.convolution_cases import HEAD, MODES, opened, scene_of, taps

SMALL = range(1, 5)
PADDINGS = ((0, 0), (1, 1), (2, 2), (3, 3), (1, 2), (0, 3))


def settings_for(
    k: int, s: int, d: int, padding: tuple[int, int], mode: str = "zeros", *, ceil: bool = False
) -> Settings:
    return Settings((k,), (s,), (padding,), (d,), ceil_mode=ceil, padding_mode=mode)


def sources(reach: Reach) -> list[list[tuple[int, int]]]:
    """Return for each window (kernel index, index of the input or -1) of its taps."""
    return [
        [
            (int(reach.kernel_index[tap]), int(reach.source[reach.positions[tap]]))
            for tap in range(reach.starts[place], reach.starts[place + 1])
        ]
        for place in range(reach.output)
    ]


def chosen(*ranges: Iterable[Any], most: int) -> list[tuple[Any, ...]]:
    """Return all combinations, or so many of them, the same ones each time."""
    every = list(product(*ranges))
    # a stride that shares no factor with the ranges takes from all of them
    step = max(len(every) // most, 1) | 1
    return every[::step]


def test_windows_read_what_torch_pads_and_slides_over() -> None:
    counted = 0
    for n, k, s, d, padding, mode in chosen(range(1, 11), SMALL, SMALL, SMALL, PADDINGS, MODES, most=4000):
        largest = {"zeros": 99, "replicate": 99, "reflect": n - 1, "circular": n}[mode]
        if max(padding) <= largest and n + sum(padding) > d * (k - 1):
            assert_reads_what_is_padded(n, k, s, d, padding, mode)
            counted += 1
    assert counted > 2000


def assert_reads_what_is_padded(n: int, k: int, s: int, d: int, padding: tuple[int, int], mode: str) -> None:
    given = torch.arange(1.0, n + 1)[None, None]
    padded = F.pad(given, padding, mode="constant" if mode == "zeros" else mode)
    wanted = padded.unfold(-1, d * (k - 1) + 1, s)[..., ::d][0, 0]
    reach = forward("L", n, settings_for(k, s, d, padding, mode), 0)
    found = [[0 if source < 0 else source + 1 for _, source in window] for window in sources(reach)]
    assert reach.output == len(wanted)
    assert found == wanted.int().tolist()
    copies = ZERO if mode == "zeros" else COPY
    assert reach.kinds.tolist() == [copies] * padding[0] + [INPUT] * n + [copies] * padding[1]
    assert reach.reads.tolist() == [int((reach.positions == place).sum()) for place in range(len(reach.kinds))]
    assert reach.formula.endswith(f"= {len(wanted)}")


def test_windows_of_a_transposed_convolution_go_over_the_stretched_input() -> None:
    counted = 0
    for n, k, s, d, p, extra in chosen(range(1, 8), SMALL, SMALL, SMALL, range(6), range(4), most=3000):
        if extra < max(s, d) and transposed_size(n, k, s, p, d, extra) > 0:
            assert_goes_over_the_stretched_input(n, k, s, d, p, extra)
            counted += 1
    assert counted > 1000


def assert_goes_over_the_stretched_input(n: int, k: int, s: int, d: int, p: int, extra: int) -> None:
    size = transposed_size(n, k, s, p, d, extra)
    given = torch.arange(1.0, n + 1)[None, None]
    reach = transposed("L", n, (k, s, d), p, extra)
    each = F.conv_transpose1d(given, torch.eye(k)[None], None, s, p, extra, 1, d)[0]
    assert reach.output == size == each.shape[1]
    found = torch.zeros(k, size)
    for place, window in enumerate(sources(reach)):
        assert sorted(kernel for kernel, _ in window) == list(range(k))
        for kernel, source in window:
            found[kernel, place] = 0 if source < 0 else source + 1
    assert torch.equal(found, each)
    assert len(reach.kinds) == size + d * (k - 1)
    around = d * (k - 1) - p
    if around >= 0:
        assert reach.kinds.tolist() == [
            *[ZERO] * around,
            *[INPUT if place % s == 0 else INSERTED for place in range((n - 1) * s + 1)],
            *[ZERO] * around,
            *[EXTRA] * extra,
        ]


def test_rounding_up_reaches_beyond_the_padding() -> None:
    for n, k, s, p, d, include in chosen(range(1, 11), SMALL, SMALL, range(3), SMALL, (False, True), most=3000):
        if p <= k // 2 and n + 2 * p > d * (k - 1):
            assert_reaches_beyond(n, k, s, p, d, include)


def assert_reaches_beyond(n: int, k: int, s: int, p: int, d: int, include: bool) -> None:
    reach = forward("L", n, settings_for(k, s, d, (p, p), ceil=True), 0)
    given = torch.arange(1.0, n + 1)[None, None]
    assert reach.output == F.max_pool1d(given, k, s, p, d, ceil_mode=True).shape[-1]
    assert reach.kinds.tolist()[: 2 * p + n] == [ZERO] * p + [INPUT] * n + [ZERO] * p
    assert set(reach.kinds.tolist()[2 * p + n :]) <= {OUTSIDE}
    if d == 1:
        wanted = F.avg_pool1d(given, k, s, p, ceil_mode=True, count_include_pad=include)[0, 0]
        for place, mean in enumerate(wanted.tolist()):
            positions = reach.positions[reach.starts[place] : reach.starts[place + 1]]
            counted = reach.kinds[positions] != OUTSIDE if include else reach.source[positions] >= 0
            read = [source + 1 for source in reach.source[positions] if source >= 0]
            assert sum(read) / counted.sum() == pytest.approx(mean)


@pytest.mark.parametrize("n", range(1, 16))
def test_adaptive_windows(n: int) -> None:
    for size in range(1, 16):
        assert_means_are_those_of_torch(n, size)


def assert_means_are_those_of_torch(n: int, size: int) -> None:
    reach = adaptive("L", n, size)
    means = [np.mean([source for _, source in window]) for window in sources(reach)]
    wanted = F.adaptive_avg_pool1d(torch.arange(float(n), dtype=torch.float64)[None, None], size)[0, 0]
    np.testing.assert_allclose(means, wanted.numpy())
    assert reach.kernel == max(len(window) for window in sources(reach))


def test_sizes_are_those_of_torch() -> None:
    for n, k, s, p, d in chosen(range(1, 20), SMALL, SMALL, range(5), SMALL, most=2000):
        assert_size_is_that_of_torch(n, k, s, p, d)


def assert_size_is_that_of_torch(n: int, k: int, s: int, p: int, d: int) -> None:
    given, weight = torch.empty(1, 1, n, device="meta"), torch.empty(1, 1, k, device="meta")
    if n + 2 * p > d * (k - 1):
        assert size_after(n, k, s, p, d) == F.conv1d(given, weight, None, s, p, d).shape[-1]
    if transposed_size(n, k, s, p, d) > 0:
        assert transposed_size(n, k, s, p, d) == F.conv_transpose1d(given, weight, None, s, p, 0, 1, d).shape[-1]


@pytest.mark.parametrize(("n", "wanted"), [(1, 1), (5, 3), (7, 7), (12, 5), (4, 9), (9, 20)])
@pytest.mark.parametrize("is_transposed", [False, True])
def test_solutions_are_all_that_torch_agrees_with(n: int, wanted: int, is_transposed: bool) -> None:
    ranges = (range(1, 5), range(1, 4), range(3), range(1, 4))
    found = solutions(n, wanted, *ranges, transposed=is_transposed)
    given = torch.empty(1, 1, n, device="meta")
    expected = []
    for k, s, p, d in product(*ranges):
        weight = torch.empty(1, 1, k, device="meta")
        try:
            made = (
                F.conv_transpose1d(given, weight, None, s, p, 0, 1, d)
                if is_transposed
                else F.conv1d(given, weight, None, s, p, d)
            )
        except RuntimeError:
            continue
        if made.shape[-1] == wanted and (k > 1 or d == 1):
            expected.append((k, s, p, d))
    assert list(found) == expected


LAYERS = (
    "nn.Conv2d(2, 2, (2, 3), stride=(2, 1), padding=1, dilation=(1, 2), groups={groups})",
    "nn.Conv2d(2, 4, 2, padding=2, padding_mode='reflect', groups={groups})",
    "nn.Conv2d(2, 2, 3, padding=1, padding_mode='circular', groups={groups})",
    "nn.Conv2d(2, 2, 3, padding=2, padding_mode='replicate', groups={groups})",
    "nn.ConvTranspose2d(2, 2, 2, stride=2, padding=1, output_padding=1, groups={groups})",
    "nn.AvgPool2d(2, 2, ceil_mode=True)",
    "nn.MaxPool2d(3, 2, 1)",
    "nn.AdaptiveAvgPool2d((2, 3))",
    "nn.LPPool2d(2, 2)",
)


@pytest.mark.parametrize(("layer", "groups"), [(layer, 1 + number % 2) for number, layer in enumerate(LAYERS)])
def test_windows_hold_what_contributes(layer: str, groups: int) -> None:
    program = f"{HEAD}x = torch.rand(1, 2, 4, 5) + 1\nlayer = {layer.format(groups=groups)}\ny = layer(x)"
    trace = explorer.run(program)
    assert trace.error is None
    step = trace.steps[-1].index
    scene = convolution(trace, channel=1)
    windows = opened(scene)
    each = windows.channels[0] // windows.groups
    first = windows.channel // (windows.channels[1] // windows.groups) * each
    shape = scene.grids[windows.output].shape
    for position in {(0, 0), (shape[2] // 2, shape[3] // 2), (shape[2] - 1, shape[3] - 1)}:
        wanted = np.zeros((1, 2, 4, 5), dtype=bool)
        for _, cell, _ in taps(windows, position):
            if cell is not None:
                wanted[0, first : first + each, cell[0], cell[1]] = True
        found = explorer.contributors(trace, step, (0, 1, *position))[0].mask
        np.testing.assert_array_equal(found, wanted)


ONE, TWO = "x = torch.ones(1, 1, 5)\n", "x = torch.ones(1, 1, 5, 5)\n"


@pytest.mark.parametrize(
    ("program", "label", "operation"),
    [
        (f"{ONE}net = nn.Sequential(nn.ReLU(), nn.Conv1d(1, 1, 2))\ny = net(x)", "net.1", "convolution"),
        (f"{ONE}y = F.max_pool1d(x, 2, return_indices=True)", "max_pool1d", "max"),
        (f"{TWO}y = F.conv2d(input=x, stride=2, weight=torch.ones(1, 1, 2, 2))", "y", "convolution"),
        (f"{ONE}conv = nn.Conv1d(1, 2, 2, device='meta')\ny = conv(x.to('meta'))", "conv", "convolution"),
    ],
)
def test_layers_are_found_wherever_they_are_called(program: str, label: str, operation: str) -> None:
    scene = scene_of(program)
    windows = opened(scene)
    assert windows.operation == operation
    assert scene.layers is not None
    assert label in (scene.layers.stops[scene.layers.opened].label, scene.grids[windows.output].label)


def test_numbers_out_of_range_are_brought_inside() -> None:
    program = "x = torch.rand(2, 3, 40, 600)\nconv = nn.Conv2d(3, 4, 5)\ny = conv(x)"
    windows = opened(scene_of(program, channel=99, item=99, row=10**6, column=-5))
    assert (windows.channel, windows.item) == (3, 1)
    (row, column), (rows, columns) = windows.products.first, windows.products.count
    assert (row + rows, column) == (36, 0)
    assert rows * columns * 75 <= 200_000
    assert windows.checks[0].difference < 1e-4
    assert "whose windows are kept" in windows.checks[0].note


def test_on_meta_there_are_sizes_and_costs() -> None:
    program = (
        "x = torch.empty(1, 3, 224, 224, device='meta')\nconv = nn.Conv2d(3, 64, 7, 2, 3, device='meta')\ny = conv(x)"
    )
    scene = scene_of(program)
    windows = opened(scene)
    assert [reach.output for reach in windows.dims] == [112, 112]
    assert windows.products.terms is None
    cost = {row[0]: row[2] for row in scene.tables[windows.tables[0]].rows}
    assert cost["parameters"] == f"{64 * 3 * 49 + 64:,}"
    assert cost["multiply-adds"] == f"{112 * 112 * 64 * 3 * 49:,}"


def test_windows_beyond_counting_are_not_listed() -> None:
    scene = scene_of("x = torch.rand(1, 1, 4)\nconv = nn.Conv1d(1, 1, 3, padding=1_000_000)\ny = conv(x)")
    assert scene.layers is not None
    assert scene.layers.windows is None
    assert any("too many positions" in note for note in scene.notes)
