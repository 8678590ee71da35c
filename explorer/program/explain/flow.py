"""What of a program may run after a line of it, and what it does there to a name: read it, or go backward."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.program.explain.source import SourceText

_LOOPS = ast.For | ast.While
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def same(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two expressions have the same text, but for whitespace: the same name, seen in two places."""
    return type(one) is type(other) and isinstance(one, ast.expr) and ast.unparse(one) == ast.unparse(other)


def scope_of(text: SourceText, node: ast.AST) -> ast.AST:
    """Return the function that a line stands in, or the whole program."""
    return text.around(node, _SCOPES) or text.tree


def may_follow(text: SourceText, line: ast.stmt) -> Iterator[ast.AST]:
    """Yield what may run after a line in the same function: what stands below it, and all of the loops around it."""
    scope, seen = scope_of(text, line), set[ast.AST]()
    around: ast.AST | None = line
    while around is not None and around is not scope:
        if isinstance(around, _LOOPS):
            seen.update(ast.walk(around))
        around = text.parents.get(around)
    below = (node for node in ast.walk(scope) if getattr(node, "lineno", 0) > (line.end_lineno or line.lineno))
    yield from seen.union(below)


def backward_may_follow(text: SourceText, line: ast.stmt) -> bool:
    """Tell whether a backward pass may run after a line, by itself or in a function of the program's that is called."""
    passing = {
        node.name
        for node in ast.walk(text.tree)
        if isinstance(node, ast.FunctionDef) and any(_calls(inner, {"backward"}) for inner in ast.walk(node))
    }
    return any(_calls(node, {"backward", *passing}) for node in may_follow(text, line))


def _calls(node: ast.AST, names: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in names
