r"""weight_norm of a layer as a line of the program: its weight is then made of a magnitude and a direction.

>>> program = "from torch import nn\nlin = nn.Linear(4, 3)\ny = lin(x)\n"
>>> print(set_weight_norm(program, "lin", "on").strip())
from torch import nn
lin = nn.Linear(4, 3)
nn.utils.parametrizations.weight_norm(lin)
y = lin(x)
>>> set_weight_norm(set_weight_norm(program, "lin", "on"), "lin", "off") == program
True
"""

from __future__ import annotations

import ast
import re

from explorer.program.builders.additions import imports, inserted
from explorer.program.builders.applied import top_level_nodes
from explorer.program.builders.layers import LAYERS, is_sequential
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import bound_at, read_program

ON, OFF = "on", "off"
_NAME = "weight_norm"
_FUNCTION = f"nn.utils.parametrizations.{_NAME}"
_PLACE = re.compile(r"(?P<stack>\w+)(\[(?P<number>\d+)\])?")
_WITH_WEIGHT = 2  # fields that say how many channels come in and go out: a weight stands between them


def takes_weight_norm(chip: Chip) -> bool:
    """Tell whether a chip is a layer with a name whose weight can be taken apart."""
    return chip.role == "layer" and bool(chip.path) and len(LAYERS[chip.name].channels) == _WITH_WEIGHT


def has_weight_norm(source: str, path: str) -> bool:
    """Tell whether a program takes the weight of a layer apart."""
    program = read(source)
    return program is not None and bool(_lines(program, path) or _wrapper(program, path))


def set_weight_norm(source: str, path: str, wanted: str) -> str:
    """Return the program in which the weight of a layer is taken apart into magnitude and direction, or is not.

    Args:
        source: The program.
        path: How the program calls the layer: `lin`, `net[1]`.
        wanted: `on` or `off`.

    Raises:
        EditProblem: The program has a syntax error, or gives nothing this name.
    """
    if has_weight_norm(source, path) == (wanted == ON):
        return source
    program = read_program(source)
    if wanted == ON:
        line = f"{_FUNCTION}({path})"
        return program.text.edited([*imports(program, line), inserted(program, _after(program, path), [line])])
    edits = [program.text.removal(program.body, program.body.index(line)) for line in _lines(program, path)]
    wrapper = _wrapper(program, path)
    if wrapper is not None:
        inner = program.text.segment(wrapper.args[0])
        edits.append(Edit(program.text.start(wrapper), program.text.end(wrapper), inner))
    elif not edits:
        raise EditProblem(f"No line takes the weight of {path} apart. Edit the program's text instead.")
    return program.text.edited(edits)


def _after(program: Program, path: str) -> int:
    """Return the place of the line after which the weight is taken apart: where it is made, or written to."""
    weight = f"{path}.weight.data"
    writes = [
        place
        for place, line in enumerate(program.body)
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]).startswith(weight)
    ]
    return max([bound_at(program, path), *writes])


def _is_weight_norm(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and ast.unparse(node.func).split(".")[-1] == _NAME


def _lines(program: Program, path: str) -> list[ast.stmt]:
    """Return the lines `weight_norm(lin)` and `lin = weight_norm(lin)`."""
    found: list[ast.stmt] = []
    for line in program.body:
        match line:
            case ast.Expr(value=ast.Call(args=[given, *_]) as call) if ast.unparse(given) == path:
                found += [line] if _is_weight_norm(call) else []
            case ast.Assign(targets=[target], value=ast.Call(args=[given, *_]) as call) if (
                ast.unparse(target) == ast.unparse(given) == path
            ):
                found += [line] if _is_weight_norm(call) else []
    return found


def _wrapper(program: Program, path: str) -> ast.Call | None:
    """Return the call around the layer where it is made: `lin = weight_norm(nn.Linear(4, 3))`."""
    place = _PLACE.fullmatch(path)
    for _, node in top_level_nodes(program) if place else ():
        if place is None or not isinstance(node, ast.Assign) or ast.unparse(node.targets[0]) != place["stack"]:
            continue
        made: ast.expr | None = node.value
        if place["number"] is not None:
            elements = node.value.args if isinstance(node.value, ast.Call) and is_sequential(node.value) else []
            made = next(iter(elements[int(place["number"]) :]), None)
        if isinstance(made, ast.Call) and _is_weight_norm(made) and ast.unparse(made.args[0]) != path:
            return made
    return None
