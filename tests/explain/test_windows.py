"""Layers that slide a window, made or called with what does not fit."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        "conv = nn.Conv2d(1, 1, 7, padding=1)\nx = torch.randn(1, 1, 4, 5)\ny = conv(x)\n",
        "conv(x)",
        ("is 7 × 7, and it would slide over 6 × 7: 4 × 5 with a padding of 1 at each end. x has shape (1, 1, 4, 5)",),
        (("conv = nn.Conv2d(1, 1, (6, 7), padding=1)",), ("conv = nn.Conv2d(1, 1, 7, padding=(2, 1))",)),
    ),
    Lesson(
        "conv = nn.Conv1d(1, 1, 3, dilation=3)\ny = conv(torch.randn(1, 1, 4))\n",
        "conv(torch.randn(1, 1, 4))",
        ("is 3, with dilation 3 it spans 7, and it would slide over 4.",),
        (("conv = nn.Conv1d(1, 1, 2, dilation=3)",), ("conv = nn.Conv1d(1, 1, 3, dilation=3, padding=2)",)),
    ),
    Lesson(
        "net = nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(4))\ny = net(torch.randn(1, 1, 6, 6))\n",
        "net(torch.randn(1, 1, 6, 6))",
        (
            "The kernel of net.1 (MaxPool2d(4)) is 4 × 4, and it would slide over 3 × 3. The input has shape",
            "makes it smaller",
        ),
        (
            ("net = nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(3))",),
            ("net = nn.Sequential(nn.MaxPool2d(2), nn.MaxPool2d(4, padding=1))",),
        ),
    ),
    Lesson(
        "conv = nn.Conv2d(4, 6, 3, groups=4)\n",
        "nn.Conv2d(4, 6, 3, groups=4)",
        ("groups=4, and 6 output channels cannot be divided into 4 groups of equal size: 6 / 4 leaves 2.",),
        (("conv = nn.Conv2d(4, 6, 3, groups=2)",), ("conv = nn.Conv2d(4, 8, 3, groups=4)",)),
    ),
    Lesson(
        "conv = nn.ConvTranspose2d(3, 4, 3, groups=2)\n",
        "nn.ConvTranspose2d(3, 4, 3, groups=2)",
        ("3 input channels cannot be divided into 2 groups of equal size: 3 / 2 leaves 1.",),
        (("conv = nn.ConvTranspose2d(3, 4, 3, groups=1)",), ("conv = nn.ConvTranspose2d(4, 4, 3, groups=2)",)),
    ),
    Lesson(
        'conv = nn.Conv2d(1, 1, 3, padding=(1, 4), padding_mode="reflect")\ny = conv(torch.randn(1, 1, 4, 4))\n',
        "conv(torch.randn(1, 1, 4, 4))",
        ("pads by 4 in dimension 3, and padding_mode='reflect' mirrors", "size 4 there, so at most 3 can be padded."),
        (
            ('conv = nn.Conv2d(1, 1, 3, padding=(1, 3), padding_mode="reflect")',),
            ('conv = nn.Conv2d(1, 1, 3, padding=(1, 4), padding_mode="zeros")',),
        ),
    ),
    Lesson(
        'conv = nn.Conv1d(1, 1, 3, padding=5, padding_mode="circular")\ny = conv(torch.randn(1, 1, 4))\n',
        "conv(torch.randn(1, 1, 4))",
        ("padding_mode='circular' copies the cells of the opposite edge.", "at most 4 can be padded."),
        (
            ('conv = nn.Conv1d(1, 1, 3, padding=4, padding_mode="circular")',),
            ('conv = nn.Conv1d(1, 1, 3, padding=5, padding_mode="zeros")',),
        ),
    ),
    Lesson(
        "up = nn.ConvTranspose2d(1, 1, 3, stride=2, output_padding=2)\ny = up(torch.randn(1, 1, 4, 4))\n",
        "up(torch.randn(1, 1, 4, 4))",
        ("has output_padding 2 with stride 2 and dilation 1.",),
        (
            ("up = nn.ConvTranspose2d(1, 1, 3, stride=2, output_padding=1)",),
            ("up = nn.ConvTranspose2d(1, 1, 3, stride=3, output_padding=2)",),
        ),
    ),
    Lesson(
        'conv = nn.Conv2d(1, 1, (3, 5), stride=2, padding="same")\n',
        'nn.Conv2d(1, 1, (3, 5), stride=2, padding="same")',
        ("gets padding='same' and stride 2. 'same' means a result as large as the input",),
        (
            ("conv = nn.Conv2d(1, 1, (3, 5), stride=2, padding=(1, 2))",),
            ('conv = nn.Conv2d(1, 1, (3, 5), stride=1, padding="same")',),
        ),
    ),
    Lesson(
        "pool = nn.MaxPool2d(2, padding=2)\ny = pool(torch.randn(1, 1, 4, 4))\n",
        "pool(torch.randn(1, 1, 4, 4))",
        ("has a padding of 2 and a kernel of 2 × 2.", "at most half of the kernel: 1 × 1."),
        (("pool = nn.MaxPool2d(2, padding=1)",), ("pool = nn.MaxPool2d(4, padding=2)",)),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 3, 0)\ny = conv(torch.randn(1, 1, 4, 4))\n",
        "conv(torch.randn(1, 1, 4, 4))",
        ("has stride 0: its window would never move.",),
        (("conv = nn.Conv2d(1, 1, 3, 1)",),),
    ),
    Lesson(
        "columns = nn.Unfold(2)(torch.randn(1, 1, 4, 4))\nfold = nn.Fold((5, 5), 2)\ny = fold(columns)\n",
        "fold(columns)",
        ("makes 5 × 5: with kernel 2 × 2 and stride 1 that is 4 × 4 = 16 windows", "(1, 4, 9): 9 columns."),
        (("fold = nn.Fold(4, 2)",), ("fold = nn.Fold((2, 10), 2)",)),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program.partition("\n")[0])
def test_it_says_which_numbers_do_not_fit_and_offers_some_that_do(lesson: Lesson) -> None:
    check(lesson)
