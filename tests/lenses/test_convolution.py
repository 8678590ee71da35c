"""Windows, products and checks of generated layers, put together again from the scene by plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.scene import Scene
from explorer.scene.decoding import decode
from explorer.scene.windows import Windows
from tests.lenses.convolution_cases import (
    assert_close,
    convolutions,
    gradient_line,
    kept,
    numbers,
    of_item,
    opened,
    pools,
    scene_of,
    taps,
    transposed,
    values,
)


def kernels(scene: Scene, windows: Windows) -> np.ndarray:
    """Return the weights of the channel in focus, C × K."""
    weight = values(scene, windows.weight)
    if windows.operation == "convolution":
        return np.asarray(weight[windows.channel].reshape(weight.shape[1], -1))
    start, end = group(windows)
    return np.asarray(weight[start:end, windows.channel % weight.shape[1]].reshape(end - start, -1))


def group(windows: Windows) -> tuple[int, int]:
    each = windows.channels[0] // windows.groups
    number = windows.channel // (windows.channels[1] // windows.groups)
    return number * each, (number + 1) * each


def assert_is_sum_of_products(scene: Scene) -> None:
    """Every kept output cell is the sum of the cells that its taps read times the weights, plus the bias."""
    windows = opened(scene)
    products = windows.products
    given, made = of_item(scene, windows.input), of_item(scene, windows.output)
    weight, (start, end) = kernels(scene, windows), group(windows)
    terms = numbers(products.terms).reshape(-1, end - start, weight.shape[1])
    for number, position in enumerate(kept(windows)):
        for channel in range(start, end):
            found = np.zeros(weight.shape[1])
            for kernel, cell, _ in taps(windows, position):
                found[kernel] = 0 if cell is None else given[(channel, *cell)] * weight[channel - start, kernel]
            assert_close(terms[number, channel - start], found)
    partial, total = numbers(products.partial).reshape(len(terms), end - start), numbers(products.total)
    assert_close(terms.sum(2), partial)
    assert_close(partial.sum(1), total)
    bias = values(scene, windows.bias)[windows.channel] if windows.bias >= 0 else 0
    shown = [made[(windows.channel, *position)] for position in kept(windows)]
    assert_close(total + bias, shown)


def assert_checks_are_small(windows: Windows) -> None:
    for check in windows.checks:
        assert check.difference <= 1e-4 * max(check.largest, 1), check


def assert_gradients_add_up(scene: Scene) -> None:
    """What the windows send to input and weight in the shown channel and item, beside torch's gradients."""
    windows = opened(scene)
    products = windows.products
    arrived = of_item(scene, windows.output_gradient)[windows.channel]
    cells = of_item(scene, windows.input)
    weight, (start, end) = kernels(scene, windows), group(windows)
    to_input = numbers(products.to_input).reshape(-1, end - start, weight.shape[1])
    to_weight = numbers(products.to_weight).reshape(to_input.shape)
    for number, position in enumerate(kept(windows)):
        assert_close(to_input[number], arrived[position] * weight)
        for kernel, cell, _ in taps(windows, position):
            read = [0 if cell is None else cells[(channel, *cell)] for channel in range(start, end)]
            assert_close(to_weight[number, :, kernel], arrived[position] * np.array(read))


@settings(max_examples=80)
@given(program=convolutions() | transposed(), channel=st.integers(0, 5), item=st.integers(0, 2), flip=st.booleans())
def test_convolutions_are_sums_of_products(program: str, channel: int, item: int, flip: bool) -> None:
    scene = scene_of(program, channel=channel, item=item, flip=flip)
    windows = opened(scene)
    assert windows.channel == min(channel, windows.channels[1] - 1)
    assert_is_sum_of_products(scene)
    assert_checks_are_small(windows)
    assert {"output"} <= {check.what for check in windows.checks}
    for reach, size in zip(windows.dims, scene.grids[windows.output].shape[-len(windows.dims) :], strict=True):
        assert reach.output == size
        assert reach.formula.endswith(f"= {size}")
        assert (np.bincount(reach.positions, minlength=len(reach.reads)) == reach.reads).all()
    assert decode(scene.encode()).layers is not None


