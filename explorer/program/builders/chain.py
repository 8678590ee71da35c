r"""A program as a row of chips, and what can be done to them: every edit is a function from text to text.

>>> program = "import torch\nx = torch.arange(24)\na = x.view(4, 6)\n"
>>> [chip.text for chip in chips(program)]
['x = torch.arange(24)', '.view(4, 6)']
>>> print(set_fields(program, 1, "view", {"shape": "2, 12"}).strip())
import torch
x = torch.arange(24)
a = x.view(2, 12)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explorer.program.builders import names
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.links import Chip, Link, Program, Statement, read
from explorer.program.builders.operations import OPERATIONS
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.rewrite import Change, rewritten
from explorer.program.builders.source import Edit, Text, parse

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields

__all__ = [
    "Chip",
    "EditProblem",
    "add",
    "chips",
    "fresh_name",
    "move",
    "remove",
    "set_fields",
    "tensor_names",
]


def chips(source: str) -> tuple[Chip, ...]:
    """Return the program's chips; none for bad syntax, which the runner explains."""
    program = read(source)
    return program.chips if program else ()


def fresh_name(source: str) -> str:
    """Return a short name that the program does not use: a, b, c and so on."""
    return names.fresh(source, parse(source))


def tensor_names(source: str, before: int) -> tuple[str, ...]:
    """Return the names assigned before a chip's statement, as choices for stack and cat.

    Names of literals, functions and modules are left out; whether a name holds a tensor tells only a run.
    """
    program = read(source)
    if program is None:
        return ()
    count = sum(len(statement.links) for statement in program.statements)
    place = program.find(max(before, 0))[0].place if before < count else len(program.body)
    return names.tensor_names(program.body[:place])


def set_fields(source: str, index: int, name: str, fields: Fields) -> str:
    """Change a chip's fields, or its name within its kind: arange to zeros, view to reshape.

    Args:
        source: The program.
        index: The chip.
        name: What it is, or becomes: a key in CREATIONS or OPERATIONS.
        fields: Texts as typed. Missing ones stay as they are; for another name they have its default.

    Raises:
        ArgumentProblem: A text makes no argument; its `field` says which.
        EditProblem: The chip cannot be changed so.
    """
    program = _read(source)
    statement, place = program.find(index)
    link, chip = statement.links[place], program.chips[index]
    table = CREATIONS if chip.role == "creation" else OPERATIONS
    if chip.role == "raw" or name not in table:
        raise EditProblem(f"'{chip.text}' cannot become {name}. Edit the program's text instead.")
    wanted = {**chip.fields, **fields} if name == chip.name else dict(fields)
    if (name, wanted) == (chip.name, chip.fields):
        return source
    same = {field for field, text in wanted.items() if text == link.fields.get(field)}
    kept = frozenset(same) if name == chip.name else frozenset()
    edits = [rewritten(program.text, statement, {place: Change(name, wanted, kept, link.style)})]
    if chip.role == "creation":
        edits = _preamble(program, statement, name, wanted) + edits
    return program.text.edited(edits)


def remove(source: str, index: int) -> str:
    """Take a chip out of the program; what used its result uses what it was applied to.

    Raises:
        EditProblem: Other lines need the chip, or their meaning would change.
    """
    program = _read(source)
    statement, place = program.find(index)
    link = statement.links[place]
    if len(statement.links) > 1 or (link.receiver and not isinstance(link.receiver, ast.Name)):
        if link.receiver is None:
            shown = program.chips[index + 1].text
            raise EditProblem(f"{shown} on line {statement.node.lineno} is made from this. Remove it first.")
        return program.text.edited([rewritten(program.text, statement, {place: None})])
    edits = _rewired(program, statement, link)
    if program.seed(statement) is not None:
        edits.append(program.text.removal(program.body, statement.place - 1))
    return program.text.edited([*edits, program.text.removal(program.body, statement.place)])


def move(source: str, index: int, to: int) -> str:
    """Put an operation in the place of another one; those between them move up or down by one.

    Names and wiring stay where they are: in `a = x.view(4, 6)`, `b = a.t()` the second moved before the first
    gives `a = x.t()`, `b = a.view(4, 6)`. Creations and raw chips keep their places.
    """
    program = _read(source)
    row = program.chips
    for place in (index, to):
        program.find(place)
        if row[place].role != "operation":
            raise EditProblem(f"'{row[place].text}' keeps its place: only operations can be moved.")
    low, high = sorted((index, to))
    slots = [place for place in range(low, high + 1) if row[place].role == "operation"]
    order = slots[1:] + slots[:1] if index < to else slots[-1:] + slots[:-1]
    changes: dict[int, dict[int, Change | None]] = {}
    for slot, source_index in zip(slots, order, strict=True):
        if slot != source_index:
            statement, place = program.find(slot)
            moved = _moved(program, source_index, statement)
            changes.setdefault(program.statements.index(statement), {})[place] = moved
    edits = [rewritten(program.text, program.statements[key], change) for key, change in changes.items()]
    return program.text.edited(edits)


