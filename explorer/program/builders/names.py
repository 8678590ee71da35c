"""Which names a program binds and uses, and how to let later lines use another one."""

from __future__ import annotations

import ast
import re
from itertools import chain, count
from typing import TYPE_CHECKING

from explorer.program.builders.layer import layer_name
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# `l` is left out: it reads as 1.
_LETTERS = "abcdefghijkmnopqrstuvwxyz"
_FIELDS = ("id", "arg", "asname", "name")


def fresh(source: str, tree: ast.Module | None, stems: Sequence[str] = _LETTERS) -> str:
    """Return the first of a, b, c, …, z, a1, b1, … (or of other stems) that the program does not use."""
    if tree is None:
        used = set(re.findall(r"\w+", source))
    else:
        used = {getattr(node, name, None) for node in ast.walk(tree) for name in _FIELDS}
    numbers = chain([""], map(str, count(1)))
    return next(name for number in numbers for stem in stems if (name := stem + number) not in used)


def uses(node: ast.AST, name: str) -> list[ast.Name]:
    """Return the places within a node that read a name or change it in place."""
    found = [item for item in ast.walk(node) if isinstance(item, ast.Name) and item.id == name]
    if isinstance(node, ast.AugAssign):
        return found
    return [item for item in found if isinstance(item.ctx, ast.Load)]


def bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement gives a value, in order; all of them for blocks."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in statement.names]
    stored = (item for item in ast.walk(statement) if isinstance(item, ast.Name))
    return [item.id for item in stored if not isinstance(item.ctx, ast.Load)]


def tensor_names(statements: list[ast.stmt]) -> tuple[str, ...]:
    """Return the names that assignments may have bound to tensors: no modules, functions, literals."""
    found: dict[str, None] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and not _is_no_tensor(statement.value):
            found |= dict.fromkeys(bound(statement))
    return tuple(found)


def later_lines(body: list[ast.stmt], place: int, name: str) -> list[int]:
    """Return the lines after a statement that use the name it binds, up to where the name is bound anew."""
    lines = []
    for statement in body[place + 1 :]:
        lines += [item.lineno for item in uses(statement, name)]
        if _rebinds(statement, name):
            break
    return sorted(set(lines))


def rewired(text: Text, body: list[ast.stmt], place: int, old: str, new: str) -> list[Edit]:
    """Return the edits with which the lines after a statement use `new` where they used `old`.

    They end where `old` is bound anew. A program in which that changes the meaning raises EditProblem.
    """
    edits: list[Edit] = []
    replaced_at = 0
    for statement in body[place + 1 :]:
        found = uses(statement, old)
        if found and replaced_at:
            raise EditProblem(
                f"{old} is still used on line {found[0].lineno}, after {new} has been given another value on "
                f"line {replaced_at}. Change one of these lines first."
            )
        _check_block(statement, old)
        edits += [_renamed(text, item, new) for item in found]
        if _rebinds(statement, old):
            break
        if new in bound(statement) and not isinstance(statement, ast.AugAssign):
            replaced_at = statement.lineno
    return edits


def used_within(node: ast.AST, without: ast.AST | None) -> Iterator[str]:
    """Yield the names that a node reads, leaving out those within `without`."""
    skipped = {id(item) for item in ast.walk(without)} if without is not None else set()
    for item in ast.walk(node):
        if isinstance(item, ast.Name) and id(item) not in skipped:
            yield item.id


def _rebinds(statement: ast.stmt, name: str) -> bool:
    return not isinstance(statement, ast.AugAssign) and name in bound(statement)


def _check_block(statement: ast.stmt, name: str) -> None:
    """Refuse blocks in which a name is bound: which of its uses mean the old value cannot be told."""
    inner = {item.arg for item in ast.walk(statement) if isinstance(item, ast.arg)} | set(bound(statement))
    inner |= {
        item.id for item in ast.walk(statement) if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load)
    }
    simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete)
    scopes = any(isinstance(item, ast.Lambda | ast.comprehension | ast.NamedExpr) for item in ast.walk(statement))
    if name in inner and (not simple or scopes):
        raise EditProblem(
            f"{name} is given another value within line {statement.lineno}. Edit the program's text instead."
        )


def _renamed(text: Text, node: ast.Name, new: str) -> Edit:
    if text.segment(node) != node.id:
        # Python 3.11 misplaces names within some f-strings
        raise EditProblem(f"{node.id} is used on line {node.lineno} where it cannot be renamed. Edit the text.")
    return Edit(text.start(node), text.end(node), new)


def _is_no_tensor(value: ast.expr | None) -> bool:
    return value is None or _is_literal(value) or layer_name(value) not in ("", "Parameter")


def _is_literal(value: ast.expr) -> bool:
    parts = (
        ast.Constant,
        ast.List,
        ast.Tuple,
        ast.Dict,
        ast.Set,
        ast.UnaryOp,
        ast.USub,
        ast.Load,
        ast.Lambda,
    )
    return isinstance(value, ast.Lambda) or all(isinstance(item, parts) for item in ast.walk(value))
