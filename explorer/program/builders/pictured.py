r"""Changes of a program that are made in its picture: a cell of a weight, the cell that backward starts from.

>>> print(changed("y = conv(x)\n", {"kind": "gradient", "tensor": "y", "index": [0, 1]}).strip())
y = conv(x)
y[0, 1].backward()
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from explorer.program.builders.additions import inserted
from explorer.program.builders.links import Program
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import bound_at, expression, read_program, set_cell

_MOST_DIMENSIONS = 16


def changed(source: str, asked: Mapping[str, object]) -> str:
    """Return the program with a change that the picture asks for.

    Args:
        source: The program.
        asked: `kind` is `weight` (with `weight`, `index`, `value`), `gradient` (with `tensor` and `index`; no index:
            of the sum) or `no gradient`.

    Raises:
        ArgumentProblem: What was typed is no number.
        EditProblem: The change cannot be written into the program, or is none.
    """
    match asked.get("kind"):
        case "weight":
            return set_cell(source, str(asked.get("weight")), _index(asked), str(asked.get("value")))
        case "gradient":
            return start_backward(source, str(asked.get("tensor")), _index(asked))
        case "no gradient":
            return stop_backward(source)
    raise EditProblem("This change cannot be written into the program.")


def start_backward(source: str, tensor: str, index: Sequence[int]) -> str:
    """Let the program's one backward pass start from a cell, or from the sum where the index is ()."""
    program = read_program(source)
    target = expression(tensor, program)
    start = f"{target}[{', '.join(map(str, index))}]" if index else f"{target}.sum()"
    line, passes = f"{start}.backward()", _passes(program)
    if passes:
        last = passes[-1]
        return program.text.edited([Edit(program.text.start(last), program.text.end(last), line)])
    return program.text.edited([inserted(program, bound_at(program, target), [line])])


def stop_backward(source: str) -> str:
    """Take the backward passes of a program away."""
    program = read_program(source)
    lines = _passes(program)
    return program.text.edited([program.text.removal(program.body, program.body.index(line)) for line in lines])


def _index(asked: Mapping[str, object]) -> tuple[int, ...]:
    index = asked.get("index")
    if not isinstance(index, list) or len(index) > _MOST_DIMENSIONS or not all(type(i) is int for i in index):
        raise EditProblem("The picture named no cell.")
    return tuple(index)


def _passes(program: Program) -> list[ast.stmt]:
    """Return the lines at the top level that are a backward pass."""
    return [
        node
        for node in program.body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "backward"
    ]
