"""Losses that refuse their targets."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x = torch.ones(4, 3)
y = torch.zeros(4)
loss = F.cross_entropy(x, y)
""",
        "F.cross_entropy(x, y)",
        ("A target of shape (4,) holds one class index for each row of x, so it must have dtype int64",),
        (("loss = F.cross_entropy(x, y.long())",),),
    ),
    Lesson(
        """\
criterion = nn.CrossEntropyLoss()
x = torch.ones(4, 3)
y = torch.tensor([1, 2, 3, 3])
loss = criterion(x, y)
""",
        "criterion(x, y)",
        ("x has shape (4, 3): 3 classes, with indices 0 … 2. y goes from 1 to 3.",),
        (("loss = criterion(x, y - 1)",),),
    ),
    Lesson(
        """\
x = torch.ones(4, 3)
y = torch.zeros(4, 1).long()
loss = F.cross_entropy(x, y)
""",
        "F.cross_entropy(x, y)",
        (
            "x has shape (4, 3) and y has shape (4, 1).",
            "Dimension 1 of the input counts the classes, so a target of class indices must have shape",
        ),
        (("loss = F.cross_entropy(x, y.squeeze(1))",),),
    ),
    Lesson(
        """\
x = torch.ones(4, 7, 3)
y = torch.zeros(4, 7).long()
loss = F.cross_entropy(x, y)
""",
        "F.cross_entropy(x, y)",
        (
            "x has shape (4, 7, 3) and y has shape (4, 7).",
            "Dimension 1 of the input counts the classes, so a target of class indices must have shape",
        ),
        (("loss = F.cross_entropy(x.transpose(1, 2), y)",),),
    ),
    Lesson(
        """\
x = torch.ones(4, 3)
loss = nn.NLLLoss()(x, torch.zeros(4))
""",
        "nn.NLLLoss()(x, torch.zeros(4))",
        (
            "A target of shape (4,) holds one class index for each row of x, so it must have dtype int64",
            "The target has dtype float32.",
        ),
        (("loss = nn.NLLLoss()(x, torch.zeros(4).long())",),),
    ),
    Lesson(
        """\
p = torch.rand(4)
F.binary_cross_entropy(p, torch.ones(4).long())
""",
        "F.binary_cross_entropy(p, torch.ones(4).long())",
        ("p has dtype float32 and the target has dtype int64.",),
        (("F.binary_cross_entropy(p, torch.ones(4).long().float())",),),
    ),
    Lesson(
        """\
p = torch.randn(4) * 3
F.binary_cross_entropy(p, torch.ones(4))
""",
        "F.binary_cross_entropy(p, torch.ones(4))",
        ("binary_cross_entropy compares probabilities, numbers from 0 to 1. p goes from -6.536 to",),
        (("F.binary_cross_entropy(p.sigmoid(), torch.ones(4))",),),
    ),
    Lesson(
        """\
p = torch.rand(4, 1)
y = torch.ones(4)
nn.BCEWithLogitsLoss()(p, y)
""",
        "nn.BCEWithLogitsLoss()(p, y)",
        ("p has shape (4, 1) and y has shape (4,).",),
        (
            ("nn.BCEWithLogitsLoss()(p, y.unsqueeze(1))",),
            ("nn.BCEWithLogitsLoss()(p.squeeze(1), y)",),
        ),
    ),
    Lesson(
        """\
p = torch.arange(4)
F.mse_loss(p, p)
""",
        "F.mse_loss(p, p)",
        ("p has dtype int64 and p has dtype int64.",),
        (("F.mse_loss(p.float(), p.float())",),),
    ),
    Lesson(
        "F.mse_loss(torch.rand(4), torch.ones(3))",
        "F.mse_loss(torch.rand(4), torch.ones(3))",
        ("The input has shape (4,) and the target has shape (3,).",),
        (),
    ),
    Lesson(
        "F.one_hot(torch.ones(3))",
        "F.one_hot(torch.ones(3))",
        (
            "one_hot takes class numbers of dtype int64.",
            "The tensor has dtype float32.",
        ),
        (("F.one_hot(torch.ones(3).long())",),),
    ),
    Lesson(
        "F.one_hot(torch.tensor([0, 5]), 3)",
        "F.one_hot(torch.tensor([0, 5]), 3)",
        (
            "num_classes is 3, so class numbers go from 0 to 2.",
            "The tensor goes from 0 to 5.",
        ),
        (("F.one_hot(torch.tensor([0, 5]), 6)",),),
    ),
    Lesson(
        """\
p = torch.rand(4)
F.binary_cross_entropy(p, torch.ones(4) * 2)
""",
        "F.binary_cross_entropy(p, torch.ones(4) * 2)",
        (
            "binary_cross_entropy compares probabilities, numbers from 0 to 1.",
            "The target goes from 2 to 2.",
        ),
        (),
    ),
    Lesson(
        """\
x = torch.ones(4, 3)
y = torch.tensor([0, 1])
F.cross_entropy(x, y)
""",
        "F.cross_entropy(x, y)",
        (
            "x has shape (4, 3) and y has shape (2,).",
            "Dimension 1 of the input counts the classes, so a target of class indices must have shape",
        ),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3)
y = torch.tensor([0, 1, 2, 0])
F.cross_entropy(x, y)
""",
        "F.cross_entropy(x, y)",
        (
            "x has shape (3,) and y has shape (4,).",
            "Dimension 0 of the input counts the classes, so a target of class indices must have shape",
        ),
        (),
    ),
    Lesson(
        """\
out = torch.randn(4)
y = torch.tensor([1, 0, 1, 1])
F.binary_cross_entropy_with_logits(out, y)
""",
        "F.binary_cross_entropy_with_logits(out, y)",
        ("out has dtype float32 and y has dtype int64.",),
        (("F.binary_cross_entropy_with_logits(out, y.float())",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_losses(lesson: Lesson) -> None:
    check(lesson)
