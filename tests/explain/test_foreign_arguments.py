"""Numbers in the place of a bias, and names of arguments that other libraries have."""

from __future__ import annotations

import pytest

from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check, ends, written

XW = "x = torch.randn(1, 3, 8, 8)\nw = torch.randn(2, 3, 3, 3)\n"
LESSONS = [
    Lesson(
        XW + "y = F.conv2d(x, w, 2, 1)\n",
        "F.conv2d(x, w, 2, 1)",
        (
            "is the bias, a tensor with one number for each of 2 output channels, and it got 2.",
            "Behind it come stride, padding, dilation and groups.",
        ),
        (("y = F.conv2d(x, w, stride=2, padding=1)",), ("y = F.conv2d(x, w, None, 1)",)),
    ),
    Lesson(
        XW + "y = F.conv2d(x, w, 2, stride=2)\n",
        "F.conv2d(x, w, 2, stride=2)",
        ("it got 2.",),
        (("y = F.conv2d(x, w, None, stride=2)",),),
    ),
    Lesson(
        XW + "y = F.conv2d(x, w, bias=True)\n",
        "F.conv2d(x, w, bias=True)",
        ("it got True.",),
        (("y = F.conv2d(x, w, bias=None)",),),
    ),
    Lesson(
        XW + "y = F.conv2d(x, 3)\n",
        "F.conv2d(x, 3)",
        ("The second argument of F.conv2d is the kernel itself, a tensor of its numbers, and it got 3.",),
    ),
    Lesson(
        XW + "y = F.conv2d(x, w, kernel_size=3)\n",
        "F.conv2d(x, w, kernel_size=3)",
        ("the kernel is the weight, its second argument", "Here it has shape (2, 3, 3, 3)."),
        (("y = F.conv2d(x, w)",),),
    ),
    Lesson(
        XW + 'y = F.conv2d(x, w, padding="sam")\n',
        'F.conv2d(x, w, padding="sam")',
        ("F.conv2d gets padding='sam'; the words for it are 'same' and 'valid'.",),
        (("y = F.conv2d(x, w, padding='same')",), ("y = F.conv2d(x, w, padding='valid')",)),
    ),
    Lesson(
        'conv = nn.Conv2d(3, 16, 3, activation="relu")\n',
        'nn.Conv2d(3, 16, 3, activation="relu")',
        ("nn.Conv2d has no argument called activation.",),
        (("conv = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU())",), ("conv = nn.Conv2d(3, 16, 3)",)),
    ),
    Lesson(
        'net = nn.Sequential(nn.Conv2d(3, 16, 3, activation="relu"), nn.Flatten())\n',
        'nn.Conv2d(3, 16, 3, activation="relu")',
        ("nn.Conv2d has no argument called activation.",),
        (
            ("net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.ReLU(), nn.Flatten())",),
            ("net = nn.Sequential(nn.Conv2d(3, 16, 3), nn.Flatten())",),
        ),
    ),
    Lesson(
        "conv = nn.Conv2d(input_channels=3, filters=16, kernel_size=3)\n",
        "nn.Conv2d(input_channels=3, filters=16, kernel_size=3)",
        ("nn.Conv2d has no argument called input_channels.",),
        (("conv = nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3)",),),
    ),
]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.program)
def test_it_says_what_belongs_there(lesson: Lesson) -> None:
    check(lesson)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("nn.Conv2d(3, 16, kernel=3)", "nn.Conv2d(3, 16, kernel_size=3)"),
        ("nn.Conv2d(3, 16, 3, strides=2)", "nn.Conv2d(3, 16, 3, stride=2)"),
        ("nn.Conv2d(3, filters=16, kernel_size=3)", "nn.Conv2d(3, out_channels=16, kernel_size=3)"),
        ("nn.Conv2d(3, 16, 3, dilation_rate=2)", "nn.Conv2d(3, 16, 3, dilation=2)"),
        ("nn.Conv2d(3, 16, 3, use_bias=False)", "nn.Conv2d(3, 16, 3, bias=False)"),
        ('nn.Conv2d(3, 16, 3, border_mode="same")', 'nn.Conv2d(3, 16, 3, padding="same")'),
        ('nn.Conv2d(3, 16, 3, paddingmode="reflect")', 'nn.Conv2d(3, 16, 3, padding_mode="reflect")'),
        ("nn.MaxPool2d(pool_size=2)", "nn.MaxPool2d(kernel_size=2)"),
        ("nn.AdaptiveAvgPool2d(size=2)", "nn.AdaptiveAvgPool2d(output_size=2)"),
        ("nn.Linear(3, units=4)", "nn.Linear(3, out_features=4)"),
        ("nn.Dropout(rate=0.5)", "nn.Dropout(p=0.5)"),
        ("nn.Flatten(axis=1)", "nn.Flatten(start_dim=1)"),
        ("F.max_pool2d(torch.ones(1, 8, 8), pool_size=2)", "F.max_pool2d(torch.ones(1, 8, 8), kernel_size=2)"),
        ("F.avg_pool2d(torch.ones(1, 8, 8), 2, strides=2)", "F.avg_pool2d(torch.ones(1, 8, 8), 2, stride=2)"),
    ],
)
def test_names_of_other_libraries_are_understood(given: str, meant: str) -> None:
    program = f"y = {given}\n"
    error = stopped(program)
    assert written(program, error)[0] == (f"y = {meant}",)
    assert error.hint.startswith("Did you mean")
    ends(error.fixes[0].source)


@pytest.mark.parametrize("program", ["y = conv2d(1, b=2, c=3)\n", "y = conv2d(1, 2, 3)\n"])
def test_a_function_of_the_programs_own_is_none_of_torchs(program: str) -> None:
    error = stopped("def conv2d(a, b):\n    return a + b\n" + program)
    assert "weight" not in error.message
    assert "kernel" not in error.message


def test_a_number_in_quotation_marks_is_no_number() -> None:
    error = stopped('x = torch.ones(1, 1, 4, 4)\ny = F.interpolate(x, mode="bilinear", scale_factor="2")\n')
    assert "F.interpolate gets scale_factor='2': a text" in error.message
    assert [fix.label for fix in error.fixes] == ["scale_factor=2"]
