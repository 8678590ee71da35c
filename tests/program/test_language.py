"""Programs do what plain Python does, and their steps stand where plain Python says."""

from __future__ import annotations

import ast
import contextlib
import io
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.program.policy import RefusedError, compile_program, implicit_imports
from tests.language_programs import PROGRAMS

PREAMBLE = (
    "import math, random\nimport numpy as np\nimport torch\nfrom torch import nn, optim\n"
    "import torch.nn.functional as F\nfrom collections import OrderedDict\n"
)


def plain_output(source: str) -> str:
    """What plain Python prints for a program."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(PREAMBLE, names)  # noqa: S102 - the test's own text
        exec(source, names)  # noqa: S102
    return printed.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_plain_python_prints(name: str) -> None:
    trace = explorer.run(PROGRAMS[name])
    assert trace.error is None
    assert trace.output == plain_output(PROGRAMS[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_rewriting_keeps_every_place(name: str) -> None:
    source = PROGRAMS[name]
    there = {
        (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call | ast.BinOp | ast.Subscript)
    }
    assert there <= _places(compile_program(source, "<test>")) | _unreached(source)


def _places(code: Any) -> set[tuple[int | None, ...]]:
    found: set[tuple[int | None, ...]] = set()
    found |= {(line, column, end, end_column) for line, end, column, end_column in code.co_positions()}
    for constant in code.co_consts:
        if hasattr(constant, "co_positions"):
            found |= _places(constant)
    return found


def _unreached(source: str) -> set[tuple[int | None, ...]]:
    """Places inside local annotations, which Python does not evaluate, and targets of augmented assignments."""
    found: set[tuple[int | None, ...]] = set()
    for node in ast.walk(ast.parse(source)):
        part = node.annotation if isinstance(node, ast.AnnAssign) else None
        part = node.target if isinstance(node, ast.AugAssign) else part
        for inner in ast.walk(part) if part is not None else ():
            if isinstance(inner, ast.expr):
                found.add((inner.lineno, inner.col_offset, inner.end_lineno, inner.end_col_offset))
    return found


def test_class_statements_stand_on_their_own_line() -> None:
    error = explorer.run("x = 1\n\n\nclass A(x):\n    pass").error
    assert error is not None
    assert error.line == 4


@given(
    left=st.lists(st.integers(-3, 3), max_size=4),
    right=st.lists(st.integers(-3, 3), max_size=4),
    number=st.integers(-20, 20),
    other=st.integers(-20, 20),
    symbol=st.sampled_from(["+", "-", "*", "//", "%", "/", "&", "|", "^"]),
)
def test_operators_are_pythons(left: list[int], right: list[int], number: int, other: int, symbol: str) -> None:
    source = (
        f"try:\n    print({number} {symbol} {other})\nexcept Exception as e:\n    print(type(e).__name__, e)\n"
        f"print({left} + {right}, {left} * {abs(other) % 4}, {left} == {right})"
    )
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.output == plain_output(source)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("nn.Linear(1, 2)", ("from torch import nn",)),
        ("import torch\nF.relu(torch.ones(1)); np.ones(1)", ("import torch.nn.functional as F", "import numpy as np")),
        ("np = 1\nprint(np)", ()),
        ("def f(torch):\n    return torch", ()),
    ],
)
def test_names_used_without_import_are_told(source: str, lines: tuple[str, ...]) -> None:
    assert implicit_imports(source) == lines
    assert not implicit_imports("\n".join([*lines, source]))


def test_a_program_is_compiled_once_under_every_filename() -> None:
    first, second = compile_program("def f():\n    pass", "<a>"), compile_program("def f():\n    pass", "<b>")
    assert (first.co_filename, second.co_filename) == ("<a>", "<b>")
    assert second.co_consts[0].co_filename == "<b>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("match 1:\n    case 1: pass", "if and elif"),
        ("async def f(): pass", "use def"),
        ("from torch import *", "Name what is used"),
        ("import toch", "Did you mean torch?"),
        ("from torch import oness", "Did you mean ones?"),
    ],
)
def test_a_refusal_says_what_to_write_instead(source: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        compile_program(source, "<test>")
    assert words in caught.value.hint


def test_a_printed_module_does_not_tell_where_it_is_installed() -> None:
    trace = explorer.run("import math\nprint(torch, math)\nnn")
    assert trace.output == "<module 'torch'> <module 'math'>\n<module 'torch.nn'>\n"
