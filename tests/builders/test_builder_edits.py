"""Edits of programs through chips: what becomes of the text."""

from __future__ import annotations

import pytest

from explorer.program.builders import chain
from explorer.program.builders.parameters import ArgumentProblem
from tests.builder_programs import PROGRAM, lines, texts

MULTILINE = """import torch

# the numbers
x = (torch.arange(24)   # all (24) of them
     .view(4, 6)  # rows
     .t())  # columns

y = x[0]; z = y.unsqueeze(0)  # two
"""


def test_edits_keep_comments_and_layout() -> None:
    assert texts(MULTILINE) == ["x = torch.arange(24)", ".view(4, 6)", ".t()", "[0]", ".unsqueeze(0)"]
    assert chain.set_fields(MULTILINE, 1, "view", {"shape": "3,8"}) == MULTILINE.replace("4, 6", "3, 8")
    assert chain.set_fields(MULTILINE, 0, "arange", {"start": "1", "end": "25"}) == MULTILINE.replace(
        "arange(24)", "arange(1, 25)"
    )
    assert chain.set_fields(MULTILINE, 3, "index", {"index": "1"}) == MULTILINE.replace("x[0]", "x[1]")
    moved = chain.move(MULTILINE, 2, 1)
    assert moved == MULTILINE.replace(".view(4, 6)", "§").replace(".t()", ".view(4, 6)").replace("§", ".t()")
    assert "# rows" in chain.remove(MULTILINE, 2)
    assert texts(chain.remove(MULTILINE, 1)) == ["x = torch.arange(24)", ".t()", "[0]", ".unsqueeze(0)"]
    assert chain.remove(MULTILINE, 3) == MULTILINE.replace("y = x[0]; z = y", "z = x")
    assert chain.remove(MULTILINE, 4) == MULTILINE.replace("; z = y.unsqueeze(0)", "")
    added, index = chain.add(MULTILINE, "flip", 3, (4,))
    assert added == MULTILINE.replace("; z = y", "; a = y.flip(0); z = a")
    assert chain.chips(added)[index].text == ".flip(0)"


@pytest.mark.parametrize(
    ("statement", "index", "name", "fields", "result"),
    [
        ("y = torch.reshape(x, (3, 8))", 0, "reshape", {"shape": "4, 6"}, "y = torch.reshape(x, (4, 6))"),
        ("y = x.view(n, -1)", 0, "reshape", {"shape": "4, 6"}, "y = x.reshape(4, 6)"),
        ("y = x.narrow(0, n, 1)", 0, "narrow", {"length": "2"}, "y = x.narrow(0, n, 2)"),
        ("y = x.t()", 0, "T", {}, "y = x.T"),
        ("y = x.T.flip(0)", 0, "index", {"index": "..."}, "y = x[...].flip(0)"),
        ("y = x.t()", 0, "stack", {}, "y = torch.stack([x, x], dim=0)"),
        ("y = torch.stack([a, b])", 0, "cat", {"tensors": "b, a", "dim": "1"}, "y = torch.cat([b, a], dim=1)"),
        ("y = (a + b).t().flip(0)", 1, "T", {}, "y = (a + b).T.flip(0)"),
        ("y = x.flip(0, )", 0, "flip", {"dims": "0, 1"}, "y = x.flip(0, 1)"),
        ("y = torch.arange(4)", 0, "zeros", {"shape": "2, 2"}, "y = torch.zeros(2, 2)"),
        ("y = torch.arange(4).view(2, 2)", 0, "ones", {"shape": "4"}, "y = torch.ones(4).view(2, 2)"),
        ("y = torch.zeros(4)", 0, "zeros", {"dtype": "int64"}, "y = torch.zeros(4, dtype=torch.int64)"),
        ("y = torch.zeros(4)", 0, "rand", {"shape": "4", "seed": "1"}, "torch.manual_seed(1)\ny = torch.rand(4)"),
        ("torch.manual_seed(1)\ny = torch.rand(4)", 0, "zeros", {"shape": "4"}, "y = torch.zeros(4)"),
        (
            "torch.manual_seed(1)\ny = torch.rand(4)",
            0,
            "rand",
            {"seed": "2"},
            "torch.manual_seed(2)\ny = torch.rand(4)",
        ),
        ("torch.manual_seed(1)\ny = torch.rand(4)", 0, "rand", {"seed": ""}, "y = torch.rand(4)"),
        ("torch.manual_seed(1); y = torch.rand(4)", 0, "rand", {"seed": ""}, "y = torch.rand(4)"),
        ("y = torch.rand(4)", 0, "rand", {"seed": "3"}, "torch.manual_seed(3)\ny = torch.rand(4)"),
        ("a = 1; y = torch.rand(4)", 1, "rand", {"seed": "3"}, "a = 1; torch.manual_seed(3); y = torch.rand(4)"),
    ],
)
def test_set_fields(statement: str, index: int, name: str, fields: dict[str, str], result: str) -> None:
    assert chain.set_fields(lines(statement), index, name, fields) == lines(result)


