"""Dtypes that an operation refuses."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        "x, w = torch.ones(2, 3).double(), torch.ones(4, 3)\ny = F.linear(x, w)\n",
        "F.linear(x, w)",
        ("x has dtype float64 and w has dtype float32; linear does not convert dtypes by itself",),
        (("y = F.linear(x, w.double())",), ("y = F.linear(x.float(), w)",)),
    ),
    Lesson(
        "x = torch.ones(3) & torch.ones(3)",
        "torch.ones(3) & torch.ones(3)",
        ("& combines booleans or whole numbers, bit by bit; this tensor has dtype float32.",),
        (("x = torch.ones(3).bool() & torch.ones(3).bool()",),),
    ),
    Lesson(
        """\
x = torch.tensor([1, 2, 3])
x /= 2
""",
        "x /= 2",
        ("x has dtype int64, and an in-place operation keeps it; the result is float, which does not",),
        (("x = x / 2",),),
    ),
    Lesson(
        """\
x = torch.arange(4)
x.mul_(0.5)
""",
        "x.mul_(0.5)",
        ("x has dtype int64, and an in-place operation keeps it; the result is float, which does not",),
        (("x = x.mul(0.5)",),),
    ),
    Lesson(
        "torch.ones(3).gather(0, torch.tensor([0.0]))",
        "torch.ones(3).gather(0, torch.tensor([0.0]))",
        (
            "gather takes an index of dtype int64.",
            "The tensor has dtype float32.",
        ),
        (("torch.ones(3).gather(0, torch.tensor([0.0]).long())",),),
    ),
    Lesson(
        """\
x = torch.arange(4.0)
torch.where(x, 1, 0)
""",
        "torch.where(x, 1, 0)",
        ("where takes a condition of dtype bool. x has dtype float32.",),
        (("torch.where(x.bool(), 1, 0)",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
x.masked_fill(x, 0)
""",
        "x.masked_fill(x, 0)",
        ("masked_fill takes a mask of dtype bool. x has dtype float32.",),
        (("x.masked_fill(x.bool(), 0)",),),
    ),
    Lesson(
        """\
x = torch.tensor([1, 2, 3])
x.add_(0.5)
""",
        "x.add_(0.5)",
        ("x has dtype int64, and an in-place operation keeps it; the result is float, which does not",),
        (("x = x.add(0.5)",),),
    ),
    Lesson(
        """\
x = torch.arange(3.0)
~x
""",
        "~x",
        ("~ combines booleans or whole numbers, bit by bit; this tensor has dtype float32.",),
        (("~x.bool()",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
x.index_select(0, torch.tensor([0.0]))
""",
        "x.index_select(0, torch.tensor([0.0]))",
        (
            "index_select takes an index of dtype int64.",
            "The tensor has dtype float32.",
        ),
        (("x.index_select(0, torch.tensor([0.0]).long())",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_dtypes(lesson: Lesson) -> None:
    check(lesson)
