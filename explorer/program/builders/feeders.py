"""The lines that make what a recurrent layer goes through."""

from __future__ import annotations

import ast

from explorer.program.builders import names
from explorer.program.builders.creations import seed_of
from explorer.program.builders.expressions import parsed
from explorer.program.builders.links import Program
from explorer.program.builders.recurrent_calls import PACKERS, assigned_call, called, same_input

_NO_FEEDERS = (ast.Import, ast.ImportFrom)


def feeders(program: Program, path: str) -> tuple[int, ...]:
    """Return the statements that make what a layer goes through, by their index: all that it depends on."""
    calls = same_input(program, path)
    if not calls:
        return ()
    last = min(call.place for _, call in calls)
    wanted = _wanted(calls[0][1].sequence)
    found: list[int] = []
    for place in range(last - 1, -1, -1):
        node = program.body[place]
        if not isinstance(node, _NO_FEEDERS) and _gives(node) & wanted:
            found.append(place)
            wanted |= _wanted(node)
    return tuple(reversed(found))


def _wanted(node: ast.AST) -> set[str]:
    """Return the names that a sequence is made from; the lengths say how much of it is read, not what it is."""
    packed = called(node, PACKERS) if isinstance(node, ast.expr) else assigned_call(node, PACKERS)
    return set(names.used_within(packed.args[0] if packed and packed.args else node, None))


def own_feeders(program: Program, path: str) -> tuple[int, ...]:
    """Return those of the `feeders` that no other line needs, each with the seed right before it.

    The layers' own lines need what their fields say but for input_size, which goes with the sequence.
    """
    layers = same_input(program, path)
    readers = {call.place for _, call in layers} | {program.find(chip.index)[0].place for chip, _ in layers}
    kept = {
        name
        for chip, _ in layers
        for field, text in chip.fields.items()
        if field != "input_size" and (node := parsed(text)) is not None
        for name in names.used_within(node, None)
    }
    own = set(feeders(program, path))
    while shared := {place for place in own if _needed(program, place, own | readers, kept)}:
        own -= shared
    seeds = {place - 1 for place in own if place and seed_of(program.body[place - 1]) is not None}
    return tuple(sorted(own | seeds))


def _needed(program: Program, place: int, known: set[int], kept: set[str]) -> bool:
    given = _gives(program.body[place])
    if given & kept:
        return True
    others = (node for number, node in enumerate(program.body) if number not in known)
    return any(names.uses(node, name) for node in others for name in given)


def _gives(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value, or writes into: `x[0] = 1`."""
    found = set(names.bound(node))
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return found | {name for target in targets for name in _written_into(target)}


def _written_into(target: ast.expr) -> set[str]:
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return {target.id} if isinstance(target, ast.Name) else set()
