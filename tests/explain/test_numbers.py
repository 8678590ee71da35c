"""Floats where whole numbers are wanted."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x = torch.arange(6)
n = 6 / 2
x.view(n, 2)
""",
        "x.view(n, 2)",
        ("6 / 2 is a float, also where it comes out even (6 / 2 = 3.0); sizes, indices and counts",),
        (("n = 6 // 2",),),
    ),
    Lesson(
        """\
n = len([1, 2, 3, 4]) / 2
for i in range(n):
    print(i)
""",
        "range(n)",
        ("len([1, 2, 3, 4]) / 2 is a float, also where it comes out even (6 / 2 is 3.0); sizes,",),
        (("n = len([1, 2, 3, 4]) // 2",),),
    ),
    Lesson(
        """\
x = torch.arange(5)
i = torch.tensor([1, 2]) / 1
x[i]
""",
        "x[i]",
        ("i has dtype float32, and indices must be whole numbers (or a mask of booleans).",),
        (("x[i.long()]",),),
    ),
    Lesson(
        """\
a = [1, 2, 3]
a[len(a) / 2]
""",
        "a[len(a) / 2]",
        ("len(a) / 2 is a float, also where it comes out even (6 / 2 is 3.0); sizes, indices and",),
        (("a[len(a) // 2]",),),
    ),
    Lesson(
        "torch.zeros(6 / 2, 2)",
        "torch.zeros(6 / 2, 2)",
        ("6 / 2 is a float, also where it comes out even (6 / 2 = 3.0); sizes, indices and counts",),
        (("torch.zeros(6 // 2, 2)",),),
    ),
    Lesson(
        "nn.Linear(10 / 2, 3)",
        "nn.Linear(10 / 2, 3)",
        ("10 / 2 is a float, also where it comes out even (10 / 2 = 5.0); sizes, indices and counts",),
        (("nn.Linear(10 // 2, 3)",),),
    ),
    Lesson(
        "torch.zeros(2.5)",
        "torch.zeros(2.5)",
        ("2.5 is a float; sizes, indices and counts must be whole numbers.",),
        (("torch.zeros(int(2.5))",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_numbers(lesson: Lesson) -> None:
    check(lesson)
