"""Chips of programs, and every edit."""

from __future__ import annotations

import ast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.operations import OPERATIONS, Operation
from explorer.program.builders.parameters import ArgumentProblem

PROGRAM = """import torch
x = torch.arange(24)
a = x.view(4, 6)
b = a.t()
c = b.reshape(3, 8)
"""


def run(source: str) -> dict[str, object]:
    names: dict[str, object] = {"data": [[1.0, 2.0]], "np": np}
    torch.manual_seed(0)  # programs that are compared draw the same numbers
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def texts(source: str) -> list[str]:
    return [chip.text for chip in chain.chips(source)]


def lines(*body: str) -> str:
    return "\n".join(("import torch", *body)) + "\n"


def test_the_chips_of_a_program() -> None:
    first, second, third, _ = chain.chips(PROGRAM)
    assert texts(PROGRAM) == ["x = torch.arange(24)", ".view(4, 6)", ".t()", ".reshape(3, 8)"]
    assert (first.role, first.name, first.target, first.statement) == ("creation", "arange", "x", 1)
    assert first.span == (2, 4, 2, 20)
    assert (second.role, second.name, second.target) == ("operation", "view", "a")
    assert second.fields == {"shape": "4, 6"}
    assert second.span == (3, 4, 3, 16)
    assert third.fields == {}


@pytest.mark.parametrize(
    ("statement", "shown", "roles"),
    [
        ("x = torch.arange(24).view(4, 6).t()", ["x = torch.arange(24)", ".view(4, 6)", ".t()"], "coo"),
        ("s = torch.stack([a, b], dim=0)", ["torch.stack([a, b], dim=0)"], "o"),
        ("s = torch.stack([a.t(), b]).t()", ["torch.stack([a.t(), b])", ".t()"], "oo"),
        ("y = x[0, 1:3]", ["[0, 1:3]"], "o"),
        ("y = x[0][..., None].T", ["[0]", "[..., None]", ".T"], "ooo"),
        ("y = torch.reshape(x, (3, 8))", ["torch.reshape(x, (3, 8))"], "o"),
        ("y: torch.Tensor = x.t()", [".t()"], "o"),
        ("x.t()", [".t()"], "o"),
        ("torch.zeros(3)", ["torch.zeros(3)"], "c"),
        ("y = x + 1", ["y = x + 1"], "o"),
        ("y = 2 * x", ["y = 2 * x"], "r"),
        ("y = np.pi * x", ["y = np.pi * x"], "r"),
        ("y = x * 2 + z.t() > 0", ["y = x * 2", "+ z.t()", "> 0"], "ooo"),
        ("y = 0 < x < 1", ["y = 0 < x < 1"], "r"),
        ("y = a @ b", ["y = a @ b"], "o"),
        ("y = x", ["y = x"], "r"),
        ("y = x.sum()", [".sum()"], "o"),
        ("y = x.sinh()", ["y = x.sinh()"], "r"),
        ("y = (x + 1).t()", ["y = x + 1", ".t()"], "oo"),
        ("y = torch.selu(x).t()", ["y = torch.selu(x)", ".t()"], "ro"),
        ("y = torch.relu(x).t()", ["torch.relu(x)", ".t()"], "oo"),
        ("y.backward()", [".backward()"], "o"),
        ("(w * x).sum().backward(retain_graph=True)", ["w * x", ".sum()", ".backward(retain_graph=True)"], "ooo"),
        ("g = torch.autograd.grad(y, x)", ["torch.autograd.grad(y, x)"], "o"),
        ("g = torch.autograd.grad(y, (x, w))", ["g = torch.autograd.grad(y, (x, w))"], "r"),
        ("g = x.grad", ["g = x.grad"], "r"),
        ("x.grad.zero_()", ["x.grad", ".zero_()"], "ro"),
        ("y = np.transpose(x)", ["y = np.transpose(x)"], "r"),
        ("y = model.layer(x).t()", ["y = model.layer(x)", ".t()"], "ro"),
        ("y = torch.arange(6).float().view(2, 3)", ["y = torch.arange(6)", ".float()", ".view(2, 3)"], "coo"),
        ("y = torch.arange(6).sinh().t()", ["y = torch.arange(6)", ".sinh()", ".t()"], "cro"),
        ("u, v = x.t(), x", ["u, v = x.t(), x"], "r"),
        ("x += 1", ["x += 1"], "o"),
        ("x[0, 1:] = y", ["x[0, 1:] = y"], "o"),
        ("x[0][1] = 3", ["x[0][1] = 3"], "r"),
        ('d["a"] = 3', ['d["a"] = 3'], "r"),
        ("x[0] += 3", ["x[0] += 3"], "r"),
        ("values, indices = x.sort(1)", [".sort(1)"], "o"),
        ("a, b = x.shape", ["a, b = x.shape"], "r"),
        ("y = torch.where(x > 0, x, 0)", ["torch.where(x > 0, x, 0)"], "o"),
        ("y = F.pad(x, (1, 1))", ["F.pad(x, (1, 1))"], "o"),
        ("print(x.t())", ["print(x.t())"], "r"),
        ("for i in range(3):\n    x = x.t()", ["for i in range(3):\n    x = x.t()"], "r"),
        ("import math", [], ""),
        ("torch.manual_seed(0)", [], ""),
        ("# a comment", [], ""),
        ("", [], ""),
    ],
)
def test_statements(statement: str, shown: list[str], roles: str) -> None:
    row = chain.chips(statement)
    assert [chip.text for chip in row] == shown
    assert "".join(chip.role[0] for chip in row) == roles


