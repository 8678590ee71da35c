r"""Recurrent layers that a program makes inside of classes and functions, where no chip stands for them.

>>> program = "class Net(nn.Module):\n    def __init__(self):\n        self.lstm = nn.LSTM(4, 6)\n"
>>> [(one.layer, one.line, one.owner) for one in made_inside(program)]
[('nn.LSTM(4, 6)', 3, 'class Net')]
>>> set_inside(program, 0, "hidden_size", "8").splitlines()[-1].strip()
'self.lstm = nn.LSTM(4, 8)'
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.program.builders.calls import Fields
from explorer.program.builders.inside_follow import Owner, following_inside
from explorer.program.builders.layer import layer_name
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_follow import check_sizes
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program


@dataclass(frozen=True)
class Inside:
    """A recurrent layer that is made inside of a class or a function.

    Attributes:
        layer: Its constructor's call.
        line: Where it stands, from 1.
        owner: `class Net`, `function make`.
        name: torch's name of it.
        fields: Its arguments; None where they cannot be told one by one.
    """

    layer: str
    line: int
    owner: str
    name: str
    fields: Fields | None


def made_inside(source: str) -> tuple[Inside, ...]:
    """Return the recurrent layers that are made inside of a program's classes and functions."""
    program = read(source)
    return () if program is None else tuple(_inside(owner, node) for owner, node in _made(program))


def set_inside(source: str, number: int, parameter: str, text: str) -> str:
    """Return the program with another argument of a layer that is made inside of a class or a function.

    Its first state, the embedding before it and the layers that read its results follow where lines there say so.

    Args:
        source: The program.
        number: Which of `made_inside`.
        parameter: Name of the argument.
        text: What was typed.

    Raises:
        ArgumentProblem: The text makes no argument.
        EditProblem: There is no such layer, or its arguments cannot be told one by one.
    """
    program = read_program(source)
    owner, node = next((pair for place, pair in enumerate(_made(program)) if place == number), (None, None))
    layer = None if node is None else LAYERS[layer_name(node)]
    fields = None if layer is None or node is None else layer.parse(node)
    if layer is None or owner is None or node is None or fields is None:
        raise EditProblem("The program no longer makes this layer in this way. Edit the program's text instead.")
    wanted = next(one for one in layer.parameters if one.name == parameter).parse(text)
    changed = {**fields, parameter: wanted}
    check_sizes(fields, changed)
    written = layer.render(changed, kept=frozenset(fields))
    own = Edit(program.text.start(node), program.text.end(node), written)
    return program.text.edited([own, *following_inside(program, owner, node, (fields, changed))])


def _made(program: Program) -> Iterator[tuple[Owner, ast.Call]]:
    """Yield the calls that make recurrent layers, each with the class or the function around it, in their order."""
    for statement in program.body:
        if isinstance(statement, Owner):
            calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and _is_recurrent(node)]
            yield from ((statement, node) for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)))


def _is_recurrent(node: ast.Call) -> bool:
    name = layer_name(node)
    return name in LAYERS and LAYERS[name].is_recurrent


def _inside(owner: Owner, node: ast.Call) -> Inside:
    name, kind = layer_name(node), "class" if isinstance(owner, ast.ClassDef) else "function"
    return Inside(ast.unparse(node), node.lineno, f"{kind} {owner.name}", name, LAYERS[name].parse(node))
