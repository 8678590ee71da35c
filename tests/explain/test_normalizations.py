"""Layers and functions that normalise, made or called with what does not fit."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        "x = torch.randn(2, 3)\ny = F.layer_norm(x, 3)\n",
        "F.layer_norm(x, 3)",
        ("F.layer_norm gets normalized_shape=3.", "as a tuple", "x has shape (2, 3)."),
        (("y = F.layer_norm(x, (3,))",),),
    ),
    Lesson(
        "x = torch.randn(2, 3)\ny = F.rms_norm(x, 2)\n",
        "F.rms_norm(x, 2)",
        ("F.rms_norm gets normalized_shape=2.", "only the layer, nn.RMSNorm(2), takes a plain number"),
        (("y = F.rms_norm(x, (3,))",),),
    ),
    Lesson(
        "x = torch.randn(4)\nbn = nn.LazyBatchNorm1d()\ny = bn(x)\n",
        "bn(x)",
        ("LazyBatchNorm1d takes its number of channels from dimension 1", "x has shape (4,): 1 dimension"),
        (("y = bn(x.unsqueeze(1))",),),
    ),
    Lesson(
        "x = torch.randn(4)\nbn = nn.LazyInstanceNorm2d()\ny = bn(x)\n",
        "bn(x)",
        ("LazyInstanceNorm2d takes its number of channels from dimension 1", "none of them for channels"),
        (),
    ),
    Lesson(
        "x = torch.tensor(3.)\nln = nn.LayerNorm(1)\ny = ln(x)\n",
        "ln(x)",
        ("which must be (1,). x has shape (): a single number, without any size.",),
        (("y = ln(x.unsqueeze(0))",),),
    ),
    Lesson(
        "gn = nn.GroupNorm(4, 6)\n",
        "nn.GroupNorm(4, 6)",
        ("GroupNorm gets num_groups=4, and 6 channels cannot be divided into 4 groups of equal size: 6 / 4 leaves 2.",),
        (("gn = nn.GroupNorm(3, 6)",), ("gn = nn.GroupNorm(2, 6)",)),
    ),
    Lesson(
        "gn = nn.GroupNorm(0, 6)\n",
        "nn.GroupNorm(0, 6)",
        ("GroupNorm gets num_groups=0. There must be at least one group.",),
        (("gn = nn.GroupNorm(1, 6)",), ("gn = nn.GroupNorm(2, 6)",)),
    ),
    Lesson(
        "x = torch.randn(2, 5, 3)\ngn = nn.GroupNorm(2, 6, affine=False)\ny = gn(x)\n",
        "gn(x)",
        ("5 channels cannot be divided into 2 groups of equal size: 5 / 2 leaves 1.",),
        (("gn = nn.GroupNorm(1, 6, affine=False)",),),
    ),
    Lesson(
        "x = torch.randn(2, 5, 3)\ngn = nn.GroupNorm(2, 6)\ny = gn(x)\n",
        "gn(x)",
        ("gn (GroupNorm(2, 6)) has a weight for 6 channels", "x has shape (2, 5, 3): 5 channels."),
        (("gn = nn.GroupNorm(1, 5)",),),
    ),
    Lesson(
        "x = torch.randn(1, 6)\ngn = nn.GroupNorm(6, 6)\ny = gn(x)\n",
        "gn(x)",
        ("takes the mean and variance of each group of channels in each sample. x has shape (1, 6): one value",),
        (("gn = nn.GroupNorm(3, 6)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4, 5, 6)\nln = nn.LayerNorm((4, 5))\ny = ln(x)\n",
        "ln(x)",
        ("which must be (4, 5). x has shape (3, 4, 5, 6): there they are (5, 6).",),
        (("ln = nn.LayerNorm((5, 6))",), ("y = ln(x.movedim((1, 2), (-2, -1)))",)),
    ),
    Lesson(
        "x = torch.randn(2, 3)\nrms = nn.RMSNorm(2)\ny = rms(x)\n",
        "rms(x)",
        ("rms (RMSNorm(2)) normalises over the last sizes of its input, which must be (2,).",),
        (("rms = nn.RMSNorm(3)",), ("y = rms(x.movedim(0, -1))",)),
    ),
    Lesson(
        "x = torch.randn(2, 3)\ny = F.layer_norm(x, (2, 3), torch.ones(3))\n",
        "F.layer_norm(x, (2, 3), torch.ones(3))",
        ("each place of normalized_shape=(2, 3) by a number of its own, and weight has shape (3,).",),
        (("y = F.layer_norm(x, (2, 3), torch.ones(2, 3))",),),
    ),
    Lesson(
        "ln = nn.LayerNorm(3.5)\n",
        "nn.LayerNorm(3.5)",
        ("LayerNorm gets normalized_shape=3.5. It must be a whole number from 1 on.",),
        (("ln = nn.LayerNorm(4)",),),
    ),
    Lesson(
        "ln = nn.LayerNorm((2, -3))\n",
        "nn.LayerNorm((2, -3))",
        ("gets normalized_shape=(2, -3). It must be made of whole numbers from 1 on.",),
        (("ln = nn.LayerNorm((2, 3))",),),
    ),
    Lesson(
        "bn = nn.BatchNorm2d(-4)\n",
        "nn.BatchNorm2d(-4)",
        ("BatchNorm2d gets num_features=-4. It must be a whole number from 1 on.",),
        (("bn = nn.BatchNorm2d(4)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4, 7)\nbn = nn.BatchNorm2d(4)\ny = bn(x)\n",
        "bn(x)",
        ("bn (BatchNorm2d(4)) expects 4-D N×C×H×W input, got shape (3, 4, 7): 3 dimensions. BatchNorm1d takes",),
        (("bn = nn.BatchNorm1d(4)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4, 2, 2)\ninorm = nn.InstanceNorm1d(4)\ny = inorm(x)\n",
        "inorm(x)",
        ("expects 3-D N×C×L or 2-D C×L input, got shape (3, 4, 2, 2): 4 dimensions. InstanceNorm2d takes",),
        (("inorm = nn.InstanceNorm2d(4)",),),
    ),
    Lesson(
        "x = torch.randn(3, 5, 2, 2)\nbn = nn.BatchNorm2d(4, track_running_stats=False)\ny = bn(x)\n",
        "bn(x)",
        ("has a weight and a bias for 4 channels, and dimension 1 of its input counts them.", "5 channels."),
        (("bn = nn.BatchNorm2d(5, track_running_stats=False)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4, 2, 2)\ninorm = nn.InstanceNorm2d(5, affine=True)\ny = inorm(x)\n",
        "inorm(x)",
        ("has a weight and a bias for 5 channels", "x has shape (3, 4, 2, 2): 4 channels."),
        (("inorm = nn.InstanceNorm2d(4, affine=True)",),),
    ),
    Lesson(
        "x = torch.randn(3, 4, 1, 1)\ny = nn.InstanceNorm2d(4)(x)\n",
        "nn.InstanceNorm2d(4)(x)",
        ("takes the mean and variance of each channel in each sample. x has shape (3, 4, 1, 1): one value for each",),
    ),
    Lesson(
        "x = torch.randn(2, 4, 2, 2)\nbn = nn.BatchNorm2d(4, eps=0)\ny = bn(x)\n",
        "bn(x)",
        ("bn (BatchNorm2d(4)) gets eps=0.", "it must be a number above 0."),
        (("bn = nn.BatchNorm2d(4, eps=1e-5)",),),
    ),
    Lesson(
        "x = torch.randn(2, 4, 2, 2)\nbn = nn.BatchNorm2d(4, eps=None)\ny = bn(x)\n",
        "bn(x)",
        ("gets eps=None.",),
        (("bn = nn.BatchNorm2d(4, eps=1e-5)",),),
    ),
    Lesson(
        "x = torch.arange(16).reshape(2, 4, 2)\nbn = nn.BatchNorm1d(4)\ny = bn(x)\n",
        "bn(x)",
        ("bn (BatchNorm1d(4)) takes floating-point numbers, since means and roots are seldom whole. x has",),
        (("y = bn(x.float())",),),
    ),
    Lesson(
        "x = torch.randn(1, 4)\ny = F.batch_norm(x, torch.zeros(4), torch.ones(4), training=True)\n",
        "F.batch_norm(x, torch.zeros(4), torch.ones(4), training=True)",
        ("In training, F.batch_norm takes the mean and variance of each channel over the batch.",),
        (("y = F.batch_norm(x, torch.zeros(4), torch.ones(4), training=False)",),),
    ),
    Lesson(
        "x = torch.randn(2, 4)\ny = F.batch_norm(x, torch.zeros(3), torch.ones(3))\n",
        "F.batch_norm(x, torch.zeros(3), torch.ones(3))",
        ("needs one number of running_mean for each channel", "4 channels; running_mean has shape (3,)."),
        (("y = F.batch_norm(x, torch.zeros(4), torch.ones(4))",),),
    ),
    Lesson(
        "x = torch.randn(2, 4)\ny = F.batch_norm(x, None, None)\n",
        "F.batch_norm(x, None, None)",
        ("F.batch_norm gets no running_mean, and training is False",),
        (("y = F.batch_norm(x, None, None, training=True)",),),
    ),
    Lesson(
        "x = torch.randn(2, 6, 3)\ny = F.group_norm(x, 4)\n",
        "F.group_norm(x, 4)",
        ("F.group_norm gets num_groups=4, and 6 channels cannot be divided",),
        (("y = F.group_norm(x, 3)",), ("y = F.group_norm(x, 2)",)),
    ),
    Lesson(
        "x = torch.randn(2, 4)\nlrn = nn.LocalResponseNorm(3)\ny = lrn(x)\n",
        "lrn(x)",
        ("expects N×C×L, with any dimensions behind", "x has shape (2, 4): 2 dimensions."),
        (("y = lrn(x.unsqueeze(-1))",), ("y = lrn(x.unsqueeze(0))",)),
    ),
    Lesson(
        "lin = nn.utils.parametrizations.weight_norm(nn.ReLU())\n",
        "nn.utils.parametrizations.weight_norm(nn.ReLU())",
        ("weight_norm takes a layer's weight apart, into its length and its direction.",),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program.partition("\n")[0])
def test_it_says_which_numbers_do_not_fit_and_offers_some_that_do(lesson: Lesson) -> None:
    check(lesson)


def test_the_sizes_stand_under_each_other() -> None:
    error = stopped("import torch\nx = torch.randn(3, 4, 5, 6)\nln = torch.nn.LayerNorm((4, 5))\ny = ln(x)\n")
    assert error.alignment.splitlines() == [
        "x                 3  4  5  6",
        "normalized_shape        4  5",
        "                        ^  ^",
    ]


def test_a_layer_that_no_memory_holds_is_named() -> None:
    error = stopped("import torch\nbn = torch.nn.BatchNorm2d(10**13)\n")
    assert "BatchNorm2d gets num_features=10000000000000" in error.message
    assert "more than a program may hold" in error.message