@settings(max_examples=60)
@given(program=convolutions() | transposed(), channel=st.integers(0, 5))
def test_gradients_of_convolutions_are_sums_of_what_windows_send(program: str, channel: int) -> None:
    scene = scene_of(program + gradient_line("y"), channel=channel)
    windows = opened(scene)
    assert_gradients_add_up(scene)
    assert_checks_are_small(windows)
    whats = {check.what for check in windows.checks}
    assert {"input gradient", "weight gradient"} <= whats
    assert (windows.bias >= 0) == ("bias gradient" in whats)


@settings(max_examples=40)
@given(program=convolutions() | transposed(), seed=st.integers(0, 9))
def test_the_flipped_result_is_that_of_the_flipped_kernel(program: str, seed: int) -> None:
    program = f"torch.manual_seed({seed})\n{program}"
    scene = scene_of(program, flip=True)
    flip = "conv.weight.data = conv.weight.data.flip(tuple(range(2, conv.weight.dim())))\ny = conv(x)"
    other = scene_of(program.replace("y = conv(x)", flip))
    wanted = of_item(other, opened(other).output)
    assert_close(of_item(scene, opened(scene).flipped), wanted)


@settings(max_examples=80)
@given(program=pools(), channel=st.integers(0, 2), item=st.integers(0, 2), backward=st.booleans())
def test_pools_take_what_their_windows_hold(program: str, channel: int, item: int, backward: bool) -> None:
    assume("requires_grad=True" in program or not backward)
    scene = scene_of(program + (gradient_line("y") if backward else ""), channel=channel, item=item)
    windows = opened(scene)
    products = windows.products
    given = of_item(scene, windows.input)[windows.channel]
    made = of_item(scene, windows.output)[windows.channel]
    terms = numbers(products.terms).reshape(len(kept(windows)), math.prod(reach.kernel for reach in windows.dims))
    for number, position in enumerate(kept(windows)):
        found = {kernel: (cell, counted) for kernel, cell, counted in taps(windows, position)}
        cells = [given[cell] for cell, _ in found.values() if cell is not None]
        if windows.operation == "max":
            assert made[position] == max(cells, default=-np.inf)
            if not cells:
                continue
            cell, _ = found[int(numbers(products.chosen)[number])]
            assert cell is not None
            assert given[cell] == made[position]
        elif windows.operation == "mean":
            assert_close(sum(cells) / numbers(products.divisors)[number], made[position])
        else:
            counted, norm = sum(inside for _, inside in found.values()), float(windows.norm)
            powers = sum(cell**norm for cell in cells) / counted * terms.shape[1]
            extreme = max(cells) if norm > 0 else min(cells)
            assert_close(extreme if np.isinf(norm) else powers ** (1 / norm), made[position])
        missing = [kernel for kernel in range(terms.shape[1]) if not found.get(kernel, (None, False))[1]]
        assert np.flatnonzero(np.isnan(terms[number])).tolist() == missing
    assert_checks_are_small(windows)
    assert not backward or {"output", "input gradient"} <= {check.what for check in windows.checks}


@settings(max_examples=40)
@given(program=pools().filter(lambda text: "MaxPool" in text))
def test_a_maximum_sends_its_gradient_to_the_chosen_cell_alone(program: str) -> None:
    program = program.replace("torch.randn(", "torch.ones(").replace("requires_grad=False", "requires_grad=True")
    scene = scene_of(program + gradient_line("y"))
    windows = opened(scene)
    arrived = of_item(scene, windows.output_gradient)[0]
    sent = numbers(windows.products.to_input).reshape(len(kept(windows)), -1)
    for number, position in enumerate(kept(windows)):
        chosen = int(numbers(windows.products.chosen)[number])
        row = np.nan_to_num(sent[number])
        assert row[chosen] == arrived[position]
        assert np.count_nonzero(np.delete(row, chosen)) == 0
    assert_checks_are_small(windows)


