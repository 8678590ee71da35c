"""Edits of the layers that a program makes: their fields, and their places in `nn.Sequential`."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.program.builders import kernels, names
from explorer.program.builders.additions import imports
from explorer.program.builders.layers import LAYERS, is_sequential
from explorer.program.builders.links import Link, Program, Statement
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.receivers import last_tensor
from explorer.program.builders.recurrent_calls import call_lines
from explorer.program.builders.recurrent_edits import set_recurrent, without_recurrent
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import kernel_text, set_kernel

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields
    from explorer.program.builders.starts import Shape


_PLAIN = len(("N", "C"))
# what has no dimension for features, or none for time, gets one
_SEQUENCES = {0: "[None, None]", 1: "[:, None]"}


def set_layer(program: Program, link: Link, name: str, wanted: Fields, kept: frozenset[str]) -> str:
    """Return the program with other arguments of a layer, or with another layer in its place.

    A kernel that a preset wrote is written anew in the new size; one that the new layer has not goes away.

    Raises:
        ArgumentProblem: A text makes no argument, or a preset has no kernel of this size.
        EditProblem: The results of a recurrent layer are used as no other layer's could be.
    """
    if LAYERS[link.name].is_recurrent or LAYERS[name].is_recurrent:
        return set_recurrent(program, link, name, wanted, kept)
    text, weight = program.text, f"{link.path}.weight"
    written = kernel_text(text.source, weight) if link.path else ""
    edits = [Edit(text.start(link.node), text.end(link.node), LAYERS[name].render(wanted, kept=kept))]
    edits += _result_edits(program, link, wanted)
    changed = text.edited(edits)
    if not written:
        return changed
    if not LAYERS[name].has_kernel:
        return set_kernel(changed, weight, "")
    preset = kernels.preset_of(written, kernels.size_of(link.name, link.fields))
    new = kernels.written(preset, kernels.size_of(name, wanted)) if preset else written
    return changed if new == written else set_kernel(changed, weight, new)


def add_element(program: Program, statement: Statement, link: Link, name: str, shape: Shape) -> str:
    """Return the program with another layer in a stack, after one of its elements."""
    siblings = _siblings(statement, link)
    place = siblings.index(link.node) if isinstance(link.node, ast.expr) else 0
    text = program.text
    start, end = text.start(link.node), text.end(link.node)
    before = text.source[text.line_start(start) : start]
    gap = f",{text.newline}{before}" if not before.strip() else ", "
    layer = LAYERS[name].render(LAYERS[name].defaults(_given(statement, link, shape)))
    order = [*range(place + 1), None, *range(place + 1, len(siblings))]
    edits = [Edit(end, end, f"{gap}{layer}"), *_renumbered(program, link, order)]
    return text.edited([*imports(program, layer), *edits])


def add_layer(
    program: Program, statement: Statement | None, name: str, shape: Shape, *, exact: bool = False
) -> list[str]:
    """Return the lines that make a layer and apply it to the last tensor, which may hold `exact` whole numbers."""
    layer, source = LAYERS[name], program.text.source
    tensor = last_tensor(program, statement)
    made = names.fresh(source, ast.parse(source), (layer.stem,))
    if layer.is_recurrent:
        given = f"{tensor}{'.float()' if exact else ''}{_SEQUENCES.get(len(shape), '')}"
        return [f"{made} = {layer.render(layer.defaults(shape))}", *call_lines(source, name, made, given)]
    result = names.fresh(f"{source}\n{made} = 0", ast.parse(f"{source}\n{made} = 0"))
    return [f"{made} = {layer.render(layer.defaults(shape))}", f"{result} = {made}({tensor})"]


def remove_layer(program: Program, statement: Statement, link: Link) -> str:
    """Take a layer away: an element of a stack, or a layer with the line that applies it.

    Raises:
        EditProblem: Other lines need it.
    """
    if link.role == "layer" and LAYERS[link.name].is_recurrent and not in_stack(statement, link):
        return without_recurrent(program, statement)
    if link.node is statement.node or not in_stack(statement, link):
        return _without_layer(program, statement)
    siblings, text = _siblings(statement, link), program.text
    place = next(place for place, node in enumerate(siblings) if node is link.node)
    if len(siblings) == 1:
        raise EditProblem(f"{link.path or 'This stack'} has no other layer. Edit the program's text instead.")
    if place + 1 < len(siblings):
        edit = Edit(text.start(link.node), text.start(siblings[place + 1]), "")
    else:
        edit = Edit(text.end(siblings[place - 1]), text.end(link.node), "")
    order = [number for number in range(len(siblings)) if number != place]
    cleared = _writes(program, link.path)
    removals = [text.removal(program.body, program.body.index(line)) for line in cleared]
    return text.edited([edit, *removals, *_renumbered(program, link, order, cleared)])


def move_layer(program: Program, statement: Statement, link: Link, other: Link) -> str:
    """Put an element of a stack in the place of another one of the same stack.

    Raises:
        EditProblem: They stand in different stacks.
    """
    siblings, text = _siblings(statement, link), program.text
    places = [next((p for p, node in enumerate(siblings) if node is one.node), None) for one in (link, other)]
    if places[0] is None or places[1] is None:
        raise EditProblem("A layer can only be moved within its own nn.Sequential.")
    order: list[int | None] = [number for number in range(len(siblings)) if number != places[0]]
    order.insert(places[1], places[0])
    slots = zip(siblings, order, strict=True)
    edits = [
        Edit(text.start(slot), text.end(slot), text.segment(siblings[number]))
        for slot, number in slots
        if number is not None and slot is not siblings[number]
    ]
    return text.edited([*edits, *_renumbered(program, link, order)])


def _siblings(statement: Statement, link: Link) -> list[ast.expr]:
    """Return the elements of the stack that a layer stands in."""
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Call) and is_sequential(node) and any(element is link.node for element in node.args):
            return list(node.args)
    return []


def in_stack(statement: Statement, link: Link) -> bool:
    """Tell whether a link is an element of `nn.Sequential`."""
    return bool(_siblings(statement, link))


def _renumbered(
    program: Program, link: Link, order: Sequence[int | None], cleared: Sequence[ast.stmt] = ()
) -> list[Edit]:
    """Return the edits with which `net[2]` still means the layer that it meant: `order` has the old numbers."""
    stack = link.path.rpartition("[")[0]
    new = {old: place for place, old in enumerate(order) if old is not None}
    edits = []
    for node in (node for line in program.body if line not in cleared for node in ast.walk(line)):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=int(old)) as number) if (
                stack and ast.unparse(value) == stack
            ):
                if old >= 0 and old not in new:
                    raise EditProblem(f"{stack}[{old}] is still used on line {node.lineno}. Change that first.")
                if new.get(old, old) != old:
                    edits.append(Edit(program.text.start(number), program.text.end(number), str(new[old])))
    return edits


def _writes(program: Program, path: str) -> list[ast.stmt]:
    """Return the lines that write to a layer's parameters."""
    lines = [line for line in program.body if path and isinstance(line, ast.Assign)]
    own = (f"{path}.weight", f"{path}.bias")
    return [line for line in lines if ast.unparse(line.targets[0]).startswith(own)]


