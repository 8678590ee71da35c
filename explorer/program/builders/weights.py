r"""Lines that write a layer's weight: a whole kernel, or one cell of it.

>>> program = "conv = nn.Conv2d(1, 1, 2)\ny = conv(x)\n"
>>> print(set_kernel(program, "conv.weight", "torch.eye(2)").strip())
import torch
conv = nn.Conv2d(1, 1, 2)
conv.weight.data[:] = torch.eye(2)
y = conv(x)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TypeGuard

from explorer.program.builders import names, numerals
from explorer.program.builders.additions import imports, inserted
from explorer.program.builders.expressions import parsed
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit

_STEP = re.compile(r"\.(\d+)(?=\.|$)")


def kernel_text(source: str, weight: str) -> str:
    """Return the expression that a program writes to a whole weight before anything else, or ""."""
    program = read(source)
    line = None if program is None else _whole(program, expression(weight, program))
    return "" if line is None else ast.unparse(line.value)


def is_written(source: str, weight: str) -> bool:
    """Tell whether a program writes to a weight at all, whole or in part."""
    program = read(source)
    return program is not None and bool(_writes(program, expression(weight, program)))


def set_kernel(source: str, weight: str, value: str) -> str:
    """Let a program write a value to a whole weight; "" takes all lines away that write to it.

    Args:
        source: The program.
        weight: The weight as an expression: `conv.weight`, `net[0].weight`, or as a path: `net.0.weight`.
        value: An expression that is spread over the weight's first dimensions.

    Raises:
        EditProblem: The program has no such name, or syntax that cannot be read.
    """
    program = read_program(source)
    target = expression(weight, program)
    whole = _whole(program, target)
    others = [line for line in _writes(program, target) if line is not whole or not value]
    edits = [program.text.removal(program.body, program.body.index(line)) for line in others]
    if whole is not None and value:
        edits.append(Edit(program.text.start(whole.value), program.text.end(whole.value), value))
    elif value:
        line = f"{target}.data[:] = {value}"
        edits += [*imports(program, line), inserted(program, bound_at(program, target), [line])]
    return program.text.edited(edits)


def set_cell(source: str, weight: str, index: Sequence[int], value: str) -> str:
    """Let a program write one cell of a weight, after whatever else it writes to it.

    Args:
        source: The program.
        weight: As for `set_kernel`.
        index: Of the cell, one whole number for each dimension.
        value: The number as typed.

    Raises:
        ArgumentProblem: What was typed is no number.
        EditProblem: As for `set_kernel`.
    """
    program = read_program(source)
    target = expression(weight, program)
    number = numerals.number(value.strip(), "Type one number, for example 0.5.")
    place = f"{target}.data[{', '.join(map(str, index))}]"
    writes = _writes(program, target)
    same = next((line for line in writes if ast.unparse(line.targets[0]) == place), None)
    if same is not None and same is not _whole(program, target):
        return program.text.edited([Edit(program.text.start(same.value), program.text.end(same.value), number)])
    blocks = [place for place, node in enumerate(program.body) if _writes_within(node, target)]
    after = max([bound_at(program, target), *(program.body.index(line) for line in writes), *blocks])
    return program.text.edited([inserted(program, after, [f"{place} = {number}"])])


def expression(path: str, program: Program) -> str:
    """Return a path of a module as Python writes it: `net.0.weight` is `net[0].weight`.

    A path that begins at an attribute of a class, `conv1.weight`, is that of the first module that the program makes
    of the class: `net.conv1.weight`.

    Raises:
        EditProblem: It is neither a path nor an expression of names, attributes and indices.
    """
    tree = parsed(bracketed(path))
    node = tree
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
            break
        node = node.value
    if tree is None or not isinstance(node, ast.Name):
        raise EditProblem(f"{numerals.shown(path)} has no name in the program. Edit the program's text instead.")
    text = ast.unparse(tree)
    bound = {name for line in program.body for name in names.bound(line)}
    return text if node.id in bound else next((f"{owner}.{text}" for owner in _owners(program, node.id)), text)


def _owners(program: Program, attribute: str) -> list[str]:
    """Return the names of modules whose class assigns `self.attribute`."""
    classes = {
        definition.name
        for definition in program.body
        if isinstance(definition, ast.ClassDef)
        for node in ast.walk(definition)
        if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Store)
    }
    lines = [line for line in program.body if isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)]
    return [name for line in lines if _called(line.value) in classes for name in names.bound(line)]


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def bracketed(path: str) -> str:
    """Return a path of a module with indices as Python writes them: `net[0]` for `net.0`."""
    return _STEP.sub(r"[\1]", path)


def read_program(source: str) -> Program:
    """Return a program read as chains; raise EditProblem for bad syntax."""
    program = read(source)
    if program is None:
        raise EditProblem("The program has a syntax error. Correct its text first.")
    return program


def _writes(program: Program, target: str) -> list[ast.Assign]:
    """Return the lines at the top level that write to a weight's data."""
    lines = [node for node in program.body if isinstance(node, ast.Assign) and len(node.targets) == 1]
    return [line for line in lines if _written(line.targets[0]) == f"{target}.data"]


def is_no_grad(node: ast.stmt) -> TypeGuard[ast.With]:
    """Tell a block `with torch.no_grad():`."""
    return isinstance(node, ast.With) and [ast.unparse(item) for item in node.items] == ["torch.no_grad()"]


def _writes_within(node: ast.stmt, target: str) -> bool:
    """Tell a block in which lines write to a weight."""
    lines = [line for line in node.body if isinstance(line, ast.Assign)] if is_no_grad(node) else []
    return any(_written(line.targets[0]).removesuffix(".data") == target for line in lines)


def _written(node: ast.expr) -> str:
    return ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""


def _whole(program: Program, target: str) -> ast.Assign | None:
    return next((line for line in _writes(program, target) if ast.unparse(line.targets[0]).endswith(".data[:]")), None)


def bound_at(program: Program, target: str) -> int:
    """Return the place of the statement that binds a weight's name last.

    Raises:
        EditProblem: None does.
    """
    name = re.split(r"[.\[]", target, maxsplit=1)[0]
    places = [place for place, node in enumerate(program.body) if name in names.bound(node)]
    if not places:
        raise EditProblem(f"The program gives nothing the name {name}. Edit the program's text instead.")
    return places[-1]
