"""Several layers made alike: which of them a button changes."""

from __future__ import annotations

import ast

import pytest

from explorer.program.explain.places import place_of, told_apart
from explorer.program.explain.source import SourceText
from tests.explain.failing import stopped
from tests.explain.lessons import written

_X = "x = torch.randn(1, 3, 8, 8)\n"
_NET = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {}
    def forward(self, x):
        {}
net = Net()
y = net(torch.randn(1, 3, 8, 8))
"""
# the program, and what each button says and writes
CASES = [
    (
        "net = nn.Sequential(nn.MaxPool2d(4), nn.MaxPool2d(4))\n" + _X + "y = net(x)\n",
        {
            "kernel_size=2": "net = nn.Sequential(nn.MaxPool2d(4), nn.MaxPool2d(2))",
            "padding=1": "net = nn.Sequential(nn.MaxPool2d(4), nn.MaxPool2d(4, padding=1))",
        },
    ),
    (
        _NET.format(
            "self.net = nn.Sequential(nn.MaxPool2d(4), nn.ReLU(), nn.MaxPool2d(4))", "return self.net(x)"
        ),
        {
            "kernel_size=2": "        self.net = nn.Sequential(nn.MaxPool2d(4), nn.ReLU(), nn.MaxPool2d(2))",
            "padding=1": "        self.net = nn.Sequential(nn.MaxPool2d(4), nn.ReLU(), nn.MaxPool2d(4, padding=1))",
        },
    ),
    (
        _NET.format(
            "self.layers = nn.ModuleList([nn.MaxPool2d(4), nn.MaxPool2d(4)])",
            "return self.layers[1](self.layers[0](x))",
        ),
        {
            "kernel_size=2 of layers.0": "        self.layers = nn.ModuleList([nn.MaxPool2d(2), nn.MaxPool2d(4)])",
            "kernel_size=2 of layers.1": "        self.layers = nn.ModuleList([nn.MaxPool2d(4), nn.MaxPool2d(2)])",
        },
    ),
    (
        "pools = [nn.MaxPool2d(4), nn.MaxPool2d(4)]\nnet = nn.Sequential(*pools)\n" + _X + "y = net(x)\n",
        {
            "kernel_size=2 in line 1, column 10": "pools = [nn.MaxPool2d(2), nn.MaxPool2d(4)]",
            "kernel_size=2 in line 1, column 27": "pools = [nn.MaxPool2d(4), nn.MaxPool2d(2)]",
        },
    ),
    (
        "one = nn.MaxPool2d(2, return_indices=True)\nother = nn.MaxPool2d(2, return_indices=True)\n"
        + _X
        + "y = other(one(x))\n",
        {
            "one(x)[0]": "y = other(one(x)[0])",
            "return_indices=False of one": "one = nn.MaxPool2d(2, return_indices=False)",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("program", "buttons"), CASES)
def test_buttons_say_which_layer_they_change(program: str, buttons: dict[str, str]) -> None:
    error = stopped(program)
    assert [fix.label for fix in error.fixes] == list(buttons)
    assert [line for lines in written(program, error) for line in lines] == list(buttons.values())


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("conv = nn.Conv2d(1, 1, 3)", "conv"),
        ("self.conv = nn.Conv2d(1, 1, 3)", "conv"),
        ("net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Conv2d(1, 1, 3)))", "net.1.0"),
        ("self.layers = nn.ModuleList([nn.ReLU(), nn.Conv2d(1, 1, 3)])", "layers.1"),
        ("y = nn.Conv2d(1, 1, 3)(x)", ""),
        ("layers = [nn.Conv2d(1, 1, 3)]", ""),
        ("a, b = nn.Conv2d(1, 1, 3), 2", ""),
        ("net = nn.Sequential(*[nn.Conv2d(1, 1, 3)])", ""),
    ],
)
def test_a_layer_is_named_as_its_path_is(source: str, place: str) -> None:
    text = SourceText(source)
    assert place_of(text, _convolutions(text)[0]) == place


def test_two_of_one_name_are_told_apart_by_their_lines() -> None:
    text = SourceText("conv = nn.Conv2d(1, 1, 3)\nconv = nn.Conv2d(1, 1, 3)\n")
    assert told_apart(text, _convolutions(text)) == [" in line 1", " in line 2"]


def _convolutions(text: SourceText) -> list[ast.Call]:
    calls = [node for node in ast.walk(text.tree) if isinstance(node, ast.Call)]
    return [call for call in calls if text.text(call.func) == "nn.Conv2d"]