@pytest.mark.parametrize("source", ["x = (", "x = \0", "(" * 5000 + ")" * 5000, "\ud800", "  x = 1"])
def test_bad_syntax_has_no_chips(source: str) -> None:
    assert chain.chips(source) == ()
    assert chain.tensor_names(source, 0) == ()
    with pytest.raises(chain.EditProblem, match="syntax error"):
        chain.remove(source, 0)


def test_nesting_as_deep_as_the_parser_takes_it() -> None:
    chained = "x = torch.zeros(1)" + ".t()" * 800
    assert len(chain.chips(chained)) == 801
    assert chain.set_fields(chained, 400, "T", {}).count(".T") == 1
    (only,) = chain.chips("x = torch.full((1,), " + "-" * 900 + "1)")
    assert only.role == "raw"


def test_spans_count_characters() -> None:
    source = "grün = torch.arange(4); ß = grün.view(2, 2)\r\nc = ß.t()"
    assert [chip.span for chip in chain.chips(source)] == [(1, 7, 1, 22), (1, 28, 1, 43), (2, 4, 2, 9)]
    assert chain.set_fields(source, 1, "view", {"shape": "4, 1"}) == source.replace("(2, 2)", "(4, 1)")


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


def test_fresh_names() -> None:
    assert chain.fresh_name("") == "a"
    assert chain.fresh_name(PROGRAM) == "d"
    assert chain.fresh_name("import a as b\ndef c(d): pass\nlambda e: f") == "g"
    assert chain.fresh_name("a = (") == "b"
    assert chain.fresh_name("; ".join(f"{letter} = 0" for letter in "abcdefghijklmnopqrstuvwxyz")) == "a1"