def add(source: str, operation: str, after: int | None, shape: tuple[int, ...]) -> tuple[str, int]:
    """Add an operation, or a creation, as a statement of its own, with a fresh name.

    Args:
        source: The program.
        operation: A key in OPERATIONS, or in CREATIONS for a new tensor beside the others.
        after: The chip after whose statement it stands; None: the last one.
        shape: Shape of the tensor that it is applied to (of the tensor to make, for a creation).

    Returns:
        The program, in which the next statement uses the new result if it used the old one, and the index
        of the new chip.
    """
    program = _read(source)
    statement = None
    if program.statements:
        statement = program.statements[-1] if after is None else program.find(after)[0]
    name = fresh_name(source)
    edits: list[Edit] = []
    if operation in CREATIONS:
        creation = CREATIONS[operation]
        fields = creation.defaults(shape)
        lines = [creation.seeding(fields), f"{name} = {creation.render(fields)}"]
        edits = _imports(program, lines[1])
    else:
        receiver, edits = _receiver(program, statement, name)
        name = fresh_name(f"{source}\n{receiver}")
        fields = OPERATIONS[operation].defaults(shape)
        lines = [f"{name} = {OPERATIONS[operation].render(receiver, fields)}"]
        edits += _next_uses(program, statement, receiver, name)
    place = statement.place if statement else len(program.body) - 1
    changed = program.text.edited([*edits, _inserted(program, place, [line for line in lines if line])])
    return changed, next(chip.index for chip in chips(changed) if chip.target == name)


def _read(source: str) -> Program:
    program = read(source)
    if program is None:
        raise EditProblem("The program has a syntax error. Correct its text first.")
    return program


def _preamble(program: Program, statement: Statement, name: str, fields: Fields) -> list[Edit]:
    """Return the edits to what goes before a creation: its import, its seed."""
    creation = CREATIONS[name]
    edits = _imports(program, creation.render(fields, kept=frozenset(fields)))
    present = program.seed(statement)
    if present is not None and fields.get("seed") == ast.unparse(present):
        return edits
    wanted = creation.seeding(fields)
    if present is None:
        start = program.text.start(statement.node)
        alone = start == program.text.line_start(start)
        return [*edits, Edit(start, start, wanted + (program.text.newline if alone else "; "))] if wanted else edits
    line = program.body[statement.place - 1]
    if not wanted:
        return [*edits, program.text.removal(program.body, statement.place - 1)]
    return [*edits, Edit(program.text.start(line), program.text.end(line), wanted)]


def _imports(program: Program, written: str) -> list[Edit]:
    """Return the edit that imports what new text needs and the program does not have."""
    imports = [node for node in program.body if isinstance(node, ast.Import | ast.ImportFrom)]
    known = {name for node in imports for name in names.bound(node)}
    used = set(names.used_within(ast.parse(written), None))
    lines = [
        line
        for name, line in (("torch", "import torch"), ("np", "import numpy as np"))
        if name in used and name not in known
    ]
    leading = program.body[: len(imports)]
    if not lines:
        return []
    if imports and leading == imports:
        return [_inserted(program, len(imports) - 1, lines)]
    start = program.text.line_start(program.text.start(program.body[0])) if program.body else 0
    return [Edit(start, start, "".join(line + program.text.newline for line in lines))]


def _inserted(program: Program, place: int, lines: list[str]) -> Edit:
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


def _rewired(program: Program, statement: Statement, link: Link) -> list[Edit]:
    """Return the edits to the lines that use what a statement bound, before it goes away."""
    receiver = link.receiver.id if isinstance(link.receiver, ast.Name) else ""
    if receiver and statement.target:
        if receiver == statement.target:
            return []
        return names.rewired(program.text, program.body, statement.place, statement.target, receiver)
    if receiver:
        return []
    for name in names.bound(statement.node):
        lines = names.later_lines(program.body, statement.place, name)
        if lines:
            where = ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))
            raise EditProblem(f"{name} is still used on {where}. Change or remove that first.")
    return []


def _moved(program: Program, index: int, to: Statement) -> Change:
    """Return an operation as the change that another statement's link becomes."""
    statement, place = program.find(index)
    link = statement.links[place]
    earlier = {name for node in program.body[: to.place] for name in names.bound(node)}
    since = {name for node in program.body[to.place : statement.place] for name in names.bound(node)}
    joins = ast.unparse(link.receiver) if link.receiver and OPERATIONS[link.name].form == "function" else ""
    for name in names.used_within(link.node, link.receiver):
        if name in since - earlier and name != joins:
            raise EditProblem(f"'{program.chips[index].text}' needs {name}, which is made later.")
    return Change(link.name, link.fields, frozenset(link.fields), link.style, joins)


def _receiver(program: Program, statement: Statement | None, name: str) -> tuple[str, list[Edit]]:
    """Return the name that a new operation is applied to, and the edit that gives it one."""
    if statement is not None and statement.target:
        return statement.target, []
    if statement is not None and statement.links[0].role != "raw":
        # a bare expression has no name yet
        start = program.text.start(statement.node)
        return name, [Edit(start, start, f"{name} = ")]
    known = names.tensor_names(program.body[: statement.place + 1]) if statement else ()
    if not known:
        raise EditProblem("There is no tensor yet that an operation could be applied to. Add one first.")
    return known[-1], []


def _next_uses(program: Program, statement: Statement | None, old: str, new: str) -> list[Edit]:
    """Return the edits with which the next statement is applied to the new result."""
    place = statement.place + 1 if statement else 0
    following = next((item for item in program.statements if item.place == place), None)
    if following is None or following.links[0].role != "operation":
        return []
    link = following.links[0]
    bases: list[ast.expr | None] = [link.receiver]
    if OPERATIONS[link.name].form == "function":
        bases = [item for item in ast.walk(link.node) if isinstance(item, ast.expr)]
    found = [base for base in bases if isinstance(base, ast.Name) and base.id == old]
    return [Edit(program.text.start(base), program.text.end(base), new) for base in found]
