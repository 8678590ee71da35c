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
from explorer.program.builders.additions import check_unused, fresh_results, imports, inserted, renamed_results
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.layer_edits import add_element, add_layer, in_stack, move_layer, remove_layer, set_layer
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Chip, Link, Program, Statement, read
from explorer.program.builders.operations import OPERATIONS
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.receivers import next_uses, receiver_of
from explorer.program.builders.rewrite import Change, rewritten
from explorer.program.builders.source import Edit, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explorer.program.builders.calls import Fields
    from explorer.program.builders.creations import Creation
    from explorer.program.builders.layers import LayerType
    from explorer.program.builders.operation import Operation
    from explorer.program.builders.parameters import Parameter

__all__ = [
    "Chip",
    "EditProblem",
    "add",
    "chips",
    "fresh_name",
    "move",
    "parameters",
    "receiver",
    "remove",
    "set_fields",
    "table",
    "tensor_names",
]


# How dtypes begin that hold whole numbers or truth values.
_EXACT = ("int", "uint", "bool")


def chips(source: str) -> tuple[Chip, ...]:
    """Return the program's chips; none for bad syntax, which the runner explains."""
    program = read(source)
    return program.chips if program else ()


def table(chip: Chip) -> Mapping[str, Creation] | Mapping[str, Operation] | Mapping[str, LayerType]:
    """Return what a chip of this role can be, by name; nothing for raw chips."""
    tables: Mapping[str, Mapping[str, Creation] | Mapping[str, Operation] | Mapping[str, LayerType]]
    tables = {"creation": CREATIONS, "operation": OPERATIONS, "layer": LAYERS}
    return tables.get(chip.role, {})


def parameters(chip: Chip) -> tuple[Parameter, ...]:
    """Return the fields of a chip; none for raw chips."""
    return table(chip)[chip.name].parameters if chip.role != "raw" else ()


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


def receiver(source: str, index: int) -> str:
    """Return the text that a chip's operation is applied to; "x" where it is applied to nothing."""
    program = read(source)
    if program is None:
        return "x"
    statement, place = program.find(index)
    link = statement.links[place]
    return "x" if link.receiver is None else program.text.segment(link.receiver)


def set_fields(source: str, index: int, name: str, fields: Fields) -> str:
    """Change a chip's fields, or its name within its kind: arange to zeros, view to reshape.

    Args:
        source: The program.
        index: The chip.
        name: What it is, or becomes: a key in CREATIONS, OPERATIONS or LAYERS.
        fields: Texts as typed. Missing ones stay as they are; for another name they have its default.

    Raises:
        ArgumentProblem: A text makes no argument; its `field` says which.
        EditProblem: The chip cannot be changed so.
    """
    program = _read(source)
    statement, place = program.find(index)
    link, chip = statement.links[place], program.chips[index]
    if name not in table(chip):
        raise EditProblem(f"'{chip.text}' cannot become {name}. Edit the program's text instead.")
    wanted = {**chip.fields, **fields} if name == chip.name else dict(fields)
    if (name, wanted) == (chip.name, chip.fields):
        return source
    same = {field for field, text in wanted.items() if text == link.fields.get(field)}
    kept = frozenset(same) if name == chip.name else frozenset()
    if chip.role == "layer":
        return set_layer(program, link, name, wanted, kept)
    edits = [rewritten(program.text, statement, {place: Change(name, wanted, kept, link.style)})]
    if chip.role == "creation":
        edits = _preamble(program, statement, name, wanted) + edits
    else:
        edits += imports(program, OPERATIONS[name].render("x", wanted, kept=frozenset(wanted)))
        if link is statement.links[-1]:
            before = OPERATIONS[chip.name].results(chip.fields)
            edits += renamed_results(program, statement, before, OPERATIONS[name].results(wanted))
    return program.text.edited(edits)


def remove(source: str, index: int) -> str:
    """Take a chip out of the program; what used its result uses what it was applied to.

    Raises:
        EditProblem: Other lines need the chip, or their meaning would change.
    """
    program = _read(source)
    statement, place = program.find(index)
    link = statement.links[place]
    if statement.makes_layers:
        return remove_layer(program, statement, link)
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
    (statement, place), (other, target) = program.find(index), program.find(to)
    if statement.makes_layers:
        return move_layer(program, statement, statement.links[place], other.links[target])
    for place in (index, to):
        if row[place].role != "operation":
            raise EditProblem(f"'{row[place].text}' keeps its place: only operations can be moved.")
        if not row[place].movable:
            raise EditProblem(f"'{row[place].text}' keeps its place: it has no single result that others could use.")
    low, high = sorted((index, to))
    slots = [place for place in range(low, high + 1) if row[place].movable]
    order = slots[1:] + slots[:1] if index < to else slots[-1:] + slots[:-1]
    changes: dict[int, dict[int, Change | None]] = {}
    for slot, source_index in zip(slots, order, strict=True):
        if slot != source_index:
            statement, place = program.find(slot)
            moved = _moved(program, source_index, statement)
            changes.setdefault(program.statements.index(statement), {})[place] = moved
    edits = [rewritten(program.text, program.statements[key], change) for key, change in changes.items()]
    return program.text.edited(edits)


