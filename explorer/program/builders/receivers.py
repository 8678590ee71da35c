"""What a new operation is applied to, and what is applied to its result."""

from __future__ import annotations

import ast

from explorer.program.builders import names
from explorer.program.builders.links import Program, Statement
from explorer.program.builders.operations import OPERATIONS
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit


def receiver_of(program: Program, statement: Statement | None, name: str) -> tuple[str, list[Edit]]:
    """Return the name that a new operation is applied to, and the edit that gives it one."""
    if statement is not None and statement.makes_layers:
        return last_tensor(program, statement), []
    last = statement.links[-1] if statement is not None else None
    line = last is not None and last.role == "operation" and OPERATIONS[last.name].is_line
    if last is not None and line and isinstance(last.receiver, ast.Name):
        return last.receiver.id, []
    if statement is not None and statement.target:
        sequence = last is not None and last.role == "operation" and OPERATIONS[last.name].sequence
        return statement.target + ("[0]" if sequence and len(statement.targets) == 1 else ""), []
    if statement is not None and not line and statement.links[0].role != "raw":
        # a bare expression has no name yet
        start = program.text.start(statement.node)
        return name, [Edit(start, start, f"{name} = ")]
    return last_tensor(program, statement), []


def last_tensor(program: Program, statement: Statement | None) -> str:
    """Return the name that the program gave to a tensor last, up to a statement; raise EditProblem if there is none."""
    known = names.tensor_names(program.body[: statement.place + 1]) if statement else ()
    if not known:
        raise EditProblem("There is no tensor yet that an operation could be applied to. Add one first.")
    return known[-1]


def next_uses(program: Program, statement: Statement | None, old: str, new: str) -> list[Edit]:
    """Return the edits with which the next statement is applied to the new result."""
    place = statement.place + 1 if statement else 0
    following = next((item for item in program.statements if item.place == place), None)
    if following is None or following.links[0].role != "operation":
        return []
    link = following.links[0]
    bases: list[ast.expr | None] = [link.receiver]
    if link.style == "join":
        bases = [item for item in ast.walk(link.node) if isinstance(item, ast.expr)]
    found = [base for base in bases if isinstance(base, ast.Name) and base.id == old]
    return [Edit(program.text.start(base), program.text.end(base), new) for base in found]
