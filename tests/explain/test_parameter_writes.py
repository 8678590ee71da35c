"""Lines that write into a layer's parameters, after the layer got other sizes or lost its bias."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

_CONV = "conv = nn.Conv2d(2, 4, {})\n"
_WRITE = "conv.weight.data[0] = torch.ones(2, 3, 3)\n"

LESSONS = [
    Lesson(
        _CONV.format(9) + _WRITE,
        "conv.weight.data[0] = torch.ones(2, 3, 3)",
        (
            "writes values of shape (2, 3, 3) into conv.weight.data[0].",
            "conv.weight has shape (4, 2, 9, 9) now (out channels, in channels / groups, kernel 9 × 9),",
            "so conv.weight.data[0] has (2, 9, 9). Counted from the right, 3 values meet 9 cells.",
        ),
        ((), ("conv = nn.Conv2d(2, 4, 3)",)),
    ),
    Lesson(
        _CONV.format("3, groups=2") + _WRITE,
        "conv.weight.data[0] = torch.ones(2, 3, 3)",
        ("conv.weight has shape (4, 1, 3, 3) now", "Counted from the right, 2 values meet 1 cell."),
        ((),),
    ),
    Lesson(
        "up = nn.ConvTranspose1d(1, 2, 3)\nup.weight.data[:] = torch.ones(5) / 5\n",
        "up.weight.data[:] = torch.ones(5) / 5",
        ("(in channels, out channels / groups, kernel 3)", "5 values meet 3 cells"),
        ((), ("up = nn.ConvTranspose1d(1, 2, 5)",)),
    ),
    Lesson(
        "net = nn.Sequential(nn.Linear(3, 2))\nwith torch.no_grad():\n    net[0].weight[:] = torch.ones(4, 3)\n",
        "net[0].weight[:] = torch.ones(4, 3)",
        ("net[0].weight has shape (2, 3) now, so net[0].weight[:] has (2, 3).", "4 values meet 2 cells"),
        (("    pass",),),
    ),
    Lesson(
        "lin = nn.Linear(3, 2)\nlin.weight.data.copy_(torch.ones(3, 3))\n",
        "lin.weight.data.copy_(torch.ones(3, 3))",
        ("writes values of shape (3, 3) into lin.weight.data. lin.weight has shape (2, 3) now. Counted",),
        ((),),
    ),
    Lesson(
        "lin = nn.Linear(3, 2)\nlin.bias.data[5] = 1\n",
        "lin.bias.data[5] = 1",
        ("writes to lin.bias.data[5]. lin.bias has shape (2,) now: it has no such place.",),
        ((),),
    ),
    Lesson(
        "conv = nn.Conv2d(2, 4, 3, bias=False)\nconv.bias.data[0] = 1\n",
        "conv.bias.data",
        ("conv.bias is None: conv (Conv2d(2, 4, 3)) was made with bias=False, so it has no bias.",),
        (("conv = nn.Conv2d(2, 4, 3, bias=True)",), ()),
    ),
    Lesson(
        "bn = nn.BatchNorm2d(1, affine=False)\ny = bn.weight * 2\n",
        "bn.weight * 2",
        ("bn.weight is None: bn (BatchNorm2d(1)) was made with affine=False, so it has no weight.",),
        (("bn = nn.BatchNorm2d(1, affine=True)",),),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program.splitlines()[-1][:60])
def test_a_write_into_a_parameter_is_explained(lesson: Lesson) -> None:
    check(lesson)