def test_seeds_show_on_their_creation() -> None:
    chips = chain.chips(lines("torch.manual_seed(7)", "x = torch.rand(3)", "y = torch.rand(3)"))
    assert [chip.fields["seed"] for chip in chips] == ["7", ""]


def test_numpy_is_imported_when_it_is_needed() -> None:
    source = "# top\nimport torch\n\nx = torch.arange(24)\n"
    changed = chain.set_fields(source, 0, "from_numpy", {"ndarray": "np.eye(2)"})
    assert changed == "# top\nimport torch\nimport numpy as np\n\nx = torch.from_numpy(np.eye(2))\n"
    assert chain.set_fields(changed, 0, "from_numpy", {"ndarray": "np.eye(3)"}).count("import numpy") == 1
    assert chain.set_fields("x = torch.zeros(2)", 0, "ones", {"shape": "3"}) == "import torch\nx = torch.ones(3)"


def test_a_wrong_field_changes_nothing() -> None:
    with pytest.raises(ArgumentProblem, match="'x' is not a whole number") as caught:
        chain.set_fields(PROGRAM, 1, "view", {"shape": "4, x"})
    assert caught.value.field == "shape"


@pytest.mark.parametrize(
    ("source", "index", "name"),
    [
        (PROGRAM, 9, "view"),
        (PROGRAM, -1, "view"),
        (PROGRAM, 0, "view"),
        (PROGRAM, 1, "zeros"),
        (PROGRAM, 1, "no operation"),
        (PROGRAM, 1, "assign"),
        ("x += 1", 0, "view"),
        ("y = 2 * x", 0, "view"),
        ("y = torch.zeros(3).t().flip(0)", 2, "stack"),
    ],
)
def test_chips_that_cannot_become_that(source: str, index: int, name: str) -> None:
    with pytest.raises(chain.EditProblem):
        chain.set_fields(source, index, name, {"shape": "1"})


@pytest.mark.parametrize(
    ("statements", "index", "left"),
    [
        (("x = torch.zeros(2, 3)", "a = x.t()", "b = a.flip(0)", "c = a + b"), 1,
         ("x = torch.zeros(2, 3)", "b = x.flip(0)", "c = x + b")),
        (("x = torch.zeros(2)", "x = x.view(2)", "b = x.t()"), 1, ("x = torch.zeros(2)", "b = x.t()")),
        (("x = torch.zeros(2)", "a = x.t()", "b = a.t()", "a = a + b", "print(a)"), 1,
         ("x = torch.zeros(2)", "b = x.t()", "a = x + b", "print(a)")),
        (("x = torch.zeros(2)", "a = x.t()", "a += 1", "print(f'{a}', a)"), 1,
         ("x = torch.zeros(2)", "x += 1", "print(f'{x}', x)")),
        (("x = torch.zeros(2)", "x.t()", "# end"), 1, ("x = torch.zeros(2)", "# end")),
        (("x = torch.zeros(2).t().flip(0)",), 1, ("x = torch.zeros(2).flip(0)",)),
        (("x = (a + b).t().flip(0)",), 1, ("x = (a + b).flip(0)",)),
        (("x = torch.zeros(2).float().t()",), 1, ("x = torch.zeros(2).t()",)),
        (("s = torch.stack([a, b], dim=0)", "print(s)"), 0, ("print(a)",)),
        (("s = torch.stack([torch.zeros(2), b]).t()",), 0, ("s = torch.zeros(2).t()",)),
        (("y = torch.reshape(x, (3, 8)).t()",), 0, ("y = x.t()",)),
        (("torch.manual_seed(0)", "x = torch.rand(3)", "print(1)"), 0, ("print(1)",)),
        (("x = torch.zeros(2)", "print(x)"), 1, ("x = torch.zeros(2)",)),
        (("@decorated", "def f():", "    pass", "print(1)"), 0, ("print(1)",)),
    ],
)  # fmt: skip
def test_remove(statements: tuple[str, ...], index: int, left: tuple[str, ...]) -> None:
    assert chain.remove(lines(*statements), index) == lines(*left)