def _without_layer(program: Program, statement: Statement) -> str:
    """Return the program without a layer of its own, its weights' lines, and the one line that applies it."""
    name, text = statement.target, program.text
    uses = [line for line in program.body[statement.place + 1 :] if name and names.uses(line, name)]
    writes = [line for line in uses if line in _writes(program, name)]
    calls = [line for line in uses if line not in writes]
    edits = [text.removal(program.body, program.body.index(line)) for line in (statement.node, *writes, *calls)]
    for line in calls:
        match line:
            case ast.Assign(
                targets=[ast.Name(id=result)],
                value=ast.Call(func=ast.Name(id=called), args=[ast.Name(id=given)], keywords=[]),
            ) if called == name and len(calls) == 1:
                edits += names.rewired(text, program.body, program.body.index(line), result, given)
            case ast.Assign(
                targets=[ast.Name(id=result)], value=ast.Call(func=ast.Name(id=called), args=[_], keywords=[])
            ) if called == name and len(calls) == 1:
                used = names.later_lines(program.body, program.body.index(line), result)
                if used:
                    raise EditProblem(f"{result} is still used on line {used[0]}. Change or remove that first.")
            case _:
                raise EditProblem(f"{name} is still used on line {line.lineno}. Change or remove that first.")
    return text.edited(edits)


def _given(statement: Statement, link: Link, shape: Shape) -> Shape:
    """Return the shape of what a layer after `link` gets, as far as the fields before it say."""
    for before in statement.links[statement.links.index(link) :: -1]:
        known = LAYERS[before.name] if before.role == "layer" else None
        if known is not None and known.channels and before.fields[known.channels[-1]].isdigit():
            size = int(before.fields[known.channels[-1]])
            # BatchNorm1d takes N × C, too
            place = len(shape) - (1 if known.stem == "bn" and len(shape) == _PLAIN else known.dims + 1)
            return (*shape[:place], size, *shape[place + 1 :]) if place >= 0 else shape
    return shape


def _result_edits(program: Program, link: Link, wanted: Mapping[str, str]) -> list[Edit]:
    """Return the edits with which a pool that returns indices, too, gives two names to its results, and back."""
    before, after = (fields.get("return_indices", "False") for fields in (link.fields, wanted))
    edits = []
    for line in program.body if before != after and link.path.isidentifier() else []:
        match line:
            case ast.Assign(targets=[ast.Name() as target], value=ast.Call(func=ast.Name(id=called))) if (
                called == link.path and after == "True"
            ):
                name = names.fresh(program.text.source, ast.parse(program.text.source), ("indices",))
                edits.append(Edit(program.text.end(target), program.text.end(target), f", {name}"))
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name() as first, ast.Name() as second])],
                value=ast.Call(func=ast.Name(id=called)),
            ) if called == link.path and after == "False":
                used = names.later_lines(program.body, program.body.index(line), second.id)
                if used:
                    raise EditProblem(f"{second.id} is still used on line {used[0]}. Change or remove that first.")
                edits.append(Edit(program.text.end(first), program.text.end(second), ""))
    return edits
