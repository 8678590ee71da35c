r"""Parts of what a recurrent layer goes through that a learner types: a text, numbers, how many steps.

>>> program = 'text = "hello"\ntokens = list(text)\nx = embed(tokens)\nlstm = nn.LSTM(4, 6)\noutput, state = lstm(x)\n'
>>> text_of(program, "lstm")
'hello'
>>> set_text(program, "lstm", "good day").splitlines()[0]
'text = "good day"'
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import TypeVar

from explorer.program.builders import numerals
from explorer.program.builders.feeders import feeders
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

MOST_CHARACTERS = 400
MOST_STEPS = 512
_Node = TypeVar("_Node", bound=ast.expr)


def text_of(source: str, path: str) -> str | None:
    """Return the text that a layer goes through, of a line `text = "…"`; None where there is none."""
    node = _found(read(source), path, _text)
    return None if node is None else str(node.value)


def set_text(source: str, path: str, typed: str) -> str:
    """Return the program with another text.

    Raises:
        ArgumentProblem: There is none, or it is too long.
        EditProblem: No line of the program is a text.
    """
    if not typed.strip():
        raise ArgumentProblem("There is no text. Type at least one character.")
    if len(typed) > MOST_CHARACTERS:
        raise ArgumentProblem(f"{len(typed)} characters are too many: at most {MOST_CHARACTERS} can be typed.")
    return _changed(source, path, _text, json.dumps(typed, ensure_ascii=False))


def numbers_of(source: str, path: str) -> str | None:
    """Return the numbers that a layer goes through, of `torch.tensor([…])`, rows after semicolons; None without any."""
    node = _found(read(source), path, numbers_in)
    if node is None:
        return None
    rows = [item.elts for item in node.elts if isinstance(item, ast.List)] or [node.elts]
    return "; ".join(", ".join(map(_shown, row)) for row in rows)


def _shown(item: ast.expr) -> str:
    match item:
        case ast.Call(args=[ast.Constant(value=str(name))]):
            return name
    return ast.unparse(item)


def set_list(source: str, path: str, written: str) -> str:
    """Return the program with other numbers in the place of those that a layer goes through.

    Args:
        source: The program.
        path: How it calls the layer.
        written: A list, as Python writes it.

    Raises:
        EditProblem: No line of the program lists numbers.
    """
    return _changed(source, path, numbers_in, written)


def steps_of(source: str, path: str) -> str | None:
    """Return the number of time steps, of a line `T = 24`; None where no line says it so."""
    node = _found(read(source), path, _steps)
    return None if node is None else str(node.value)


def set_steps(source: str, path: str, typed: str) -> str:
    """Return the program with another number of time steps.

    Raises:
        ArgumentProblem: What was typed is no number of steps.
        EditProblem: No line of the program says it.
    """
    advice = f"Type one whole number from 1 to {MOST_STEPS}."
    number = numerals.whole_number(typed.strip(), "a number of time steps", advice)
    if not 1 <= int(number) <= MOST_STEPS:
        raise ArgumentProblem(f"{number} time steps cannot be shown. {advice}")
    return _changed(source, path, _steps, number)


def _found(program: Program | None, path: str, of: Callable[[ast.stmt], _Node | None]) -> _Node | None:
    """Return the part of the first line that has one, among those that make what a layer goes through."""
    places = feeders(program, path) if program is not None and path else ()
    nodes = (of(program.body[place]) for place in places) if program is not None else ()
    return next((node for node in nodes if node is not None), None)


def _changed(source: str, path: str, of: Callable[[ast.stmt], _Node | None], written: str) -> str:
    program = read_program(source)
    node = _found(program, path, of)
    if node is None:
        raise EditProblem("No line of the program says this. Edit the program's text instead.")
    return program.text.edited([Edit(program.text.start(node), program.text.end(node), written)])


def _text(node: ast.stmt) -> ast.Constant | None:
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Constant(value=str()) as text):
            return text
    return None


def _steps(node: ast.stmt) -> ast.Constant | None:
    match node:
        case ast.Assign(targets=[ast.Name(id="T" | "steps")], value=ast.Constant(value=int()) as number):
            return number
    return None


def numbers_in(node: ast.stmt) -> ast.List | None:
    """Return the list of numbers, or of rows of them, that a statement makes a tensor of."""
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.List() as listed) if _are_numbers(listed):
            return listed
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Attribute(attr="tensor"), args=[ast.List() as listed, *_]) if listed.elts:
                return listed if _are_numbers(listed) or _are_rows(listed) else None
    return None


def _are_rows(listed: ast.List) -> bool:
    return all(isinstance(row, ast.List) and _are_numbers(row) for row in listed.elts)


def _are_numbers(listed: ast.List) -> bool:
    """Tell a plain list of numbers."""
    return bool(listed.elts) and all(is_real(item) for item in listed.elts)


def is_real(node: ast.expr) -> bool:
    """Tell a number: `3`, `-0.5`, `float('nan')`."""
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str())]):
            return True
        case ast.UnaryOp(operand=operand):
            return is_real(operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
