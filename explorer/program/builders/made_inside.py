r"""Recurrent layers that a program makes inside of classes and functions, where no chip stands for them.

>>> made_inside("class Net(nn.Module):\n    def __init__(self):\n        self.lstm = nn.LSTM(4, 6)\n")
(Inside(layer='nn.LSTM(4, 6)', line=3, owner='class Net'),)
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TypeGuard

from explorer.program.builders.layer import layer_name
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import read


@dataclass(frozen=True)
class Inside:
    """A recurrent layer that is made inside of a class or a function.

    Attributes:
        layer: Its constructor's call.
        line: Where it stands, from 1.
        owner: `class Net`, `function make`.
    """

    layer: str
    line: int
    owner: str


def made_inside(source: str) -> tuple[Inside, ...]:
    """Return the recurrent layers that are made inside of a program's classes and functions."""
    program = read(source)
    found = []
    for statement in () if program is None else program.body:
        match statement:
            case ast.ClassDef(name=name):
                owner = f"class {name}"
            case ast.FunctionDef(name=name):
                owner = f"function {name}"
            case _:
                continue
        found += [Inside(ast.unparse(node), node.lineno, owner) for node in ast.walk(statement) if _is_layer(node)]
    return tuple(found)


def _is_layer(node: ast.AST) -> TypeGuard[ast.Call]:
    """Tell a call that makes a recurrent layer."""
    name = layer_name(node)
    return name in LAYERS and LAYERS[name].is_recurrent