@pytest.mark.parametrize(
    ("statements", "index", "phrase"),
    [
        (("x = torch.zeros(2)", "a = x.t()"), 0, "x is still used on line 3"),
        (("x = torch.zeros(2)", "a = x + x", "b = x"), 0, "lines 3, 4"),
        (("x = torch.zeros(2).t()",), 0, ".t() on line 2 is made from this"),
        (("y = (2 * b).t()",), 0, "is made from this"),
        (("values, indices = x.sort(0)", "y = x[indices]"), 0, "indices is still used on line 3"),
        (("def f(): pass", "f()"), 0, "f is still used on line 3"),
        (("a = x.t()", "x = x + 1", "print(a)"), 0, "a is still used on line 4, after x has been given another value"),
        (("a = x.t()", "for a in a:", "    print(a)"), 0, "within line 3"),
        (("a = x.t()", "def f(a):", "    return a"), 0, "within line 3"),
        (("a = x.t()", "y = [a for a in a]"), 0, "within line 3"),
    ],
)
def test_what_cannot_be_removed(statements: tuple[str, ...], index: int, phrase: str) -> None:
    with pytest.raises(chain.EditProblem) as caught:
        chain.remove(lines(*statements), index)
    assert phrase in caught.value.message


@pytest.mark.parametrize(
    ("statements", "index", "to", "result"),
    [
        (("a = x.view(4, 6)", "b = a.t()"), 1, 0, ("a = x.t()", "b = a.view(4, 6)")),
        (("a = x.view(4, 6)", "b = a.t()", "c = b[0]"), 0, 2, ("a = x.t()", "b = a[0]", "c = b.view(4, 6)")),
        (("a = x.view(4, 6)", "b = a.t()", "c = b[0]"), 2, 0, ("a = x[0]", "b = a.view(4, 6)", "c = b.t()")),
        (("a = x.t()", "y = 2 * a", "b = y.T"), 0, 2, ("a = x.T", "y = 2 * a", "b = y.t()")),
        (("a = x.t()", "y = a * 2", "b = y.T"), 0, 2, ("a = x * 2", "y = a.T", "b = y.t()")),
        (("y = x.t() + 1",), 0, 1, ("y = (x + 1).t()",)),
        (("y = x * 2 + 1",), 0, 1, ("y = (x + 1) * 2",)),
        (("a = x.t()", "a += 1", "b = a.T"), 0, 2, ("a = x.T", "a += 1", "b = a.t()")),
        (("a = torch.reshape(x, (2, 3))", "b = a.t()"), 1, 0, ("a = x.t()", "b = torch.reshape(a, (2, 3))")),
        (("a = x.t()", "s = torch.stack([a, a], dim=1)"), 1, 0, ("a = torch.stack([x, x], dim=1)", "s = a.t()")),
        (("y = x.t()", "s = torch.stack([y, x])"), 0, 1, ("y = torch.stack([x, x], dim=0)", "s = y.t()")),
        (("a = x.t()", "b = a.T"), 0, 0, ("a = x.t()", "b = a.T")),
        (("y = (a + b).t().flip(0)",), 1, 2, ("y = (a + b).flip(0).t()",)),
    ],
)
def test_move(statements: tuple[str, ...], index: int, to: int, result: tuple[str, ...]) -> None:
    assert chain.move(lines(*statements), index, to) == lines(*result)


