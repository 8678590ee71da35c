"""Values that are assigned to a parameter: only an nn.Parameter can take its place."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_KEEPS = "only an nn.Parameter (or None) can take its place"
_NO_GRAD = "with torch.no_grad():"

LESSONS = [
    Lesson(
        "rnn = nn.RNN(2, 3)\nrnn.weight_hh_l0 = torch.eye(3)\noutput, h_n = rnn(torch.ones(5, 1, 2))\n",
        "rnn.weight_hh_l0 = torch.eye(3)",
        ("rnn.weight_hh_l0 is a parameter of rnn (RNN(2, 3)), and", _KEEPS, "This line assigns a tensor."),
        (
            ("rnn.weight_hh_l0 = nn.Parameter(torch.eye(3))",),
            (_NO_GRAD, "    rnn.weight_hh_l0[:] = torch.eye(3)"),
        ),
    ),
    Lesson(
        "lin = torch.nn.Linear(2, 2)\nlin.weight = torch.arange(4).view(2, 2)  # ours\ny = lin(torch.ones(2))\n",
        "lin.weight = torch.arange(4).view(2, 2)",
        (_KEEPS,),
        (
            ("import torch.nn as nn", "lin.weight = nn.Parameter(torch.arange(4).view(2, 2).float())  # ours"),
            (_NO_GRAD, "    lin.weight[:] = torch.arange(4).view(2, 2)  # ours"),
        ),
    ),
    Lesson(
        "conv = nn.Conv2d(1, 2, 3)\nconv.bias = 0.5\ny = conv(conv.weight[:1])\n",
        "conv.bias = 0.5",
        ("This line assigns a float.",),
        (
            ("import torch", "conv.bias = nn.Parameter(torch.full_like(conv.bias, 0.5))"),
            ("import torch", _NO_GRAD, "    conv.bias[:] = 0.5"),
        ),
    ),
    Lesson(
        "net = nn.Sequential(nn.Linear(2, 1))\nnet[0].bias = [1]\ny = net(torch.ones(2))\n",
        "net[0].bias = [1]",
        ("net[0].bias is a parameter of net[0] (Linear(2, 1))", "This line assigns a list."),
        (
            ("net[0].bias = nn.Parameter(torch.tensor([1]).float())",),
            (_NO_GRAD, "    net[0].bias[:] = torch.tensor([1]).float()"),
        ),
    ),
    Lesson(
        "lin = nn.Linear(2, 1)\nlin(torch.ones(2)).sum().backward()\nlin.weight = lin.weight - lin.weight.grad\n",
        "lin.weight = lin.weight - lin.weight.grad",
        (_KEEPS,),
        (
            (_NO_GRAD, "    lin.weight[:] = lin.weight - lin.weight.grad"),
            ("lin.weight = nn.Parameter(lin.weight - lin.weight.grad)",),
        ),
    ),
    Lesson(
        "lin = nn.Linear(2, 1)\nwith torch.no_grad():\n    lin.weight = torch.ones(1, 2)\n",
        "lin.weight = torch.ones(1, 2)",
        (_KEEPS,),
        (("    lin.weight = nn.Parameter(torch.ones(1, 2))",), ("    lin.weight[:] = torch.ones(1, 2)",)),
    ),
    Lesson(
        "lin = nn.Linear(2, 1); lin.weight = torch.ones(1, 2); y = lin(torch.ones(2))\n",
        "lin.weight = torch.ones(1, 2)",
        (_KEEPS,),
        (("lin = nn.Linear(2, 1); lin.weight = nn.Parameter(torch.ones(1, 2)); y = lin(torch.ones(2))",),),
    ),
    Lesson(
        """\
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.s = nn.Parameter(torch.tensor(1.0))
        self.s = torch.tensor(2.0)
scale = Scale()
""",
        "self.s = torch.tensor(2.0)",
        ("self.s is a parameter of self (Scale)",),
        (
            ("        self.s = nn.Parameter(torch.tensor(2.0))",),
            ("        with torch.no_grad():", "            self.s[...] = torch.tensor(2.0)"),
        ),
    ),
    Lesson(
        "lin = nn.Linear(3, 2)\nlin.weight = torch.ones(4, 4)\n",
        "lin.weight = torch.ones(4, 4)",
        ("The parameter has shape (2, 3), the tensor (4, 4).",),
        (("lin.weight = nn.Parameter(torch.ones(4, 4))",),),
    ),
    Lesson(
        "lin = nn.Linear(2, 1)\nsetattr(lin, 'weight', torch.ones(1, 2))\n",
        "setattr(lin, 'weight', torch.ones(1, 2))",
        ("weight is a parameter of the module Linear(2, 1), and", _KEEPS),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.at)
def test_a_value_assigned_to_a_parameter_is_explained(lesson: Lesson) -> None:
    check(lesson)


def test_what_to_try_says_what_becomes_of_the_gradient() -> None:
    plain = stopped("lin = nn.Linear(2, 1)\nlin.weight = torch.ones(1, 2)\n")
    computed = stopped("lin = nn.Linear(2, 1)\nlin.weight = lin.weight * 2\n")
    assert "an optimizer that holds it goes on with it" in plain.hint
    assert "no gradient flows back" not in plain.hint
    assert "no gradient flows back into what the values were computed from" in computed.hint
