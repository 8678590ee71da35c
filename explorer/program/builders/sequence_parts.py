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

from explorer.program.builders import numerals, values
from explorer.program.builders.feeders import feeders
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

MOST_CHARACTERS = 400
MOST_STEPS = 512
_ADVICE = "Type numbers, for example 0 1 0 0 1."
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
    """Return the numbers that a layer goes through, of `torch.tensor([…])`; None where there are none."""
    node = _found(read(source), path, _numbers)
    return None if node is None else ", ".join(ast.unparse(item) for item in node.elts)


def set_numbers(source: str, path: str, typed: str) -> str:
    """Return the program with other numbers.

    Raises:
        ArgumentProblem: They are none, or no plain list.
        EditProblem: No line of the program lists numbers.
    """
    written = values.nested_list(typed, _ADVICE)
    node = ast.parse(written, mode="eval").body
    if not isinstance(node, ast.List):
        written, node = f"[{written}]", ast.List([node], ast.Load())
    if any(isinstance(item, ast.List) for item in node.elts):
        raise ArgumentProblem(f"{numerals.shown(typed)} has rows: a series is one list of numbers. {_ADVICE}")
    if not node.elts:
        raise ArgumentProblem(f"There is no number. {_ADVICE}")
    return _changed(source, path, _numbers, written)


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


def _numbers(node: ast.stmt) -> ast.List | None:
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.List() as listed) if _are_numbers(listed):
            return listed
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Attribute(attr="tensor"), args=[ast.List() as listed, *_]) if listed.elts:
                return listed if _are_numbers(listed) else None
    return None


def _are_numbers(listed: ast.List) -> bool:
    """Tell a plain list of numbers."""
    numbers = [item.operand if isinstance(item, ast.UnaryOp) else item for item in listed.elts]
    return bool(numbers) and all(
        isinstance(one, ast.Constant) and isinstance(one.value, int | float) for one in numbers
    )
