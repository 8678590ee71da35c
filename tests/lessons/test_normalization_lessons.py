"""Lessons on normalisations: what each example of their page is there to show, by torch and by the lens."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

import explorer
from explorer.scene import Scene
from explorer.scene.charts import Chart
from explorer.scene.norms import Norm
from explorer.ui.examples.normalization import NORMALIZATION_EXAMPLES
from tests.lessons.lesson import plainly, ran, stopped, trace_of

RUN = [example.title for example in NORMALIZATION_EXAMPLES if not example.stops]


@cache
def scene_of(title: str, **options: int) -> Scene:
    return explorer.scene(trace_of(title), "normalization", **options)


def opened(title: str, **options: int) -> Norm:
    """Return the layer that is open."""
    norms = scene_of(title, **options).norms
    assert norms is not None
    return norms.opened[0]


def chart_of(title: str, start: str, **options: int) -> Chart:
    """Return the chart whose title starts with a text."""
    return next(chart for chart in scene_of(title, **options).charts if chart.title.startswith(start))


def names_of(title: str) -> dict[str, Any]:
    """Return the names of an example that runs to its end as ordinary Python."""
    names, error = plainly(title)
    assert error is None
    return names


@pytest.mark.parametrize("title", RUN)
def test_the_steps_of_the_picture_are_what_torch_returned(title: str) -> None:
    norms = scene_of(title).norms
    assert norms is not None
    assert norms.opened
    for norm in norms.opened:
        for check in norm.checks:
            eps = torch.finfo(torch.float16).eps if "float16" in ran(title).source else 1e-5
            assert not check.difference > 10 * eps * max(1.0, check.largest), (norm.label, check)


def test_biased_and_unbiased_differ_by_eighteen_seventeenths() -> None:
    title = "Why var() of BatchNorm's output is 1.0588"
    y = names_of(title)["y"].detach()
    torch.testing.assert_close(y.var((0, 2, 3)), torch.full((5,), 18 / 17), atol=2e-3, rtol=0)
    torch.testing.assert_close(y.var((0, 2, 3), correction=0), torch.ones(5), atol=2e-3, rtol=0)
    statistics = opened(title).statistics
    np.testing.assert_allclose(
        statistics.unbiased.astype(float), statistics.variance.astype(float) * 18 / 17, rtol=1e-5
    )
    assert statistics.counts.tolist() == [18] * 5


def test_layer_norm_on_constant_channels_gives_minus_one_and_one() -> None:
    title = "LayerNorm on two constant channels: −1 and +1"
    y = names_of(title)["y"]
    torch.testing.assert_close(y[:, 0], torch.full((3, 3, 4), -1.0), atol=1e-4, rtol=0)
    torch.testing.assert_close(y[:, 1], torch.full((3, 3, 4), 1.0), atol=1e-4, rtol=0)
    statistics = opened(title).statistics
    assert statistics.mean.tolist() == [1.5] * 3
    assert statistics.variance.tolist() == [0.25] * 3  # 0.5 is its root


def test_running_statistics_take_the_unbiased_variance_a_tenth_at_a_time() -> None:
    title = "Running statistics, batch after batch"
    lines = {series.name: series.values.astype(float) for series in chart_of(title, "Variance of channel 0").series}
    running, fed = lines["running_var after it"], lines["unbiased: goes to running_var"]
    used = lines["biased: normalises the batch"]
    for call in range(1, 31):
        assert running[call] == pytest.approx(0.9 * running[call - 1] + 0.1 * fed[call], rel=1e-5)
        assert fed[call] == pytest.approx(used[call] * 16 / 15, rel=1e-5)
    assert running[-1] == running[-2]  # eval mode writes nothing
    means = {series.name: series.values.astype(float) for series in chart_of(title, "Mean of channel 0").series}
    far = np.abs(means["running_mean after it"] - means["all training batches together"])
    assert far[30] < far[0] / 5


def test_momentum_none_is_a_plain_average() -> None:
    names = names_of("momentum=None: all batches count the same")
    torch.testing.assert_close(names["plain"].running_mean, names["data"].mean((0, 1)))
    assert (names["fading"].running_mean - names["data"].mean((0, 1))).abs().max() > 1e-3


def test_eval_before_training_divides_by_one() -> None:
    title = "eval before any training: nothing is normalised"
    names = names_of(title)
    torch.testing.assert_close(names["y"], names["x"], rtol=1e-4, atol=1e-4)
    norm = opened(title)
    assert norm.uses == "running"
    assert norm.statistics.used_mean is not None
    assert norm.statistics.used_mean.tolist() == [0.0] * 3
    np.testing.assert_allclose(norm.statistics.divisor.astype(float), math.sqrt(1 + 1e-5))


def test_train_and_eval_differ_on_the_same_batch() -> None:
    names = names_of("The same batch in train and in eval mode")
    assert names["y"].mean().abs() < 1e-5
    assert names["z"].mean() > 0.5


def test_frozen_statistics_stay_and_the_weights_learn() -> None:
    net = names_of("Frozen statistics: training that leaves BatchNorm alone")["net"]
    assert net[1].running_mean.tolist() == [0.0] * 4
    assert net[1].num_batches_tracked == 0
    assert (net[1].weight != 1).any()


def test_larger_batches_have_calmer_statistics() -> None:
    title = "Batch size: how far batch means lie from the true one"
    chart = chart_of(title, "Mean of channel 0, by the size of the batch")
    low, high = chart.series[0].values.astype(float), chart.series[-1].values.astype(float)
    widths = dict(zip(chart.labels, high - low, strict=True))
    assert widths["128"] == 0
    assert widths["1"] > 1.5 * widths["4"] > 2 * widths["16"] > 0
    data = names_of(title)["data"][:, 0]
    np.testing.assert_allclose([low[-1], high[-1]], data.mean().item(), rtol=1e-5)


def test_padding_changes_batch_norm_and_leaves_layer_norm() -> None:
    names = names_of("Padding changes BatchNorm, but not LayerNorm")
    ids, x = names["ids"], names["x"]
    words = x[ids > 0]
    torch.testing.assert_close(names["ln"](words), names["z"][ids > 0])
    assert ((words.var(0, correction=0) / x.var((0, 1), correction=0)) > 1.1).all()
    alone = torch.nn.BatchNorm1d(8)(words)
    assert (alone - names["y"].transpose(1, 2)[ids > 0]).abs().max() > 0.1


def test_a_word_of_layer_norm_knows_nothing_of_the_others() -> None:
    names = names_of("LayerNorm on text: each word by itself")
    one = names["x"][1:, 2:3]
    torch.testing.assert_close(names["ln"](one), names["y"][1:, 2:3])
    batch = torch.nn.BatchNorm1d(8)
    assert not torch.allclose(batch(names["x"][:1].mT), batch(names["x"].mT)[:1], atol=1e-2)


def test_standardising_a_test_set_takes_the_training_sets_mean() -> None:
    names = names_of("Standardising: the training set's mean, also for the test set")
    torch.testing.assert_close(names["a"].mean(0), torch.zeros(3), atol=1e-6, rtol=0)
    torch.testing.assert_close(names["a"].std(0), torch.ones(3))
    assert (names["b"].mean(0).abs() > 0.1).any()


def test_deep_layers_are_given_as_much_as_the_first_with_normalisation() -> None:
    title = "Six layers, with and without BatchNorm"
    assert ran(title).error is None
    plain, normed = (chart for chart in scene_of(title).charts if chart.title.startswith("What the layers of net"))
    spread = [
        [chart.series[5 * row + 4].values[-1] - chart.series[5 * row].values[-1] for row in (0, len(chart.rows) - 1)]
        for chart in (plain, normed)
    ]
    assert "without normalisation" in plain.title
    assert spread[0][1] < 0.5 * spread[0][0]
    assert spread[1][1] > 0.8 * spread[1][0]


def test_group_norm_with_one_group_is_layer_norm_and_with_all_instance_norm() -> None:
    names = names_of("GroupNorm, from LayerNorm to InstanceNorm")
    torch.testing.assert_close(F.group_norm(names["x"], 1), names["w"], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(F.group_norm(names["x"], 6), names["z"], atol=1e-5, rtol=1e-5)


def test_rms_norm_subtracts_nothing() -> None:
    title = "RMSNorm keeps the mean that LayerNorm takes away"
    names = names_of(title)
    torch.testing.assert_close(names["z"].mean(-1), torch.zeros(4), atol=1e-6, rtol=0)
    assert (names["y"].mean(-1) > 0.5).all()
    assert opened(title).statistics.used_mean is None


def test_brightness_and_contrast_go_away() -> None:
    names = names_of("InstanceNorm: brightness and contrast go away")
    torch.testing.assert_close(names["y"][2], names["y"][0], atol=1e-3, rtol=1e-3)
    assert not torch.allclose(names["z"][2], names["z"][0], atol=0.1)


def test_large_neighbours_make_a_channel_smaller() -> None:
    title = "AlexNet's local response: neighbouring channels"
    names = names_of(title)
    assert opened(title).neighbours == (2, 2)
    assert names["y"][0, 4, 0, 0] / names["x"][0, 4, 0, 0] < 0.6
    torch.testing.assert_close(names["y"], F.local_response_norm(names["x"], 5, 0.01, 0.75, 2.0))


def test_weight_norm_is_magnitude_times_direction() -> None:
    lin = names_of("weight_norm: magnitude times direction")["lin"]
    torch.testing.assert_close(lin.weight.norm(dim=1, keepdim=True), lin.parametrizations.weight.original0)


def test_products_of_normalised_rows_are_cosines() -> None:
    names = names_of("F.normalize: rows of length 1, products are cosines")
    rows = names["x"]
    torch.testing.assert_close(names["cosines"], F.cosine_similarity(rows[:, None], rows[None], dim=-1))


def test_the_textbooks_momentum_is_one_less_torchs() -> None:
    names = names_of("By hand: momentum 0.9 in the textbook is 0.1 in torch")
    torch.testing.assert_close(names["y"], names["z"], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(names["mean"], names["bn"].running_mean)
    # by hand the biased variance is kept, by torch the unbiased one
    torch.testing.assert_close((names["var"] - 0.9) / (names["bn"].running_var - 0.9), torch.full((3,), 3 / 4))


def test_the_scale_of_weights_does_not_matter_and_their_gradient_goes_the_other_way() -> None:
    names = names_of("Ten times the weights: the same result, a tenth of the gradient")
    torch.testing.assert_close(names["y"], names["z"], atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(names["small"].weight.grad, 10 * names["large"].weight.grad, atol=1e-3, rtol=1e-2)
    # along the weights themselves there is no slope
    product = (names["small"].weight * names["small"].weight.grad).sum(1)
    assert product.abs().max() < 1e-2 * names["small"].weight.grad.abs().max()


def test_both_means_of_the_gradient_are_zero() -> None:
    title = "Backward: the gradients of a channel add up to 0"
    names = names_of(title)
    gradient = names["x"].grad
    torch.testing.assert_close(gradient.mean(0), torch.zeros(2), atol=1e-7, rtol=0)
    torch.testing.assert_close((gradient * names["y"].detach()).mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    assert (gradient[:, 0] != 0).all()
    assert (gradient[:, 1] == 0).all()
    backward = opened(title).backward
    assert backward is not None
    assert backward.mean is not None
    np.testing.assert_allclose(backward.mean.astype(float), np.array([1 / 6, 0]), rtol=1e-6)


def test_a_constant_channel_becomes_zero_and_a_small_one_is_shortened_by_eps() -> None:
    y = names_of("A constant channel: 0 / √(0 + eps)")["y"].detach()
    assert y[:, 1].abs().max() < 1e-4
    assert y[:, 0].std() > 0.9
    assert y[:, 2].std() < 0.5


def test_one_value_far_away_pushes_the_others_together() -> None:
    y = names_of("One value far away: all others come close together")["y"].detach()[0]
    others = torch.cat([y[:5], y[6:]])
    assert y[5] > 3
    assert others.max() - others.min() < 0.05


def test_squares_overflow_in_half_precision_by_hand_only() -> None:
    names = names_of("Half precision: the squares overflow by hand")
    assert names["x"].square().isinf().any()
    assert (names["by_hand"] == 0).all()
    assert names["y"].abs().min() > 0.5


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("A batch of 1 in training has no variance", "1"),
        ("Six channels in four groups", "6"),
        ("LayerNorm over sizes that are not the last ones", "(4, 5)"),
    ],
)
def test_what_stops_is_explained_with_its_numbers(title: str, words: str) -> None:
    trace, said = stopped(title)
    assert words in said
    assert trace.error is not None
    assert trace.error.line > 0


def test_the_last_batch_that_worked_is_still_drawn() -> None:
    norms = scene_of("A batch of 1 in training has no variance").norms
    assert norms is not None
    assert [stop.shape for stop in norms.stops][:2] == [(4, 3), (4, 3)]
