"""What follows when a recurrent layer inside of a class or a function gets other sizes: what stands there, too."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

from explorer.program.builders.creations import match_creation
from explorer.program.builders.layer import layer_name
from explorer.program.builders.links import Link, Program
from explorer.program.builders.recurrent_follow import state_edits
from explorer.program.builders.recurrent_readers import Change, Features, reader_edits
from explorer.program.builders.source import Edit

Owner: TypeAlias = ast.ClassDef | ast.FunctionDef
"""What a layer is made inside of."""


def following_inside(
    program: Program, owner: Owner, made: ast.Call, fields: tuple[Mapping[str, str], Mapping[str, str]]
) -> list[Edit]:
    """Return the edits to other lines of a class or a function with which it still runs.

    Args:
        program: The program.
        owner: The class or the function.
        made: The call that makes the layer.
        fields: Those of the layer before and after.
    """
    path = _path(owner, made)
    if not path:
        return []
    change = Change(program, made, path, Features.of(fields[0]), Features.of(fields[1]))
    edits: dict[int, Edit] = {}
    for function in (node for node in ast.walk(owner) if isinstance(node, ast.FunctionDef)):
        found = reader_edits(change, function.body, owner.body)
        for call in _calls(function, path):
            state = call.args[1] if len(call.args) > 1 else None
            found += state_edits(program, state, fields, partial(_creation, function, call))
            found += _embedding(program, owner, _meant(function, call, call.args[0]), fields)
        edits |= {edit.start: edit for edit in found}
    return list(edits.values())


def _path(owner: Owner, made: ast.Call) -> str:
    """Return how the lines call a layer: `self.lstm`; "" where it is given no name of its own."""
    for node in ast.walk(owner):
        if (
            isinstance(node, ast.Assign)
            and node.value is made
            and isinstance(node.targets[0], ast.Name | ast.Attribute)
        ):
            return ast.unparse(node.targets[0])
    return ""


def _calls(function: ast.FunctionDef, path: str) -> list[ast.Call]:
    nodes = (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args)
    return [node for node in nodes if ast.unparse(node.func) == path]


def _meant(function: ast.FunctionDef, call: ast.Call, node: ast.expr | None) -> ast.expr | None:
    """Return what a name was given last before a call; anything else is meant itself."""
    if not isinstance(node, ast.Name):
        return node
    found = None
    for line in ast.walk(function):
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.id:
                before = line.lineno < call.lineno
                found = value if before and (found is None or found.lineno < line.lineno) else found
    return found


def _creation(function: ast.FunctionDef, call: ast.Call, node: ast.expr | None) -> Link | None:
    """Return the creation that a part of a call's state is, or its name was given."""
    meant = _meant(function, call, node)
    created = match_creation(meant) if meant is not None else None
    return Link("creation", meant, created[0].name, created[1]) if meant is not None and created is not None else None


def _embedding(
    program: Program, owner: Owner, given: ast.expr | None, fields: tuple[Mapping[str, str], Mapping[str, str]]
) -> list[Edit]:
    """Return the edit to the embedding that makes what a layer goes through."""
    old, new = (one["input_size"] for one in fields)
    called = {ast.unparse(call.func) for call in ast.walk(given) if isinstance(call, ast.Call)} if given else set()
    for line in ast.walk(owner):
        match line:
            case ast.Assign(targets=[target], value=ast.Call(args=[_, width, *_]) as made) if old != new:
                fed = layer_name(made) == "Embedding" and ast.unparse(target) in called
                if fed and ast.unparse(width) == old:
                    return [Edit(program.text.start(width), program.text.end(width), new)]
    return []
