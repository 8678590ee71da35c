"""Lines that an edit adds to a program: imports, statements, names for results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explorer.program.builders import names
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit, Text, parse

if TYPE_CHECKING:
    from explorer.program.builders.links import Program, Statement

_IMPORTS = (
    ("torch", "import torch"),
    ("F", "import torch.nn.functional as F"),
    ("np", "import numpy as np"),
    ("nn", "from torch import nn"),
)


def imports(program: Program, written: str) -> list[Edit]:
    """Return the edit that imports what new text needs and the program does not have."""
    present = [node for node in program.body if isinstance(node, ast.Import | ast.ImportFrom)]
    known = {name for node in present for name in names.bound(node)}
    used = set(names.used_within(ast.parse(written), None))
    lines = [line for name, line in _IMPORTS if name in used and name not in known]
    leading = program.body[: len(present)]
    if not lines:
        return []
    if present and leading == present:
        return [inserted(program, len(present) - 1, lines)]
    start = program.text.line_start(program.text.start(program.body[0])) if program.body else 0
    return [Edit(start, start, "".join(line + program.text.newline for line in lines))]


def inserted(program: Program, place: int, lines: list[str]) -> Edit:
    """Return the edit that adds statements after one of the program's."""
    text, body = program.text, program.body
    if place < 0:
        return Edit(len(text.source), len(text.source), _on_lines(text, len(text.source), lines))
    end = text.end(body[place])
    if place + 1 < len(body) and text.start(body[place + 1]) < text.line_end(end):
        return Edit(end, end, "".join(f"; {line}" for line in lines))
    return Edit(text.line_end(end), text.line_end(end), _on_lines(text, text.line_end(end), lines))


def _on_lines(text: Text, offset: int, lines: list[str]) -> str:
    """Return whole lines for an offset; the text may lack a line break at its end."""
    open_line = offset > 0 and text.source[offset - 1] not in "\r\n"
    return (text.newline if open_line else "") + "".join(line + text.newline for line in lines)


def fresh_results(source: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return names for the results of a call: `values` and `indices`, or `values1` and `indices1`; else one letter."""
    tree = parse(source)
    return tuple(names.fresh(source, tree, (name,)) for name in wanted) or (names.fresh(source, tree),)


def renamed_results(
    program: Program, statement: Statement, before: tuple[str, ...], after: tuple[str, ...]
) -> list[Edit]:
    """Return the edit to the names that a statement assigns when its call has more results than before, or fewer.

    Args:
        program: The program.
        statement: The statement.
        before: Names that the results would have had by themselves before the change, () for one result.
        after: Those after it.

    Raises:
        EditProblem: A result that goes away is still used.
    """
    node, count = statement.node, len(statement.targets)
    if not isinstance(node, ast.Assign) or count != max(1, len(before)) or count == max(1, len(after)):
        return []
    for name in statement.targets[1:]:
        check_unused(program, statement, name)
    others = fresh_results(program.text.source, after)[1:] if len(after) > 1 else ()
    target = node.targets[0]
    return [Edit(program.text.start(target), program.text.end(target), ", ".join([statement.targets[0], *others]))]


def check_unused(program: Program, statement: Statement, name: str) -> None:
    """Raise EditProblem if a later line uses a name that a statement binds."""
    lines = names.later_lines(program.body, statement.place, name)
    if lines:
        where = ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))
        raise EditProblem(f"{name} is still used on {where}. Change or remove that first.")
