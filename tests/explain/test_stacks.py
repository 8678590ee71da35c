"""What a layer hands on that the next one cannot take: pairs, dimensions joined otherwise; and dropouts of no share."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_X = "x = torch.randn(2, 1, 6, 6)\n"
LESSONS = [
    Lesson(
        _X
        + "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, return_indices=True), nn.Flatten())\ny = net(x)\n",
        "net(x)",
        (
            (
                "net.1 (MaxPool2d(2)) has return_indices=True: it returns two tensors as a tuple, the maxima and where "
                "they were, both of shape (2, 2, 2, 2). net.2 (Flatten) got both, and takes one tensor."
            ),
        ),
        (("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, return_indices=False), nn.Flatten())",),),
    ),
    Lesson(
        _X + "net = nn.Sequential(nn.Sequential(nn.AdaptiveMaxPool2d(2, True)), nn.Conv2d(1, 3, 2))\ny = net(x)\n",
        "net(x)",
        ("net.0.0 (AdaptiveMaxPool2d(2)) has return_indices=True", "net.1 (Conv2d(1, 3, 2)) got both"),
        (("net = nn.Sequential(nn.Sequential(nn.AdaptiveMaxPool2d(2, False)), nn.Conv2d(1, 3, 2))",),),
    ),
    Lesson(
        _X + "pool = nn.MaxPool2d(2, return_indices=True)\ny = pool(x)\nz = y.relu()\n",
        "y.relu",
        ("pool (MaxPool2d(2)) has return_indices=True", "both of shape (2, 1, 3, 3). Here one tensor is wanted."),
        (("z = y[0].relu()",), ("pool = nn.MaxPool2d(2, return_indices=False)",)),
    ),
    Lesson(
        _X + "y = F.max_pool2d(x, 2, return_indices=True)\nz = F.relu(y)\n",
        "F.relu(y)",
        ("F.max_pool2d has return_indices=True: it returns two tensors as a tuple",),
        (("z = F.relu(y[0])",),),
    ),
    Lesson(
        _X + "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(end_dim=0), nn.Linear(32, 10))\ny = net(x)\n",
        "net(x)",
        (
            (
                "net.1 (Flatten) joins the dimensions from start_dim 1 to end_dim 0 into one (a Flatten that is told "
                "no start_dim begins at 1, behind the batch), and 1 stands behind 0. The input has shape (2, 2, 4, 4): "
                "dimensions 0 to 3."
            ),
        ),
        (("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(end_dim=-1), nn.Linear(32, 10))",),),
    ),
    Lesson(
        _X + "y = x.flatten(3, 1)\n",
        "x.flatten(3, 1)",
        ("flatten joins the dimensions from start_dim 3 to end_dim 1", "x has shape (2, 1, 6, 6)"),
        (("y = x.flatten(1, 3)",),),
    ),
    Lesson(
        _X + "y = torch.flatten(x, start_dim=2, end_dim=1)\n",
        "torch.flatten(x, start_dim=2, end_dim=1)",
        ("from start_dim 2 to end_dim 1 into one, and 2 stands behind 1. x has shape",),
        (("y = torch.flatten(x, start_dim=1, end_dim=2)",),),
    ),
    Lesson(
        _X + "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(0), nn.Linear(32, 10))\ny = net(x)\n",
        "net(x)",
        (
            "net.2 (Linear(32, 10)) expects 32 features",
            "net.1 (Flatten) before it joins dimensions 0 to -1, the batch too; nn.Flatten() joins all behind",
        ),
        (
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(1), nn.Linear(32, 10))",),
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(0), nn.Linear(64, 10))",),
        ),
    ),
    Lesson(
        _X + "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(1, 2), nn.Linear(32, 10))\ny = net(x)\n",
        "net(x)",
        ("net.1 (Flatten) before it joins dimensions 1 to 2;",),
        (
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(1, -1), nn.Linear(32, 10))",),
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(1, 2), nn.Flatten(), nn.Linear(32, 10))",),
        ),
    ),
    Lesson(
        _X + "pool = nn.MaxPool2d(2)\ny, indices = pool(x[:1])\n",
        "y, indices",
        ("pool (MaxPool2d(2)) returns one tensor, the maxima, and two names stand on the left.",),
        (("pool = nn.MaxPool2d(2, return_indices=True)",),),
    ),
    Lesson(
        "drop = nn.Dropout(p=2)\n",
        "nn.Dropout(p=2)",
        ("Dropout gets p=2. p is the share of the cells that are set to 0, a number from 0 to 1, and 2 lies outside.",),
        (("drop = nn.Dropout(p=0.5)",),),
    ),
    Lesson(
        "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout2d(20))\n",
        "nn.Dropout2d(20)",
        ("Dropout2d gets p=20.", "20 % is 0.2."),
        (
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout2d(0.2))",),
            ("net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout2d(0.5))",),
        ),
    ),
    Lesson(
        'drop = nn.Dropout("0.3")\n',
        'nn.Dropout("0.3")',
        ("Dropout gets p='0.3'.", "'0.3' is no number."),
        (("drop = nn.Dropout(0.3)",), ("drop = nn.Dropout(0.5)",)),
    ),
    Lesson(
        "x = torch.ones(4)\ny = F.dropout(x, p=-0.25)\n",
        "F.dropout(x, p=-0.25)",
        ("F.dropout gets p=-0.25.", "-0.25 lies outside."),
        (("y = F.dropout(x, p=0.25)",), ("y = F.dropout(x, p=0.5)",)),
    ),
    Lesson(
        "x = torch.ones(4)\ny = torch.dropout(x, 1.5, True)\n",
        "torch.dropout(x, 1.5, True)",
        ("torch.dropout gets p=1.5.",),
        (("y = torch.dropout(x, 0.5, True)",),),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.program for lesson in LESSONS])
def test_what_is_handed_on_is_explained(lesson: Lesson) -> None:
    check(lesson)


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.program for lesson in LESSONS])
def test_on_meta_the_same_is_said(lesson: Lesson) -> None:
    error = stopped(lesson.program, "meta")
    for phrase in lesson.says:
        assert phrase in error.message


def test_a_stack_of_another_kind_keeps_its_explanation() -> None:
    error = stopped(_X + "net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(30, 10))\ny = net(x)\n")
    assert "before it" not in error.message
