"""Chips of programs, and the names beside them."""

from __future__ import annotations

import pytest

from explorer.program.builders import chain
from tests.builder_programs import PROGRAM, lines, texts


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