@pytest.mark.parametrize(
    ("statements", "index", "to", "phrase"),
    [
        (("x = torch.zeros(2)", "a = x.t()"), 0, 1, "only operations can be moved"),
        (("x = torch.zeros(2)", "a = x.t()"), 1, 0, "only operations can be moved"),
        (("a = x.t()",), 0, 5, "no chip number 6"),
        (("a = x.t()", "b = torch.zeros(3)", "s = torch.cat([a, b])"), 2, 0, "needs b, which is made later"),
        (("a = x.t()", "m = a > 0", "s = a[m]"), 2, 0, "needs m, which is made later"),
        (("x = torch.zeros(2).t()", "s = torch.cat([x, x])"), 2, 1, "name of its own first"),
    ],
)
def test_what_cannot_be_moved(statements: tuple[str, ...], index: int, to: int, phrase: str) -> None:
    with pytest.raises(chain.EditProblem) as caught:
        chain.move(lines(*statements), index, to)
    assert phrase in caught.value.message


@pytest.mark.parametrize(
    ("source", "operation", "after", "shape", "result", "index"),
    [
        (PROGRAM, "permute", None, (3, 8), PROGRAM + "d = c.permute(1, 0)\n", 4),
        (PROGRAM.rstrip(), "t", None, (3, 8), PROGRAM + "d = c.t()\n", 4),
        (PROGRAM, "flip", 1, (4, 6), PROGRAM.replace("b = a.t()", "d = a.flip(0)\nb = d.t()"), 2),
        (PROGRAM, "stack", 0, (24,), PROGRAM.replace("a = x", "d = torch.stack([x, x], dim=0)\na = d"), 1),
        (PROGRAM, "zeros", None, (2,), PROGRAM + "d = torch.zeros(2)\n", 4),
        ("", "arange", None, (6,), "import torch\na = torch.arange(6)\n", 0),
        ("# empty", "eye", None, (2, 2), "import torch\n# empty\na = torch.eye(2)\n", 0),
        (lines("x = y = torch.zeros(2)"), "t", None, (2,), lines("x = y = torch.zeros(2)", "a = y.t()"), 1),
        (lines("x = torch.zeros(2)", "x.t()"), "t", None, (2,),
         lines("x = torch.zeros(2)", "a = x.t()", "b = a.t()"), 2),
        (lines("x = torch.zeros(2)", "print(x)"), "t", 1, (2,),
         lines("x = torch.zeros(2)", "print(x)", "a = x.t()"), 2),
        (lines("x = torch.zeros(2)  # two", "s = torch.cat([x, x])"), "t", 0, (2,),
         lines("x = torch.zeros(2)  # two", "a = x.t()", "s = torch.cat([a, a])"), 1),
        (lines("x = torch.ones(2)", "y = x.sum()"), "backward", None, (),
         lines("x = torch.ones(2)", "y = x.sum()", "y.backward()"), 2),
        (lines("x = torch.ones(2)", "y = x * 2"), "backward", None, (2,),
         lines("x = torch.ones(2)", "y = x * 2", "y.backward(torch.ones_like(y))"), 2),
        (lines("x = torch.ones(2)", "y = x.sum()", "y.backward()"), "tanh", 2, (),
         lines("x = torch.ones(2)", "y = x.sum()", "y.backward()", "a = y.tanh()"), 3),
        (lines("x = torch.ones(2)", "x.sum().backward()"), "tanh", 2, (),
         lines("x = torch.ones(2)", "x.sum().backward()", "a = x.tanh()"), 3),
        (lines("x = torch.ones(2)", "y = x * 2"), "grad", None, (2,),
         lines("x = torch.ones(2)", "y = x * 2",
               "gradients = torch.autograd.grad(y, y, grad_outputs=torch.ones_like(y))"), 2),
    ],
)  # fmt: skip
def test_add(source: str, operation: str, after: int | None, shape: tuple[int, ...], result: str, index: int) -> None:
    assert chain.add(source, operation, after, shape) == (result, index)


@pytest.mark.parametrize("source", ["", "import torch\n", "n = 4\nprint(n)"])
def test_nothing_to_add_to(source: str) -> None:
    with pytest.raises(chain.EditProblem, match="no tensor yet"):
        chain.add(source, "t", None, ())
