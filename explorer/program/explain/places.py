"""Where the text makes a layer, in the words of the layers' paths: `conv`, `net.1`, `features.2`."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from explorer.program.explain.source import SourceText


def place_of(text: SourceText, call: ast.Call) -> str:
    """Return the path of the layer that a call makes, from the name that it is bound to; "" without a name."""
    path: list[str] = []
    node: ast.AST = call
    while (around := text.parents.get(node)) is not None:
        inner, node = node, around
        match around:
            case ast.Assign(targets=[target]) if last_name(target):
                return ".".join([last_name(target), *path])
            case ast.Call(func=function, args=args) if last_name(function) == "Sequential" and inner in args:
                path.insert(0, _index(args, inner))
            case ast.List(elts=items) if _is_stacked(text.parents.get(around), around):
                path.insert(0, _index(items, inner))
                node = text.parents[around]
            case _:
                return ""
    return ""


def told_apart(text: SourceText, calls: Sequence[ast.Call]) -> list[str]:
    """Return, for each of several calls that make layers, what tells it from the others: ` of net.1`, ` in line 4`."""
    if len(calls) < 2:
        return [""] * len(calls)
    places = [place_of(text, call) for call in calls]
    often, lines = Counter(places), Counter(call.lineno for call in calls)
    return [
        _told(call, place, often[place] == 1, lines[call.lineno] == 1)
        for call, place in zip(calls, places, strict=True)
    ]


def _told(call: ast.Call, place: str, place_once: bool, line_once: bool) -> str:
    if place and place_once:
        return f" of {place}"
    return f" in line {call.lineno}" + ("" if line_once else f", column {call.col_offset + 1}")


def last_name(node: ast.expr) -> str:
    """Return `Conv2d` for `nn.Conv2d`; "" for what is no name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_stacked(around: ast.AST | None, listed: ast.AST) -> bool:
    return isinstance(around, ast.Call) and last_name(around.func) == "ModuleList" and around.args == [listed]


def _index(items: Sequence[ast.AST], node: ast.AST) -> str:
    return str(items.index(node))
