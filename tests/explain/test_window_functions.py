"""Functions that slide a window, called with what does not fit."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        "c = torch.randn(1, 9, 4)\ny = F.fold(c, (5, 6), 3)\n",
        "F.fold(c, (5, 6), 3)",
        (
            (
                "F.fold makes 5 × 6: with kernel 3 × 3 and stride 1 that is 3 × 4 = 12 windows, a column for each. "
                "c has shape (1, 9, 4): 4 columns."
            ),
        ),
        (("y = F.fold(c, 4, 3)",), ("y = F.fold(c, (3, 6), 3)",)),
    ),
    Lesson(
        "x = torch.randn(1, 1, 6, 6)\nc = F.unfold(x, 3, stride=2)\ny = F.fold(c, output_size=(6, 6), kernel_size=3)\n",
        "F.fold(c, output_size=(6, 6), kernel_size=3)",
        ("that is 4 × 4 = 16 windows, a column for each. c has shape (1, 9, 4): 4 columns.",),
        (
            ("y = F.fold(c, output_size=(6, 6), kernel_size=3, stride=2)",),
            ("y = F.fold(c, output_size=4, kernel_size=3)",),
        ),
    ),
    Lesson(
        "c = torch.randn(1, 10, 4)\ny = F.fold(c, (4, 4), 3)\n",
        "F.fold(c, (4, 4), 3)",
        ("F.fold makes a window of 3 × 3 = 9 cells", "10 numbers a column, and 10 / 9 leaves 1."),
    ),
    Lesson(
        "c = torch.randn(1, 9, 4)\ny = F.fold(c, (2, 2), 3)\n",
        "F.fold(c, (2, 2), 3)",
        ("F.fold makes 2 × 2: its window of 3 × 3 does not fit into that.",),
        (("y = F.fold(c, 4, 3)",), ("y = F.fold(c, (3, 6), 3)",)),
    ),
    Lesson(
        "c = torch.randn(2, 1, 9, 4)\ny = F.fold(c, (4, 4), 3)\n",
        "F.fold(c, (4, 4), 3)",
        ("F.fold reads columns: a batch, the numbers of a column, the columns", "(2, 1, 9, 4): 4 dimensions."),
        (("y = F.fold(c.squeeze(1), (4, 4), 3)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\nc = F.unfold(x, 7)\n",
        "F.unfold(x, 7)",
        ("The kernel of F.unfold is 7 × 7, and it would slide over 4 × 4. x has shape (1, 1, 4, 4).",),
        (("c = F.unfold(x, 4)",), ("c = F.unfold(x, 7, padding=2)",)),
    ),
    Lesson(
        "x = torch.randn(4, 4)\nc = F.unfold(x, 3)\n",
        "F.unfold(x, 3)",
        ("F.unfold reads its input as a batch of channels", "x has shape (4, 4): 2 dimensions."),
        (("c = F.unfold(x.unsqueeze(0).unsqueeze(0), 3)",), ("c = F.unfold(x.unsqueeze(0), 3)",)),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 7, 7)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("The kernel of F.conv2d is 7 × 7, and it would slide over 4 × 4. x has shape (1, 1, 4, 4).",),
        (("y = F.conv2d(x, w[:, :, :4, :4])",), ("y = F.conv2d(x, w, padding=2)",)),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4), torch.randn(1, 1, 7)\ny = F.conv1d(x, w)\n",
        "F.conv1d(x, w)",
        ("The kernel of F.conv1d is 7, and it would slide over 4.",),
        (("y = F.conv1d(x, w[:, :, :4])",), ("y = F.conv1d(x, w, padding=2)",)),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4, 4), torch.randn(1, 1, 7, 7, 7)\ny = F.conv3d(x, w)\n",
        "F.conv3d(x, w)",
        ("The kernel of F.conv3d is 7 × 7 × 7, and",),
        (("y = F.conv3d(x, w[:, :, :4, :4, :4])",), ("y = F.conv3d(x, w, padding=2)",)),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, weight=w, padding=-1)\n",
        "F.conv2d(x, weight=w, padding=-1)",
        ("F.conv2d has padding -1",),
        (("y = F.conv2d(x, weight=w, padding=0)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, None, 0)\n",
        "F.conv2d(x, w, None, 0)",
        ("F.conv2d has stride 0: its window would never move.",),
        (("y = F.conv2d(x, w, None, 1)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, dilation=0)\n",
        "F.conv2d(x, w, dilation=0)",
        ("F.conv2d has dilation 0",),
        (("y = F.conv2d(x, w, dilation=1)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, groups=0)\n",
        "F.conv2d(x, w, groups=0)",
        ("F.conv2d has groups 0",),
        (("y = F.conv2d(x, w, groups=1)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, stride=(1, 1, 1))\n",
        "F.conv2d(x, w, stride=(1, 1, 1))",
        ("its stride (1, 1, 1) has 3 numbers.",),
        (("y = F.conv2d(x, w, stride=1)",),),
    ),
    Lesson(
        'x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, stride=2, padding="same")\n',
        'F.conv2d(x, w, stride=2, padding="same")',
        ("F.conv2d gets padding='same' and stride 2.",),
        (("y = F.conv2d(x, w, stride=2, padding=1)",), ('y = F.conv2d(x, w, stride=1, padding="same")',)),
    ),
    Lesson(
        "x, w = torch.randn(1, 3, 4, 4), torch.randn(4, 3, 3, 3)\ny = F.conv2d(x, w, groups=2)\n",
        "F.conv2d(x, w, groups=2)",
        ("with groups 2, which reads 6 channels. x has shape (1, 3, 4, 4): 3 channels in dimension 1.",),
        (("y = F.conv2d(x, w, groups=1)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 3, 4, 4), torch.randn(4, 1, 3, 3)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("which reads 1 channel. x has shape (1, 3, 4, 4): 3 channels in dimension 1.",),
        (("y = F.conv2d(x[:, :1], w)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 4, 4, 4), torch.randn(3, 2, 3, 3)\ny = F.conv2d(x, w, groups=2)\n",
        "F.conv2d(x, w, groups=2)",
        ("makes 3 output channels, which cannot be divided into 2 groups of equal size: 3 / 2 leaves 1.",),
        (("y = F.conv2d(x, w[:2], groups=2)",),),
    ),
    Lesson(
        "x, w = torch.randn(4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("4 dimensions, or without the batch, 3. x has shape (4, 4): 2 dimensions.",),
        (("y = F.conv2d(x.unsqueeze(0).unsqueeze(0), w)",), ("y = F.conv2d(x.unsqueeze(0), w)",)),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w, torch.randn(3))\n",
        "F.conv2d(x, w, torch.randn(3))",
        ("each of 1 output channel, and the bias has shape (3,).",),
        (("y = F.conv2d(x, w, torch.randn(3)[:1])",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 3, 4, 4), torch.randn(2, 1, 3, 3)\ny = F.conv_transpose2d(x, w)\n",
        "F.conv_transpose2d(x, w)",
        ("which reads 2 channels. x has shape (1, 3, 4, 4)",),
        (("y = F.conv_transpose2d(x[:, :2], w)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv_transpose2d(x, w, padding=5)\n",
        "F.conv_transpose2d(x, w, padding=5)",
        ("F.conv_transpose2d would make 6 × 6 of 4 × 4, and its padding 5",),
        (("y = F.conv_transpose2d(x, w, padding=2)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\n"
        "y = F.conv_transpose2d(x, w, stride=2, output_padding=2)\n",
        "F.conv_transpose2d(x, w, stride=2, output_padding=2)",
        ("has output_padding 2 with stride 2 and dilation 1.",),
        (
            ("y = F.conv_transpose2d(x, w, stride=2, output_padding=1)",),
            ("y = F.conv_transpose2d(x, w, stride=3, output_padding=2)",),
        ),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4), torch.randn(1, 1, 3)\ny = F.conv_transpose1d(x, w, padding=-1)\n",
        "F.conv_transpose1d(x, w, padding=-1)",
        ("F.conv_transpose1d has padding -1",),
        (("y = F.conv_transpose1d(x, w, padding=0)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.max_pool2d(x, 7)\n",
        "F.max_pool2d(x, 7)",
        ("The kernel of F.max_pool2d is 7 × 7, and it would slide over 4 × 4.",),
        (("y = F.max_pool2d(x, 4)",), ("y = F.max_pool2d(x, 7, padding=2)",)),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.max_pool2d(x, 0)\n",
        "F.max_pool2d(x, 0)",
        ("F.max_pool2d has kernel_size 0",),
        (("y = F.max_pool2d(x, 1)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.max_pool2d(x, 2, padding=2)\n",
        "F.max_pool2d(x, 2, padding=2)",
        ("has a padding of 2 and a kernel of 2 × 2.",),
        (("y = F.max_pool2d(x, 2, padding=1)",), ("y = F.max_pool2d(x, 4, padding=2)",)),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.max_pool2d(x, 2, dilation=0)\n",
        "F.max_pool2d(x, 2, dilation=0)",
        ("F.max_pool2d has dilation 0",),
        (("y = F.max_pool2d(x, 2, dilation=1)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.max_pool2d(x, 7, return_indices=True)\n",
        "F.max_pool2d(x, 7, return_indices=True)",
        ("The kernel of F.max_pool2d is 7 × 7",),
        (("y = F.max_pool2d(x, 4, return_indices=True)",), ("y = F.max_pool2d(x, 7, return_indices=True, padding=2)",)),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.avg_pool2d(x, 7)\n",
        "F.avg_pool2d(x, 7)",
        ("The kernel of F.avg_pool2d is 7 × 7",),
        (("y = F.avg_pool2d(x, 4)",), ("y = F.avg_pool2d(x, 7, padding=2)",)),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.avg_pool2d(x, 2, padding=-1)\n",
        "F.avg_pool2d(x, 2, padding=-1)",
        ("F.avg_pool2d has padding -1",),
        (("y = F.avg_pool2d(x, 2, padding=0)",),),
    ),
    Lesson(
        "x = torch.randn(1, 1, 4, 4)\ny = F.avg_pool2d(x, 2, stride=0)\n",
        "F.avg_pool2d(x, 2, stride=0)",
        ("F.avg_pool2d has stride 0",),
        (("y = F.avg_pool2d(x, 2, stride=1)",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 2, 4, 4), torch.randn(3, 3)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("F.conv2d takes a weight of 4 dimensions: out channels, in channels / groups,", "(3, 3): 2 dimensions."),
        (("y = F.conv2d(x, w.expand(1, 2, -1, -1))",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 1, 4, 4), torch.randn(5, 3, 3)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("w has shape (5, 3, 3): 3 dimensions.",),
        (("y = F.conv2d(x, w[:, None])",),),
    ),
    Lesson(
        "x, w = torch.randn(1, 4, 4, 4), torch.randn(4, 2, 3, 3)\ny = F.conv2d(x, w, groups=3)\n",
        "F.conv2d(x, w, groups=3)",
        ("4 output channels, which cannot be divided into 3 groups",),
        (("y = F.conv2d(x, w, groups=2)",),),
    ),
    Lesson(
        "x, w = torch.arange(16).view(1, 1, 4, 4), torch.randn(1, 1, 3, 3)\ny = F.conv2d(x, w)\n",
        "F.conv2d(x, w)",
        ("x has dtype int64 and w has dtype float32; conv2d does not convert dtypes by itself",),
        (("y = F.conv2d(x.float(), w)",),),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program)
def test_it_explains_the_call_as_it_does_the_layer(lesson: Lesson) -> None:
    check(lesson)
