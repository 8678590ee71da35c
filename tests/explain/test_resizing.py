"""Resizing, shuffled channels, adaptive and fractional poolings, windows of one dimension."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

X = "x = torch.randn(1, 3, 8, 8)\n"


def _lesson(lines: str, at: str, says: str, *fixes: str) -> Lesson:
    return Lesson(X + lines, at, (says,), tuple((fix,) for fix in fixes))


LESSONS = [
    _lesson(
        "y = F.interpolate(x, size=4, scale_factor=2)\n",
        "F.interpolate(x, size=4, scale_factor=2)",
        "F.interpolate gets size=4 and scale_factor=2: both say how large the result is, so only one may be given.",
        "y = F.interpolate(x, size=4, scale_factor=None)",
        "y = F.interpolate(x, size=None, scale_factor=2)",
    ),
    _lesson(
        "up = nn.Upsample()\ny = up(x)\n",
        "up(x)",
        "up (Upsample) gets neither size nor scale_factor",
        "up = nn.Upsample(scale_factor=2)",
    ),
    _lesson(
        'y = F.interpolate(x, 4, mode="cubic")\n',
        'F.interpolate(x, 4, mode="cubic")',
        "gets mode='cubic', and there is none of that name. For an input of 4 dimensions there are nearest,",
        "y = F.interpolate(x, 4, mode='bicubic')",
        "y = F.interpolate(x, 4, mode='nearest')",
    ),
    _lesson(
        'y = F.interpolate(x, 4, mode="linear")\n',
        'F.interpolate(x, 4, mode="linear")',
        "takes an input of 3 dimensions, N×C×L",
        "y = F.interpolate(x, 4, mode='bilinear')",
        "y = F.interpolate(x, 4, mode='bicubic')",
    ),
    _lesson(
        "up = nn.Upsample(scale_factor=2)\nz = x[0, 0]\ny = up(z)\n",
        "up(z)",
        "z has shape (8, 8): 2 dimensions.",
        "y = up(z.unsqueeze(0).unsqueeze(0))",
    ),
    _lesson(
        "y = F.interpolate(x, (4, 4, 4))\n",
        "F.interpolate(x, (4, 4, 4))",
        "gets size=(4, 4, 4), 3 numbers. x has shape (1, 3, 8, 8): 2 dimensions behind batch and channels.",
        "y = F.interpolate(x, 4)",
    ),
    _lesson(
        "y = F.interpolate(x, scale_factor=2, align_corners=True)\n",
        "F.interpolate(x, scale_factor=2, align_corners=True)",
        "gets align_corners=True and mode='nearest'",
        "y = F.interpolate(x, scale_factor=2, align_corners=None)",
        "y = F.interpolate(x, scale_factor=2, align_corners=True, mode='bilinear')",
    ),
    _lesson(
        "up = nn.Upsample(2.0)\ny = up(x)\n",
        "up(x)",
        "up (Upsample) gets size=2.0: it counts the result's rows and columns, and 2.0 is a float.",
        "up = nn.Upsample(2)",
        "up = nn.Upsample(None, scale_factor=2.0)",
    ),
    _lesson(
        "y = F.interpolate(x, scale_factor=0.01)\n",
        "F.interpolate(x, scale_factor=0.01)",
        "gets scale_factor=0.01: of 8 × 8 it would make 0 × 0.",
        "y = F.interpolate(x, scale_factor=0.125)",
    ),
    _lesson(
        "y = F.pixel_shuffle(x, 2)\n",
        "F.pixel_shuffle(x, 2)",
        "puts 2 × 2 = 4 channels into the place of one cell",
    ),
    _lesson(
        "net = nn.Sequential(nn.Conv2d(3, 6, 3), nn.PixelShuffle(2))\ny = net(x)\n",
        "net(x)",
        "The input has shape (1, 6, 6, 6): 6 channels in dimension 1, and 6 / 4 leaves 2.",
        "net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.PixelShuffle(2))",
    ),
    _lesson(
        "y = nn.PixelUnshuffle(3)(x)\n",
        "nn.PixelUnshuffle(3)(x)",
        "8 rows, and 8 / 3 leaves 2.",
        "y = nn.PixelUnshuffle(2)(x)",
    ),
    _lesson(
        "pool = nn.FractionalMaxPool2d(2)\n",
        "nn.FractionalMaxPool2d(2)",
        "FractionalMaxPool2d gets kernel_size 2 and neither output_size nor output_ratio",
        "pool = nn.FractionalMaxPool2d(2, output_ratio=0.5)",
        "pool = nn.FractionalMaxPool2d(2, output_ratio=(0.5, 0.5))",
    ),
    _lesson(
        "y = F.fractional_max_pool2d(x, 2, output_size=9)\n",
        "F.fractional_max_pool2d(x, 2, output_size=9)",
        "spreads 9 × 9 windows of 2 × 2 over 8 × 8 cells",
        "y = F.fractional_max_pool2d(x, 2, output_size=7)",
    ),
    _lesson(
        "pool = nn.FractionalMaxPool2d(2, output_ratio=2)\n",
        "nn.FractionalMaxPool2d(2, output_ratio=2)",
        "output_ratio=2: it is the share of the rows and columns that is left",
        "pool = nn.FractionalMaxPool2d(2, output_ratio=0.5)",
    ),
    _lesson(
        "y = F.adaptive_avg_pool2d(x, (2, 2, 2))\n",
        "F.adaptive_avg_pool2d(x, (2, 2, 2))",
        "F.adaptive_avg_pool2d makes 2 dimensions, and its output_size (2, 2, 2) has 3 numbers.",
        "y = F.adaptive_avg_pool2d(x, 2)",
    ),
    _lesson(
        "y = F.adaptive_max_pool2d(x, -1)\n",
        "F.adaptive_max_pool2d(x, -1)",
        "F.adaptive_max_pool2d has output_size -1",
        "y = F.adaptive_max_pool2d(x, 1)",
    ),
    _lesson(
        "y = F.adaptive_max_pool1d(x, 2)\n",
        "F.adaptive_max_pool1d(x, 2)",
        "F.adaptive_max_pool1d expects 3-D N×C×L or 2-D C×L input, got shape (1, 3, 8, 8): 4 dimensions.",
        "y = F.adaptive_max_pool2d(x, 2)",
        "y = F.adaptive_max_pool1d(x.squeeze(0), 2)",
    ),
    _lesson(
        "y = F.adaptive_avg_pool2d(x, 2.5)\n",
        "F.adaptive_avg_pool2d(x, 2.5)",
        "has output_size 2.5: it counts cells, and 2.5 is a float.",
        "y = F.adaptive_avg_pool2d(x, 2)",
    ),
    _lesson(
        "y = nn.AdaptiveAvgPool2d(2)(x[:, :, :0])\n",
        "nn.AdaptiveAvgPool2d(2)(x[:, :, :0])",
        "The input has shape (1, 3, 0, 8): its size is 0 in dimension 2, so it is empty.",
    ),
    _lesson(
        "y = x.unfold(2, 9, 1)\n",
        "x.unfold(2, 9, 1)",
        "unfold takes windows of 9 cells along dimension 2. x has shape (1, 3, 8, 8): 8 cells there",
        "y = x.unfold(2, 8, 1)",
    ),
    _lesson(
        "y = x.unfold(dimension=2, size=2, step=0)\n",
        "x.unfold(dimension=2, size=2, step=0)",
        "unfold gets step 0: its windows would never move.",
        "y = x.unfold(dimension=2, size=2, step=1)",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Make torch import what its first such call on meta needs: that takes longer than a fix may."""
    x = torch.ones(1, 3, 8, 8, device="meta")
    functional.interpolate(x, 4, mode="bicubic")
    functional.conv_transpose2d(x, torch.ones(3, 2, 3, 3, device="meta"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program)
def test_it_says_what_does_not_go_together(lesson: Lesson) -> None:
    check(lesson)


@pytest.mark.parametrize(
    "lesson", [one for one in LESSONS if one.fixes and "fractional" not in one.program], ids=lambda one: one.program
)
def test_on_meta_no_explanation_stops(lesson: Lesson) -> None:
    assert stopped(lesson.program, "meta").message
