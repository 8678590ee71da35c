"""Programs for the tests of chips: a short one, ones that are generated, and what they make."""

from __future__ import annotations

import ast

import numpy as np
import torch
from hypothesis import strategies as st

from explorer.program.builders import chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.operations import OPERATIONS, Operation

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
