"""What of a program may run after a line of it, and what it does there to a name: read it, or go backward."""

from __future__ import annotations

import ast
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


def may_follow(text: SourceText, line: ast.stmt, within: ast.AST | None = None) -> set[ast.AST]:
    """Return what may run after a line: what stands below it, and all of the loops around it.

    Args:
        text: The program.
        line: The line.
        within: A loop or a function around it, of which one pass is meant; the function that it stands in without one.
    """
    within = within or scope_of(text, line)
    found = {node for node in ast.walk(within) if getattr(node, "lineno", 0) > (line.end_lineno or line.lineno)}
    around: ast.AST | None = line
    while around is not None and around is not within:
        if isinstance(around, _LOOPS):
            found.update(ast.walk(around))
        around = text.parents.get(around)
    return found


def backward_may_follow(text: SourceText, line: ast.stmt) -> bool:
    """Tell whether a backward pass may run after a line, by itself or in a function of the program's that is called."""
    passing = {
        node.name
        for node in ast.walk(text.tree)
        if isinstance(node, ast.FunctionDef) and any(_calls(inner, {"backward"}) for inner in ast.walk(node))
    }
    return any(_calls(node, {"backward", *passing}) for node in may_follow(text, line))


def leaf_is_lost(text: SourceText, line: ast.stmt, name: ast.expr) -> bool:
    """Tell whether a leaf is missed that a line gives a computed tensor's place: its gradient is read or made later."""
    lender, scope = _lender(text, line, name), scope_of(text, line)
    handed_on = any(
        isinstance(node, ast.Return) and node.value is not None and same(node.value, name) for node in ast.walk(scope)
    )
    if scope is not text.tree and (lender is None or handed_on):
        # what a function does to names from outside, or returns, is seen wherever the program goes on
        return any(_calls(node, {"backward"}) for node in ast.walk(text.tree))
    return backward_may_follow(text, line) or any(
        isinstance(node, ast.Attribute) and node.attr == "grad" and same(node.value, name)
        for node in may_follow(text, line)
    )


def is_lent(text: SourceText, line: ast.stmt, name: ast.expr) -> bool:
    """Tell whether a name is only lent, by a loop or to a function, and not read there after the line.

    A new tensor in its place would be seen by nobody.
    """
    lender = _lender(text, line, name)
    return lender is not None and not any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and same(node, name)
        for node in may_follow(text, line, lender)
    )


def _lender(text: SourceText, line: ast.stmt, name: ast.expr) -> ast.AST | None:
    """Return the loop or the function around a line that gives a name what it holds; None where a line does."""
    around: ast.AST | None = line if isinstance(name, ast.Name) else None
    while around is not None and isinstance(name, ast.Name):
        if isinstance(around, ast.For) and any(same(node, name) for node in ast.walk(around.target)):
            return around
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            given = around.args
            names = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
            return around if name.id in names else None
        around = text.parents.get(around)
    return None


def _calls(node: ast.AST, names: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in names
