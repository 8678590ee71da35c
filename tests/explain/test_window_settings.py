"""Layers whose settings there are none of, or that get an input without cells."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        'conv = nn.Conv2d(1, 1, 3, padding="full")\n',
        'nn.Conv2d(1, 1, 3, padding="full")',
        ("Conv2d gets padding='full'; the words for it are 'same' and 'valid'.",),
        (('conv = nn.Conv2d(1, 1, 3, padding="same")',), ('conv = nn.Conv2d(1, 1, 3, padding="valid")',)),
    ),
    Lesson(
        'up = nn.ConvTranspose2d(1, 1, 3, padding_mode="reflect")\n',
        'nn.ConvTranspose2d(1, 1, 3, padding_mode="reflect")',
        ("ConvTranspose2d gets padding_mode='reflect'; the word for it is 'zeros'.",),
        (('up = nn.ConvTranspose2d(1, 1, 3, padding_mode="zeros")',),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 0, 3)\ny = conv(torch.randn(1, 1, 4, 4))\n",
        "conv(torch.randn(1, 1, 4, 4))",
        ("conv (Conv2d(1, 0, 3)) has out_channels 0",),
        (("conv = nn.Conv2d(1, 1, 3)",),),
    ),
    Lesson(
        "pool = nn.AdaptiveAvgPool2d((2, -1))\ny = pool(torch.randn(1, 1, 4, 4))\n",
        "pool(torch.randn(1, 1, 4, 4))",
        ("has output_size (2, -1): a result has at least 0 cells",),
        (("pool = nn.AdaptiveAvgPool2d((2, 1))",),),
    ),
    Lesson(
        "y = nn.Unfold(7)(torch.randn(1, 1, 4, 4))\n",
        "nn.Unfold(7)(torch.randn(1, 1, 4, 4))",
        ("The kernel of the layer Unfold is 7 × 7, and it would slide over 4 × 4.",),
        (("y = nn.Unfold(4)(torch.randn(1, 1, 4, 4))",), ("y = nn.Unfold(7, padding=2)(torch.randn(1, 1, 4, 4))",)),
    ),
    Lesson(
        "fold = nn.Fold((4, 4), 3)\ny = fold(torch.randn(1, 10, 4))\n",
        "fold(torch.randn(1, 10, 4))",
        ("3 × 3 = 9 cells of each column", "10 numbers a column, and 10 / 9 leaves 1"),
        (),
    ),
    Lesson(
        "conv = nn.Conv2d(3, 16, 0)\ny = conv(torch.randn(1, 3, 64, 64))\n",
        "conv(torch.randn(1, 3, 64, 64))",
        ("conv (Conv2d(3, 16, 0)) has kernel_size 0: its window would hold no cell.",),
        (("conv = nn.Conv2d(3, 16, 1)",),),
    ),
    Lesson(
        "pool = nn.LPPool2d(2, 0)\ny = pool(torch.randn(1, 1, 4, 4))\n",
        "pool(torch.randn(1, 1, 4, 4))",
        ("has kernel_size 0",),
        (("pool = nn.LPPool2d(2, 1)",),),
    ),
    Lesson(
        "pool = nn.MaxPool2d(0)\ny = pool(torch.randn(1, 1, 4, 4))\n",
        "pool(torch.randn(1, 1, 4, 4))",
        ("has kernel_size 0",),
        (("pool = nn.MaxPool2d(1)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, -3)\n",
        "nn.Conv2d(1, 1, -3)",
        ("Conv2d has kernel_size -3",),
        (("conv = nn.Conv2d(1, 1, 1)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 3, padding=-1)\ny = conv(torch.randn(1, 1, 8, 8))\n",
        "conv(torch.randn(1, 1, 8, 8))",
        ("has padding -1: the padding adds cells",),
        (("conv = nn.Conv2d(1, 1, 3, padding=0)",),),
    ),
    Lesson(
        "pool = nn.AvgPool2d(3, padding=-1)\ny = pool(torch.randn(1, 1, 8, 8))\n",
        "pool(torch.randn(1, 1, 8, 8))",
        ("has padding -1",),
        (("pool = nn.AvgPool2d(3, padding=0)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 3, dilation=0)\ny = conv(torch.randn(1, 1, 8, 8))\n",
        "conv(torch.randn(1, 1, 8, 8))",
        ("has dilation 0: all cells of its window would be the same one.",),
        (("conv = nn.Conv2d(1, 1, 3, dilation=1)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, (3, 3, 3))\ny = conv(torch.randn(1, 1, 8, 8))\n",
        "conv(torch.randn(1, 1, 8, 8))",
        ("slides in 2 dimensions, and its kernel_size (3, 3, 3) has 3 numbers.",),
        (("conv = nn.Conv2d(1, 1, 3)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 3, groups=0)\n",
        "nn.Conv2d(1, 1, 3, groups=0)",
        ("Conv2d has groups 0",),
        (("conv = nn.Conv2d(1, 1, 3, groups=1)",),),
    ),
    Lesson(
        "up = nn.ConvTranspose2d(1, 1, 3, stride=2)\nx = torch.randn(1, 1, 4, 4)\ny = up(x, output_size=(4, 4))\n",
        "up(x, output_size=(4, 4))",
        ("with stride 2 makes 9 × 9 of 4 × 4, or up to 10 × 10", "asks for 4 × 4"),
        (("y = up(x, output_size=(9, 9))",),),
    ),
    Lesson(
        "up = nn.ConvTranspose2d(1, 1, 3, stride=2)\nx = torch.randn(1, 1, 4, 4)\ny = up(x, output_size=(9, 9, 9))\n",
        "up(x, output_size=(9, 9, 9))",
        ("output_size has 3 numbers, and up (ConvTranspose2d(1, 1, 3)) makes 2 dimensions.",),
        (("y = up(x, output_size=(9, 9))",),),
    ),
    Lesson(
        "up = nn.ConvTranspose2d(1, 1, 3, padding=5)\ny = up(torch.randn(1, 1, 4, 4))\n",
        "up(torch.randn(1, 1, 4, 4))",
        ("would make 6 × 6 of 4 × 4, and its padding 5 takes 5 away at each end: -4 × -4 is left.",),
        (("up = nn.ConvTranspose2d(1, 1, 3, padding=2)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 10**9)\n",
        "nn.Conv2d(1, 1, 10**9)",
        ("a kernel of 1000000000 × 1000000000: its weight would have 1,000,000,000,000,000,000 numbers",),
        (("conv = nn.Conv2d(1, 1, 3)",),),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 1, 1)\ny = conv(torch.randn(1, 1, 0, 4))\n",
        "conv(torch.randn(1, 1, 0, 4))",
        ("The input has shape (1, 1, 0, 4): its size is 0 in dimension 2, so it is empty.",),
        (("y = conv(torch.randn(1, 1, 1, 4))",),),
    ),
    Lesson(
        "pool = nn.MaxPool2d(2)\ny = pool(torch.randn(1, 1, 0, 4))\n",
        "pool(torch.randn(1, 1, 0, 4))",
        ("so it is empty.",),
        (("y = pool(torch.randn(1, 1, 2, 4))",),),
    ),
    Lesson(
        "k = 4\nconv = nn.Conv2d(1, 1, k, padding=(k - 1) / 2)\ny = conv(torch.randn(1, 1, 6, 6))\n",
        "conv(torch.randn(1, 1, 6, 6))",
        ("conv (Conv2d(1, 1, 4)) has padding 1.5: it counts cells, and 1.5 is a float.",),
        (("conv = nn.Conv2d(1, 1, k, padding=1)",),),
    ),
    Lesson(
        "pool = nn.AdaptiveAvgPool2d((2, 2, 2))\ny = pool(torch.randn(1, 1, 6, 6))\n",
        "pool(torch.randn(1, 1, 6, 6))",
        ("AdaptiveAvgPool2d makes 2 dimensions, and its output_size (2, 2, 2) has 3 numbers.",),
        (("pool = nn.AdaptiveAvgPool2d(2)",),),
    ),
    Lesson(
        "x = torch.randn(6, 6)\npool = nn.AdaptiveMaxPool2d(2)\ny = pool(x)\n",
        "pool(x)",
        ("pool (AdaptiveMaxPool2d(2)) expects 4-D N×C×H×W or 3-D C×H×W input, got shape (6, 6): 2 dimensions.",),
        (("y = pool(x.unsqueeze(0).unsqueeze(0))",), ("y = pool(x.unsqueeze(1))",)),
    ),
    Lesson(
        "x = np.ones((1, 1, 4, 4))\nconv = nn.Conv2d(1, 1, 3)\ny = conv(x)\n",
        "conv(x)",
        ("conv (Conv2d(1, 1, 3)) takes a tensor, and got a NumPy array of shape (1, 1, 4, 4).",),
        (("y = conv(torch.from_numpy(x).float())",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.lp_pool2d(x, 2, 7)\n",
        "F.lp_pool2d(x, 2, 7)",
        ("The kernel of F.lp_pool2d is 7 × 7, and it would slide over 4 × 4.",),
        (("y = F.lp_pool2d(x, 2, 4)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 8)\ny = F.max_pool1d(x, 9)\n",
        "F.max_pool1d(x, 9)",
        ("The kernel of F.max_pool1d is 9, and it would slide over 8.",),
        (("y = F.max_pool1d(x, 8)",), ("y = F.max_pool1d(x, 9, padding=1)",)),
    ),
    Lesson(
        "x = torch.randn(10)\npool = nn.AvgPool1d(2)\ny = pool(x)\n",
        "pool(x)",
        ("pool (AvgPool1d(2)) expects 3-D N×C×L or 2-D C×L input, got shape (10,): 1 dimension.",),
        (("y = pool(x.unsqueeze(0).unsqueeze(0))",), ("y = pool(x.unsqueeze(0))",)),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program)
def test_it_names_the_setting_and_offers_one_that_runs(lesson: Lesson) -> None:
    check(lesson)


def test_on_meta_a_residual_of_another_size_is_lined_up() -> None:
    error = stopped("x = torch.randn(1, 3, 8, 8)\nconv = nn.Conv2d(3, 3, 3)\ny = x + conv(x)\n", "meta")
    assert "Lined up from the right, (1, 3, 8, 8) meets (1, 3, 6, 6)" in error.message
