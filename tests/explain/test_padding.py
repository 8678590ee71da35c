"""`F.pad` with more than there is to copy, on too few dimensions, or with numbers that are no pairs."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        'x = torch.randn(1, 1, 4, 5)\ny = F.pad(x, (0, 1, 0, 6), mode="reflect")\n',
        'F.pad(x, (0, 1, 0, 6), mode="reflect")',
        ("pad adds 6 after dimension 2, and mode='reflect' mirrors", "size 4 there, so at most 3 can be added."),
        (('y = F.pad(x, (0, 1, 0, 3), mode="reflect")',),),
    ),
    Lesson(
        'p = (9, 9)\nx = torch.randn(1, 1, 5)\ny = F.pad(x, p, mode="circular")\n',
        'F.pad(x, p, mode="circular")',
        ("pad adds 9 before dimension 2, and mode='circular' copies", "at most 5 can be added."),
        (('y = F.pad(x, (5, 5), mode="circular")',),),
    ),
    Lesson(
        'x = torch.randn(5)\ny = F.pad(x, (1, 1), mode="replicate")\n',
        'F.pad(x, (1, 1), mode="replicate")',
        (
            "pads the last 1 dimension of a tensor that has one or two more before them",
            "x has shape (5,): 1 dimension.",
        ),
        (
            ('y = F.pad(x.unsqueeze(0), (1, 1), mode="replicate")',),
            ('y = F.pad(x.unsqueeze(0).unsqueeze(0), (1, 1), mode="replicate")',),
        ),
    ),
    Lesson(
        "x = torch.randn(4, 5)\ny = F.pad(x, (1, 1, 1))\n",
        "F.pad(x, (1, 1, 1))",
        ("It got 3 numbers, and x has shape (4, 5): at most 4.",),
    ),
    Lesson(
        'x = torch.randn(1, 1, 4, 5)\ny = F.pad(x, (1, 1), mode="mirror")\n',
        'F.pad(x, (1, 1), mode="mirror")',
        (
            "pad gets mode='mirror', and there is none of that name.",
            "The modes are constant, reflect, circular and replicate.",
        ),
        (
            ("y = F.pad(x, (1, 1, 0, 0), mode='reflect')",),
            ("y = F.pad(x, (1, 1, 0, 0), mode='circular')",),
            ("y = F.pad(x, (1, 1, 0, 0), mode='replicate')",),
        ),
    ),
    Lesson(
        'p = (1, 1)\nx = torch.randn(1, 5)\ny = F.pad(x, p, "zeros")\n',
        'F.pad(x, p, "zeros")',
        ("pad gets mode='zeros'",),
        (
            ("y = F.pad(x, p, 'constant')",),
            ("y = F.pad(x, p, 'reflect')",),
            ("y = F.pad(x, p, 'circular')",),
        ),
    ),
    Lesson(
        'x = torch.randn(1, 1, 4, 5)\ny = F.pad(x, (1, 1), mode="reflect")\n',
        'F.pad(x, (1, 1), mode="reflect")',
        ("leaves only batch and channels as they are: x has shape (1, 1, 4, 5), so it takes 4 numbers, and got 2.",),
        (('y = F.pad(x, (1, 1, 0, 0), mode="reflect")',),),
    ),
    Lesson(
        "x = torch.randn(4, 5)\ny = F.pad(x, 1)\n",
        "F.pad(x, 1)",
        ("before and after, from the last dimension on, and got 1: it got one number alone.",),
        (("y = F.pad(x, (1, 1))",), ("y = F.pad(x, (1, 1, 1, 1))",)),
    ),
    Lesson(
        "x = torch.randn(4, 5)\ny = F.pad(x, (1.0, 1.0))\n",
        "F.pad(x, (1.0, 1.0))",
        ("the numbers of cells must be whole numbers.",),
        (("y = F.pad(x, (1, 1))",),),
    ),
    Lesson(
        'x = torch.randn(1, 5)\ny = F.pad(x, (1, 1), mode="reflect", value=2)\n',
        'F.pad(x, (1, 1), mode="reflect", value=2)',
        ("pad gets value=2 and mode='reflect', which mirrors the cells beside the edge",),
        (
            ('y = F.pad(x, (1, 1), mode="reflect", value=None)',),
            ("y = F.pad(x, (1, 1), mode='constant', value=2)",),
        ),
    ),
    Lesson(
        "x = torch.randn(4, 5)\ny = F.pad(x, (-3, -3))\n",
        "F.pad(x, (-3, -3))",
        ("pad takes 3 before and 3 after in dimension 1. x has shape (4, 5): size 5 there.",),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program)
def test_it_explains_the_padding(lesson: Lesson) -> None:
    check(lesson)
