"""What a recurrent layer goes through, traced back to the line whose sizes say its shape."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from explorer.program.builders import names
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.layer import layer_name
from explorer.program.builders.links import Link, Program
from explorer.program.builders.recurrent_calls import RecurrentCall, packing
from explorer.program.builders.source import Edit

_SHAPES = ("shape", "size")
_BATCHED = len(("T", "N", "I"))
_STEPS = 8  # definitions that are followed back
_SWAPPED = {":, None": "None", "None": ":, None"}
_KEYWORD = re.compile(r",\s*batch_first\s*=\s*$")
_VIEWS = ("view", "reshape")
_ROWS = re.compile(r"torch\.tensor\(\[\[[^\[\]]*\](, \[[^\[\]]*\])*\]\)(\.float\(\))?")


def input_edits(program: Program, call: RecurrentCall, size: tuple[str, str], *, swap: bool) -> list[Edit] | None:
    """Return the edits with which a sequence has another number of features, or time and batch change places.

    Args:
        program: The program.
        call: What goes through it.
        size: Its features before and after.
        swap: Whether time and batch change places.

    Returns:
        The edits; None where no line says the shape in a way that can be changed.
    """
    packed = packing(program, call)
    edits = batch_first(program, packed[1]) if swap and packed is not None else []
    node, place = call.sequence, call.place
    for _ in range(_STEPS):
        if isinstance(node, ast.Name):
            found = definition(program, node.id, place)
            if found is None:
                return None
            place, node = found
            link = _creation(program, place)
            if link is not None:
                return [*edits, *_created(program, link, size, swap=swap)]
            continue
        own = _here(program, node, place, size, swap=swap)
        if own is not None:
            return [*edits, *own]
        inner = _inner(node)
        if inner is None:
            return None
        node = inner
    return None


def batch_first(program: Program, call: ast.Call) -> list[Edit]:
    """Return the edit that turns a call's keyword batch_first."""
    text = program.text
    for keyword in call.keywords:
        if keyword.arg == "batch_first":
            start, end = text.start(keyword.value), text.end(keyword.value)
            written = _KEYWORD.search(text.source[:start])
            if written is not None and ast.unparse(keyword.value) == "True":
                return [Edit(written.start(), end, "")]
            return [Edit(start, end, str(ast.unparse(keyword.value) != "True"))]
    end = text.end(call) - 1
    return [Edit(end, end, ", batch_first=True")]


def definition(program: Program, name: str, before: int) -> tuple[int, ast.expr] | None:
    """Return what a name was given last before a statement, and where; None where that is no plain assignment."""
    for place in range(before - 1, -1, -1):
        node = program.body[place]
        if name in names.bound(node):
            return (place, node.value) if isinstance(node, ast.Assign) else None
    return None


def _creation(program: Program, place: int) -> Link | None:
    """Return what a statement begins with, if it makes a tensor of a shape that is written out."""
    for statement in program.statements:
        first = statement.links[0]
        if statement.place == place and first.role == "creation" and _shape(first.fields):
            tails = {link.name for link in statement.links[1:]}
            return first if not tails & {"view", "reshape", "unsqueeze", "index", "permute", "transpose"} else None
    return None


def _created(program: Program, link: Link, size: tuple[str, str], *, swap: bool) -> list[Edit]:
    shape = _shape(link.fields)
    wanted = [*shape[:-1], size[1]] if shape[-1] == size[0] else list(shape)
    if swap and len(wanted) == _BATCHED:
        wanted[:2] = wanted[1::-1]
    if wanted == shape:
        return []
    return [resized_creation(program, link, wanted)]


def resized_creation(program: Program, link: Link, sizes: list[str]) -> Edit:
    """Return the edit with which a tensor is made with other sizes."""
    name = next(name for name in _SHAPES if name in link.fields)
    fields = {**link.fields, name: ", ".join(sizes)}
    written = CREATIONS[link.name].render(fields, kept=frozenset(fields))
    return Edit(program.text.start(link.node), program.text.end(link.node), written)


def _shape(fields: Mapping[str, str]) -> list[str]:
    text = next((fields[name] for name in _SHAPES if name in fields), "")
    return [size.strip() for size in text.split(",")] if text and text != "()" else []


def sizes_of(link: Link) -> list[str]:
    """Return the sizes that a creation is written with; [] for one without."""
    return _shape(link.fields) if link.role == "creation" else []


def _here(program: Program, node: ast.expr, place: int, size: tuple[str, str], *, swap: bool) -> list[Edit] | None:
    """Return the edits of an expression that says where time and batch are, or how many features there are."""
    text = program.text
    match node:
        case ast.Subscript(value=value, slice=index) if ast.unparse(index).strip("()") in _SWAPPED:
            wanted = _SWAPPED[ast.unparse(index).strip("()")]
            own = [Edit(text.start(index), text.end(index), wanted)] if swap else []
            return [*own, *(_embedded(program, value, place, size) or [])]
        case ast.Subscript(value=value, slice=index) if swap and _is_typed_batch(value, index):
            if isinstance(value, ast.Attribute):
                return [Edit(text.end(value.value), text.end(value), "")]
            return [Edit(text.end(value), text.end(value), ".T")]
        case ast.Call(func=ast.Attribute(value=value, attr="unsqueeze"), args=[ast.Constant(value=0 | 1 as dim) as at]):
            own = [Edit(text.start(at), text.end(at), str(1 - dim))] if swap else []
            return [*own, *(_embedded(program, value, place, size) or [])]
        case ast.Call(func=ast.Attribute(attr=name), args=[first, second, _]) if name in _VIEWS:
            if not swap:
                return None
            pair = (text.segment(second), text.segment(first))
            return [Edit(text.start(at), text.end(at), new) for at, new in zip((first, second), pair, strict=True)]
    return _embedded(program, node, place, size, swap=swap)


def _is_typed_batch(node: ast.expr, index: ast.expr) -> bool:
    """Tell whether these are series that were typed, one of them a row or (`.T`) a column, of one feature each."""
    rows = node.value if isinstance(node, ast.Attribute) and node.attr == "T" else node
    written = ast.unparse(rows)
    return ast.unparse(index).strip("()") == "..., None" and _ROWS.fullmatch(written) is not None


def _embedded(
    program: Program, node: ast.expr, place: int, size: tuple[str, str], *, swap: bool = False
) -> list[Edit] | None:
    """Return the edits of a call of an embedding: its size, and batch_first of what pads the numbers it looks up."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[given]):
            found = definition(program, name, place)
            if found is None or layer_name(found[1]) != "Embedding" or not isinstance(found[1], ast.Call):
                return None
            width = found[1].args[1] if len(found[1].args) > 1 else None
            edits = []
            if width is not None and ast.unparse(width) == size[0] != size[1]:
                edits.append(Edit(program.text.start(width), program.text.end(width), size[1]))
            padded = [call for call in ast.walk(given) if isinstance(call, ast.Call) and _pads(call)]
            if swap and not padded:
                return None
            return [*edits, *(edit for call in padded if swap for edit in batch_first(program, call))]
    return None


def _pads(call: ast.Call) -> bool:
    return ast.unparse(call.func).endswith("pad_sequence")


def _inner(node: ast.expr) -> ast.expr | None:
    """Return what an expression is made from first: its receiver, its left side, the argument that is packed."""
    match node:
        case ast.Call(func=ast.Attribute(attr="pack_padded_sequence"), args=[first, *_]):
            return first
        case ast.Call(func=ast.Attribute(value=value)) if not isinstance(value, ast.Name) or value.id != "torch":
            return value
        case ast.BinOp(left=left):
            return left
    return None
