r"""A program's sentences: a list of texts in a line of its own, edited as lines.

>>> set_sentences('sentences = ["a cat", "two dogs run"]\n', "a cat\nno dog")
'sentences = ["a cat", "no dog"]\n'
"""

from __future__ import annotations

import ast
import json

from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import ArgumentProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

NAME = "sentences"
_MOST_SENTENCES, _MOST_LETTERS = 64, 400


def sentences(source: str) -> tuple[str, ...]:
    """Return the texts of the line `sentences = […]`; () where there is none."""
    program = read(source)
    found = None if program is None else _list(program)
    return () if found is None else tuple(str(item.value) for item in found.elts if isinstance(item, ast.Constant))


def set_sentences(source: str, text: str) -> str:
    """Return the program with other sentences, one a line.

    Raises:
        ArgumentProblem: There is none, or they are too many or too long.
        EditProblem: The program has no such line.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if not lines:
        raise ArgumentProblem("There is no sentence. Type one a line.")
    _check_room(lines)
    program = read_program(source)
    found = _list(program)
    if found is None:
        raise ArgumentProblem(f"The program has no line {NAME} = […].")
    written = ", ".join(json.dumps(line, ensure_ascii=False) for line in lines)
    return program.text.edited([Edit(program.text.start(found), program.text.end(found), f"[{written}]")])


def _check_room(lines: list[str]) -> None:
    """Raise ArgumentProblem where sentences are too many, or one is too long."""
    if len(lines) > _MOST_SENTENCES:
        raise ArgumentProblem(
            f"There are {len(lines):,} sentences; at most {_MOST_SENTENCES} can be shown. Leave some out."
        )
    for number, line in enumerate(lines, 1):
        if len(line) > _MOST_LETTERS:
            said = f"Sentence {number} has {len(line):,} letters; at most {_MOST_LETTERS} can be shown."
            raise ArgumentProblem(f"{said} Make two lines of it.")


def _list(program: Program) -> ast.List | None:
    for node in program.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="sentences")], value=ast.List(elts=items) as found) if items and all(
                isinstance(item, ast.Constant) and isinstance(item.value, str) for item in items
            ):
                return found
    return None