def test_tensor_names() -> None:
    source = lines("n = 4", "x = torch.zeros(n)", "u, v = x, x", "def f(): pass", "x = x.t()", "y = x.t()")
    assert chain.tensor_names(source, 9) == ("x", "u", "v", "y")
    last = chain.chips(source)[-1].index
    assert chain.tensor_names(source, last) == ("x", "u", "v")
    assert chain.tensor_names(source, 0) == ()


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program of creations and operations that runs, in one statement or several."""
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    creation = CREATIONS[draw(st.sampled_from([name for name in CREATIONS if name not in ("upload", "arange")]))]
    fields = creation.defaults(shape)
    source = f"import torch\nimport numpy as np\nimport torch.nn.functional as F\nx = {creation.render(fields)}"
    name = "x"
    for number in range(draw(st.integers(0, 4))):
        tensor = eval(name, run(source))  # noqa: S307 - the tests' own programs
        assert isinstance(tensor, torch.Tensor)
        operation = OPERATIONS[draw(st.sampled_from(sorted(OPERATIONS)))]
        grown = extended(draw, source, name, operation, tuple(tensor.shape), number)
        try:
            eval(grown[1], run(grown[0]))  # noqa: S307
        except (RuntimeError, IndexError):
            # no view of that shape, no mean of whole numbers, no writing to an expanded tensor, a tuple of nothing
            continue
        source, name = grown
    return source + "\n"


def extended(
    draw: st.DrawFn, source: str, name: str, operation: Operation, shape: tuple[int, ...], number: int
) -> tuple[str, str]:
    """Return a program with one operation more, and the name of its last tensor."""
    fields = operation.defaults(shape, name)
    if operation.is_line:
        return f"{source}\n{operation.render(name, fields)}", name
    last = ast.parse(source).body[-1]
    chained = isinstance(last, ast.Assign) and ast.unparse(last.targets[0]) == name
    chained &= not isinstance(getattr(last, "value", None), ast.BinOp | ast.Compare)
    chained &= not operation.results(fields) and name not in " ".join(fields.values())
    if chained and operation.form in ("method", "index", "attribute") and draw(st.booleans()):
        return f"{source}{operation.tail(fields)}", name
    style = draw(st.sampled_from(["method", "function"]))
    targets = [f"v{number}", *(f"{result}{number}" for result in operation.results(fields)[1:])]
    written = operation.render(name, fields, style="function" if style == "function" else None)
    text = f"{source}  # {number} é\n\n{', '.join(targets)} = {written}"
    return text, f"{targets[0]}[0]" if operation.sequence else targets[0]


@given(programs())
@settings(max_examples=60, deadline=None)
def test_writing_a_chip_as_it_stands_changes_nothing(source: str) -> None:
    tree = ast.dump(ast.parse(source))
    for chip in chain.chips(source):
        assert chip.role != "raw"
        assert chain.set_fields(source, chip.index, chip.name, chip.fields) == source
        # through another state and back, so that the text is really written anew
        table = CREATIONS if chip.role == "creation" else OPERATIONS
        for parameter in table[chip.name].parameters:
            if parameter.kind in ("int", "dim"):
                changed = chain.set_fields(source, chip.index, chip.name, {parameter.name: "7"})
                back = chain.set_fields(changed, chip.index, chip.name, chip.fields)
                assert ast.dump(ast.parse(back)) == tree


def _is_line(chip: chain.Chip) -> bool:
    return chip.role == "operation" and OPERATIONS[chip.name].is_line


@given(programs(), st.data())
@settings(max_examples=60, deadline=None)
def test_an_edit_leaves_the_other_chips(source: str, data: st.DataObject) -> None:
    before = chain.chips(source)
    chip = data.draw(st.sampled_from([chip for chip in before if not _is_line(chip)]))
    if chip.role == "creation":
        changed = chain.set_fields(source, chip.index, "full", {"size": "2, 3", "fill_value": "5"})
    else:
        changed = chain.set_fields(source, chip.index, "flip", {"dims": "0"})
    after = chain.chips(changed)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        if old.index == chip.index:
            assert new.name in ("full", "flip")
        else:
            assert (old.name, old.fields, old.target) == (new.name, new.fields, new.target)
            assert OPERATIONS.get(old.name, None) is None or old.text == new.text or "torch." in old.text


@given(programs(), st.data())
@settings(max_examples=60, deadline=None)
def test_edits_of_any_program(source: str, data: st.DataObject) -> None:
    before = chain.chips(source)
    operations = [chip.index for chip in before if chip.movable]
    shapes = {name: tuple(value.shape) for name, value in run(source).items() if isinstance(value, torch.Tensor)}
    added, index = chain.add(source, "clone", data.draw(st.sampled_from(before)).index, ())
    assert chain.chips(added)[index].name == "clone"
    final = {name: tuple(value.shape) for name, value in run(added).items() if isinstance(value, torch.Tensor)}
    assert final.items() >= shapes.items()
    removed = chain.remove(added, index)
    assert ast.dump(ast.parse(removed)) == ast.dump(ast.parse(source))
    if operations:
        index, to = data.draw(st.sampled_from(operations)), data.draw(st.sampled_from(operations))
        try:
            moved = chain.move(source, index, to)
        except chain.EditProblem as problem:
            message = problem.message
        else:
            message = ""
        if message:
            assert "name of its own" in message or "made later" in message
            return
        names = [before[place].name for place in operations]
        names.insert(operations.index(to), names.pop(operations.index(index)))
        after = chain.chips(moved)
        assert [after[place].name for place in operations] == names