@pytest.mark.parametrize("kernel", [1, 2, (3, 2)])
@pytest.mark.parametrize("rest", ["", ", stride=2", ", padding=1", ", dilation=2"])
def test_unfold_and_fold(kernel: object, rest: str) -> None:
    program = f"x = torch.randn(2, 3, 7, 6)\nc = F.unfold(x, {kernel}{rest})\ny = F.fold(c, (7, 6), {kernel}{rest})\n"
    scene = scene_of(program, channel=1, item=1)
    windows, cells = opened(scene), kept(opened(scene))
    given, made = of_item(scene, windows.input), of_item(scene, windows.output)
    terms = numbers(windows.products.terms).reshape(len(cells), -1)
    np.testing.assert_array_equal(terms.T, made[terms.shape[1] : 2 * terms.shape[1]])
    for number, position in enumerate(cells):
        for kernel_index, cell, _ in taps(windows, position):
            assert terms[number, kernel_index] == (0 if cell is None else given[(1, *cell)])
    folded = scene_of(program, channel=1, item=1, layer=1)
    assert opened(folded).operation == "fold"
    assert_checks_are_small(opened(folded))
    columns, picture = of_item(folded, opened(folded).input), of_item(folded, opened(folded).output)[1]
    size, places = terms.shape[1], [reach.size for reach in opened(folded).dims]
    for position in kept(opened(folded)):
        found = taps(opened(folded), position)
        read = [columns[size + k, np.ravel_multi_index(cell, places)] for k, cell, _ in found if cell is not None]
        assert_close(sum(read), picture[position])


def test_columns_are_those_of_unfold() -> None:
    scene = scene_of("x = torch.randn(2, 3, 6, 5)\nconv = nn.Conv2d(3, 4, 3, stride=2, padding=1)\ny = conv(x)\n")
    windows = opened(scene)
    shown = scene.grids[windows.columns]
    given = torch.from_numpy(of_item(scene, windows.input).copy())[None]
    wanted = torch.nn.functional.unfold(given, 3, padding=1, stride=2)
    assert shown.shape == (2, *wanted.shape[1:])
    np.testing.assert_array_equal(of_item(scene, windows.columns), wanted[0].numpy())
    assert "as one matmul" in {check.what for check in windows.checks}


def test_groups_are_matmuls_of_their_own() -> None:
    windows = opened(scene_of("x = torch.randn(2, 4, 6, 5)\nconv = nn.Conv2d(4, 6, 3, groups=2)\ny = conv(x)\n"))
    [check] = [check for check in windows.checks if "matmul" in check.what]
    assert check.what == "as 2 matmuls, one a group of channels"
    assert check.difference <= 1e-5
    assert check.largest > 0.1


def test_a_gradient_too_large_to_be_kept_is_said() -> None:
    program = "x = torch.rand(1, 1, 131, 130)\nconv = nn.Conv2d(1, 1, 3)\ny = conv(x)\ny.sum().backward()\n"
    windows = opened(scene_of(program))
    assert windows.output_gradient == windows.input_gradient == -1
    assert any("16,512 elements" in note for note in windows.notes)


def test_values_are_those_of_the_call() -> None:
    program = "x = torch.randn(1, 1, 5, 5)\nconv = nn.Conv2d(1, 1, 3)\ny = conv(x)\nconv.weight.data[:] = 9\nx.zero_()"
    scene = scene_of(program)
    assert_is_sum_of_products(scene)
    assert values(scene, opened(scene).weight).max() < 1


@pytest.mark.parametrize(
    "layer", ["nn.Conv2d(2, 4, 3)", "nn.ConvTranspose2d(2, 4, 3)", "nn.MaxPool2d(2)", "nn.Unfold(2)"]
)
def test_an_empty_batch_has_windows_and_no_values(layer: str) -> None:
    scene = scene_of(f"x = torch.ones(0, 2, 5, 5)\nlayer = {layer}\ny = layer(x)", flip=True)
    windows = opened(scene)
    assert scene.grids[windows.input].window == (0, 2, 5, 5)
    assert windows.products.terms is None
    assert all(check.difference == 0 for check in windows.checks)


def test_the_largest_layer_of_a_picture_keeps_a_part_of_its_windows() -> None:
    program = "x = torch.rand(1, 3, 300, 300)\nconv = nn.Conv2d(3, 2, 5)\ny = conv(x)"
    scene = scene_of(program, row=200, column=100, channel=1)
    windows = opened(scene)
    first, count = windows.products.first, windows.products.count
    assert first == (200, 100)
    shown = scene.grids[windows.output]
    start = shown.first or (0, 0, 0, 0)
    made = values(scene, windows.output)[0, 1 - start[1]]
    part = made[first[0] - start[2] :, first[1] - start[3] :][: count[0], : count[1]]
    total = numbers(windows.products.total).reshape(count)
    assert_close(total + values(scene, windows.bias)[1], part)
