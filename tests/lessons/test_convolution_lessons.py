"""Lessons on windows: what each example of the convolution page is there to show, by torch and by the lens."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.scene import Scene
from explorer.scene.windows import Layers, Windows
from explorer.ui.examples.convolution import CONVOLUTION_EXAMPLES
from tests.lessons.lesson import plainly, ran, stopped, trace_of, value


@cache
def scene_of(title: str, **options: int) -> Scene:
    return explorer.scene(trace_of(title), "convolution", **options)


def layers_of(title: str, **options: int) -> Layers:
    layers = scene_of(title, **options).layers
    assert layers is not None
    return layers


def windows_of(title: str, **options: int) -> Windows:
    windows = layers_of(title, **options).windows
    assert windows is not None
    return windows


def labelled(title: str, label: str) -> int:
    """Return the number of a layer by its label."""
    return next(number for number, stop in enumerate(layers_of(title).stops) if stop.label == label)


@pytest.mark.parametrize("title", [e.title for e in CONVOLUTION_EXAMPLES if not e.stops])
def test_what_the_picture_adds_up_is_what_torch_returned(title: str) -> None:
    for number, stop in enumerate(layers_of(title).stops[:6]):
        if stop.kind == "window":
            for check in windows_of(title, layer=number).checks:
                assert check.difference <= 1e-4 * max(1.0, check.largest), (stop.label, check)


def test_one_cell_is_sixteen() -> None:
    assert np.array(value(ran("One output cell: windows, kernels, a bias"), "y"))[0, 0].tolist() == [
        [-15, -4, 14], [-3, 4, 16], [-7, -1, 5],
    ]  # fmt: skip


def test_sobel_is_zero_away_from_upright_edges() -> None:
    edges = np.array(value(ran("Sobel: where a digit has upright edges"), "y"))[0, 0]
    assert np.abs(edges).max() == 3
    # the level stroke at the top is none
    assert (edges[:3, 3:5] == 0).all()


def test_zeros_darken_the_frame_and_reflect_does_not() -> None:
    trace = ran("Padding: reflect shows no dark frame")
    zeros, reflect = np.array(value(trace, "a"))[0, 0], np.array(value(trace, "b"))[0, 0]
    assert zeros[0, 0] == pytest.approx(4 / 9)
    assert zeros[1, 1] == pytest.approx(1)
    np.testing.assert_allclose(reflect, 1, rtol=1e-6)


def test_what_the_stride_leaves_over_changes_nothing() -> None:
    title = "Stride: a last row that is never read"
    assert ran(title).output == "True\n"
    for reach in windows_of(title).dims:
        assert reach.reads.tolist() == [1, 1, 2, 1, 1, 0]
        assert reach.remark


def test_a_dilated_window_spans_five() -> None:
    (reach, _) = windows_of("Dilation: nine cells see 5 × 5").dims
    assert reach.positions[:3].tolist() == [0, 2, 4]


def test_padding_apart_and_same() -> None:
    trace = ran("Padding: rows and columns apart, same")
    assert trace.names["a"].shape == (1, 1, 3, 3)
    assert trace.names["b"].shape == (1, 1, 5, 6)
    title = "Padding: rows and columns apart, same"
    assert windows_of(title, layer=1).dims[0].padding == (1, 2)  # an even kernel pads one more at the end


@pytest.mark.parametrize(
    "title",
    [
        "1 × 1: a matrix for each pixel",
        "Convolution as one matmul",
        "Backward: a transposed convolution",
    ],
)
def test_both_ways_give_the_same_numbers(title: str) -> None:
    names, error = plainly(title)
    assert error is None
    left, right = ("y", "z") if "z" in names else ("grad", "again")
    first = names["x"].grad if left == "grad" else names[left]
    torch.testing.assert_close(first, names[right], atol=1e-5, rtol=1e-5)


def test_depthwise_and_pointwise_have_fewer_weights() -> None:
    stops = {s.label: s for s in layers_of("Depthwise, then 1 × 1: 36 weights, not 81").stops}
    assert [stops[label].parameters for label in ("full", "depthwise", "pointwise")] == [81, 27, 9]


def test_a_mean_of_five_is_calmer() -> None:
    names, _ = plainly("A series: the mean of five days")
    assert names["y"][0, 0].diff().abs().sum() < names["x"].diff().abs().sum() / 2


def test_pooling_keeps_places() -> None:
    names, _ = plainly("Max pooling: where each maximum was")
    assert names["y"][0, 0].tolist() == [[5, 8], [9, 4]]
    assert torch.equal(names["x"].flatten()[names["indices"].flatten()], names["y"].flatten())
    assert int((names["back"] != 0).sum()) == 4


def test_a_kernel_over_two_pictures_sees_what_moved() -> None:
    names, _ = plainly("A video: windows slide through time")
    assert names["y"].shape == (1, 1, 3, 5, 5)
    # where the dot came from is negative, where it went is positive
    np.testing.assert_allclose(names["y"].detach()[0, 0, 1, 2], [-1 / 9, 0, 0, 1 / 9, 0], atol=1e-6)


def test_output_padding_reaches_further_and_adds_no_zeros() -> None:
    names, _ = plainly("Transposed: output_padding is reach")
    smaller = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, bias=False)
    smaller.weight.data[:] = torch.ones(3, 3)
    assert torch.equal(names["y"][:, :, :-1, :-1], smaller(names["x"]))
    assert names["y"][0, 0, -1].abs().max() > 0


def test_stamps_that_overlap_unevenly_make_a_chessboard() -> None:
    names, _ = plainly("Transposed: the chessboard pattern")
    assert names["y"].unique().tolist() == [1, 2, 4]
    assert names["z"][0, 0, 1:-1, 1:-1].unique().tolist() == [4]


def test_correlation_leaves_the_kernel_turned_round() -> None:
    title = "Correlation or convolution: the flip"
    names, _ = plainly(title)
    assert torch.equal(names["y"][0, 0, 1:4, 1:4], names["conv"].weight[0, 0].flip(0, 1))
    assert windows_of(title, flip=True).flipped >= 0


def test_fold_counts_overlaps() -> None:
    assert np.array(value(ran("Fold after unfold: overlaps add up"), "y"))[0, 0].tolist() == [
        [1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1],
    ]  # fmt: skip


def test_zeros_of_the_padding_count_or_not() -> None:
    trace = ran("Mean pooling: which zeros count")
    assert np.array(value(trace, "a"))[0, 0, 0, 0] == 0.25
    assert np.unique(value(trace, "b")).tolist() == [1.0]


def test_adaptive_windows_overlap() -> None:
    (reach,) = windows_of("Adaptive pooling: windows overlap").dims
    assert np.diff(reach.starts).tolist() == [2, 3, 3, 2]
    assert reach.reads.max() == 2


def test_one_output_cell_gives_a_gradient_to_its_window_alone() -> None:
    names, _ = plainly("Backward: one cell, one window")
    touched = names["x"].grad[0, 0] != 0
    assert touched.nonzero().tolist() == [[row, column] for row in (0, 1, 2) for column in (1, 2, 3)]
    assert names["conv"].weight.grad[1].abs().max() == 0


def test_max_pooling_routes_to_one_cell_a_window() -> None:
    names, _ = plainly("Backward: max pooling takes one cell")
    assert names["x"].grad[0, 0].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 1]]


def test_a_kernel_too_large_says_the_padded_size_and_offers_fitting_ones() -> None:
    trace, said = stopped("A kernel larger than the padded input")
    assert "7 × 7, and it would slide over 6 × 6" in said
    assert trace.error is not None
    assert [fix.label for fix in trace.error.fixes] == ["kernel_size=6", "padding=2"]


def test_linear_gets_the_number_that_fits() -> None:
    trace, said = stopped("Flatten: the number that Linear needs")
    assert "in_features must be the last size of what the layer gets; here that is 36." in said
    assert trace.error is not None
    assert [fix.label for fix in trace.error.fixes] == ["in_features=36"]


def test_lenet_has_as_many_parameters_as_its_layers() -> None:
    title = "LeNet reads a digit"
    names, _ = plainly(title)
    stops = layers_of(title).stops
    assert sum(stop.parameters for stop in stops) == sum(p.numel() for p in names["net"].parameters()) == 61_706
    assert [stop.shape for stop in stops][-1] == (1, 10)


def test_two_small_kernels_see_as_much_as_a_large_one() -> None:
    title = "A VGG block: two 3 × 3 see 5 × 5"
    assert layers_of(title).stops[labelled(title, "block.2")].fields[0].size == 5


def test_network_in_network_ends_in_means() -> None:
    names, _ = plainly("Network in network: a mean a class")
    body = names["net"][:-2](names["x"])
    torch.testing.assert_close(names["y"], body.mean((2, 3)))


@pytest.mark.parametrize(
    ("title", "channels"),
    [("Inception: four paths, joined by channel", 16), ("Inception at full size, shapes only", 256)],
)
def test_inception_joins_channels(title: str, channels: int) -> None:
    joins = [stop for stop in layers_of(title).stops if stop.kind == "join"]
    assert [join.shape[1] for join in joins] == [channels]
    assert len(joins[0].inputs) == 4


def test_a_residual_block_adds_what_came_in() -> None:
    joins = [s for s in layers_of("A residual block: the input is added").stops if s.kind == "join"]
    assert [(join.shape, len(join.inputs)) for join in joins] == [((2, 8, 6, 6), 2)]


def test_text_of_the_issue_is_readable() -> None:
    title = "Text: 32 sentences of 10 embedded words"
    assert ran(title).names["y"].shape == (32, 500, 3)
    assert windows_of(title).channels == (300, 500)


@pytest.mark.parametrize(
    ("title", "shape", "parameters"),
    [
        # torchvision's alexnet and vgg11 have 61,100,840 and 132,863,336
        ("AlexNet at full size, shapes only", (1, 1000), 61_100_840),
        ("VGG-11 at full size, shapes only", (1, 1000), 132_863_336),
        ("ResNet block at full size, shapes only", (8, 256, 56, 56), None),
        ("DenseNet block at full size, shapes only", (1, 256, 56, 56), None),
    ],
)
def test_large_networks_have_shapes_without_memory(title: str, shape: tuple[int, ...], parameters: int | None) -> None:
    assert ran(title).names["y"].shape == shape
    stops = layers_of(title).stops
    assert parameters in (None, sum(stop.parameters for stop in stops))
    # most of them run one after another
    assert sum(number - 1 in stop.inputs for number, stop in enumerate(stops)) >= len(stops) // 2


def test_a_dense_block_grows() -> None:
    joins = [
        stop.shape[1] for stop in layers_of("DenseNet block at full size, shapes only").stops if stop.kind == "join"
    ]
    assert joins == [96, 128, 160, 192, 224, 256]
    assert all(after - before == 32 for before, after in pairwise(joins))
