"""Poolings with a divisor or a norm of 0, and unpoolings with indices of another pool."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

_POOLED = "x = torch.randn(1, 1, 4, 4)\ny, indices = nn.MaxPool2d({}, return_indices=True)(x)\n"
_NAMED = "pool = nn.MaxPool2d(3, return_indices=True)\ny, indices = pool(torch.arange(16.0).reshape(1, 1, 4, 4))\n"

LESSONS = [
    Lesson(
        "pool = nn.AvgPool2d(2, divisor_override=0)\ny = pool(torch.ones(1, 1, 4, 4))\n",
        "pool(torch.ones(1, 1, 4, 4))",
        ("pool (AvgPool2d(2)) has divisor_override 0: the sum of each window would be divided by 0.",),
        (("pool = nn.AvgPool2d(2, divisor_override=None)",),),
    ),
    Lesson(
        "y = F.avg_pool2d(torch.ones(1, 1, 4, 4), 2, divisor_override=0)\n",
        "F.avg_pool2d(torch.ones(1, 1, 4, 4), 2, divisor_override=0)",
        ("F.avg_pool2d has divisor_override 0",),
        (("y = F.avg_pool2d(torch.ones(1, 1, 4, 4), 2, divisor_override=None)",),),
    ),
    Lesson(
        "pool = nn.LPPool2d(0, 2)\ny = pool(torch.ones(1, 1, 4, 4))\n",
        "pool(torch.ones(1, 1, 4, 4))",
        ("pool (LPPool2d(0, 2)) has norm_type 0", "there is no 1/p"),
        (("pool = nn.LPPool2d(1, 2)",), ("pool = nn.LPPool2d(2, 2)",)),
    ),
    Lesson(
        _NAMED + "unpool = nn.MaxUnpool2d(2)\nback = unpool(y, indices)\n",
        "unpool(y, indices)",
        ("unpool (MaxUnpool2d(2)) makes 2 × 2 of 1 × 1, whose cells are numbered 0 to 3; an index says 10.",),
        (
            (
                "unpool = nn.MaxUnpool2d(3)",
                "back = unpool(y, indices, output_size=torch.arange(16.0).reshape(1, 1, 4, 4).shape)",
            ),
        ),
    ),
    Lesson(
        _POOLED.format(2) + "back = F.max_unpool2d(y[:, :, :1], indices, 2)\n",
        "F.max_unpool2d(y[:, :, :1], indices, 2)",
        ("The input has shape (1, 1, 1, 2). indices has shape (1, 1, 2, 2): both must be equal.",),
        (),
    ),
    Lesson(
        _POOLED.format(2) + "unpool = nn.MaxUnpool2d(2)\nback = unpool(y, indices.float())\n",
        "unpool(y, indices.float())",
        ("gets indices of dtype float32", "dtype int64"),
        (("back = unpool(y, indices.float().long())",),),
    ),
    Lesson(
        _POOLED.format(2) + "unpool = nn.MaxUnpool2d(2)\nback = unpool(y, indices, output_size=(3, 20))\n",
        "unpool(y, indices, output_size=(3, 20))",
        ("is asked for 3 × 20.", "makes this input of 3 to 5 cells in that dimension (1,", "not of 20."),
        (),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program.splitlines()[-1][:60])
def test_a_pooling_is_explained(lesson: Lesson) -> None:
    check(lesson)


def test_the_offered_unpooling_puts_each_maximum_back() -> None:
    offered = _NAMED + (
        "unpool = nn.MaxUnpool2d(3)\n"
        "back = unpool(y, indices, output_size=torch.arange(16.0).reshape(1, 1, 4, 4).shape)\n"
    )
    names: dict[str, object] = {}
    exec("import torch\nfrom torch import nn\n" + offered, names)  # noqa: S102 - a program of this module
    assert names["back"].flatten()[10] == 10.0  # type: ignore[attr-defined]