def add(source: str, operation: str, after: int | None, shape: tuple[int, ...], dtype: str = "") -> tuple[str, int]:
    """Add an operation, or a creation, as a statement of its own, with a fresh name.

    Args:
        source: The program.
        operation: A key in OPERATIONS, in CREATIONS for a new tensor beside the others, or in LAYERS; a layer
            becomes an element of the stack that `after` stands in, or is made and applied.
        after: The chip after whose statement it stands; None: the last one.
        shape: Shape of the tensor that it is applied to (of the tensor to make, for a creation).
        dtype: Its dtype without `torch.`, or "" where that is not known.

    Returns:
        The program, in which the next statement uses the new result if it used the old one, and the index
        of the new chip.
    """
    program = _read(source)
    statement = None
    if program.statements:
        statement = program.statements[-1] if after is None else program.find(after)[0]
    if operation in LAYERS and after is not None and statement is not None:
        link = statement.links[program.find(after)[1]]
        if in_stack(statement, link):
            return add_element(program, statement, link, operation, shape), after + 1
    if operation in CREATIONS:
        lines, edits = _new_creation(program, operation, shape)
    elif operation in LAYERS:
        lines, edits = add_layer(program, statement, operation, shape, exact=dtype.startswith(_EXACT)), []
    else:
        lines, edits = _new_operation(program, statement, operation, shape, dtype)
    place = statement.place if statement else len(program.body) - 1
    changed = program.text.edited([*imports(program, "\n".join(lines)), *edits, inserted(program, place, lines)])
    # all that was added stands before the new statement, or is it; a layer is made before it is applied
    place += len(ast.parse(changed).body) - len(program.body)
    place -= len(ast.parse("\n".join(lines)).body) - 1 if operation in LAYERS else 0
    return changed, max(chip.index for chip in chips(changed) if chip.statement == place)


def _new_creation(program: Program, name: str, shape: tuple[int, ...]) -> tuple[list[str], list[Edit]]:
    """Return the lines that make a new tensor; no others change."""
    creation = CREATIONS[name]
    fields = creation.defaults(shape)
    line = f"{fresh_name(program.text.source)} = {creation.render(fields)}"
    return [item for item in (creation.seeding(fields), line) if item], []


def _new_operation(
    program: Program, statement: Statement | None, name: str, shape: tuple[int, ...], dtype: str
) -> tuple[list[str], list[Edit]]:
    """Return the line that applies an operation after a statement, and the edits to what stands around it."""
    source, operation = program.text.source, OPERATIONS[name]
    receiver, edits = receiver_of(program, statement, fresh_name(source))
    operand = f"{receiver}.float()" if operation.floating and dtype.startswith(_EXACT) else receiver
    fields = operation.defaults(shape, operand)
    written = operation.render(operand, fields)
    if operation.is_line:
        return [written], edits
    targets = fresh_results(f"{source}\n{receiver}", operation.results(fields))
    if not operation.sequence:
        edits += next_uses(program, statement, receiver, targets[0])
    return [f"{', '.join(targets)} = {written}"], edits


def _read(source: str) -> Program:
    program = read(source)
    if program is None:
        raise EditProblem("The program has a syntax error. Correct its text first.")
    return program


def _preamble(program: Program, statement: Statement, name: str, fields: Fields) -> list[Edit]:
    """Return the edits to what goes before a creation: its import, its seed."""
    creation = CREATIONS[name]
    edits = imports(program, creation.render(fields, kept=frozenset(fields)))
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


def _rewired(program: Program, statement: Statement, link: Link) -> list[Edit]:
    """Return the edits to the lines that use what a statement bound, before it goes away."""
    receiver = link.receiver.id if isinstance(link.receiver, ast.Name) else ""
    for name in statement.targets[1:]:
        check_unused(program, statement, name)
    if receiver and statement.target:
        if receiver == statement.target:
            return []
        return names.rewired(program.text, program.body, statement.place, statement.target, receiver)
    if receiver:
        return []
    for name in names.bound(statement.node):
        check_unused(program, statement, name)
    return []


def _moved(program: Program, index: int, to: Statement) -> Change:
    """Return an operation as the change that another statement's link becomes."""
    statement, place = program.find(index)
    link = statement.links[place]
    earlier = {name for node in program.body[: to.place] for name in names.bound(node)}
    since = {name for node in program.body[to.place : statement.place] for name in names.bound(node)}
    joins = ast.unparse(link.receiver) if link.receiver and link.style == "join" else ""
    for name in names.used_within(link.node, link.receiver):
        if name in since - earlier and name != joins:
            raise EditProblem(f"'{program.chips[index].text}' needs {name}, which is made later.")
    return Change(link.name, link.fields, frozenset(link.fields), link.style, joins)
