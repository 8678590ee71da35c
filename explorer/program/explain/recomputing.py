"""A loss that was computed of values that are gone: the lines that compute it, once more before its backward pass."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.cut import root_node
from explorer.program.explain.fault import member
from explorer.program.explain.source import body_of
from explorer.trace.values import has_storage

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.program.explain.source import SourceText

_MOST_LINES = 8
_LONGEST_LABEL = 60


def recomputed(fault: Fault, storages: Iterable[int]) -> Iterator[Change]:
    """Yield the program with what backward starts from computed anew just before, of the values as they are then.

    Args:
        fault: The backward pass that failed.
        storages: Numbers of the storages that were written to since the first time.
    """
    root, statement = root_node(fault), fault.statement
    if root is None or statement is None:
        return
    start, indent = fault.text.span(statement)[0], fault.text.before(statement)
    lines = _between(fault.text, statement, root, _holders(fault, frozenset(storages)))
    if lines and not indent.strip():
        codes = [fault.text.text(line) for line in lines]
        label = (
            codes[0] if len(codes) == 1 and len(codes[0]) < _LONGEST_LABEL else f"{_target(lines[-1])} = … once more"
        )
        yield label, fault.text.replaced(((start, start), "".join(f"{code}\n{indent}" for code in codes)))


def _holders(fault: Fault, storages: frozenset[int]) -> set[str]:
    """Return the names of what was written to: tensors, and modules that hold them."""
    if fault.recorder is None:
        return set()
    numbers = fault.recorder.states.storages
    found = set()
    for name, value in fault.names.items():
        if any(has_storage(one) and numbers.number(one) in storages for one in _tensors(value)):
            found.add(name)
    return found


def _tensors(value: object) -> Iterator[torch.Tensor]:
    """Yield a tensor, or the parameters of a module, without running anything of the program's."""
    if isinstance(value, torch.Tensor):
        yield value
    for kind in ("_parameters", "_modules") if isinstance(value, torch.nn.Module) else ():
        held = member(value, kind)
        for inner in held.values() if isinstance(held, dict) else ():
            yield from _tensors(inner)


def _between(text: SourceText, statement: ast.stmt, root: ast.expr, holders: set[str]) -> list[ast.Assign]:
    """Return the lines before a statement that lead from what was written to the root of its backward pass, in order.

    None where they cannot stand a second time: they do not all give one name a value, or one goes on from its own name.
    """
    before = [line for line in _before(text, statement) if isinstance(line, ast.Assign)]
    wanted, behind = _names(root), list[ast.Assign]()
    for line in reversed(before):
        if _target(line) in wanted:
            wanted |= _names(line.value)
            behind.insert(0, line)
    changed, found = set(holders), list[ast.Assign]()
    for line in behind:
        if _names(line.value) & changed and _target(line) not in holders:
            changed.add(_target(line))
            found.append(line)
    again = any(_target(line) in _names(line.value) or line.lineno != line.end_lineno for line in found)
    targets = [_target(line) for line in found]
    return [] if again or len(set(targets)) < len(targets) or len(found) > _MOST_LINES else found


def _before(text: SourceText, statement: ast.stmt) -> list[ast.stmt]:
    """Return the statements that run before one wherever it does, in its function."""
    found: list[ast.stmt] = []
    at: ast.AST | None = statement
    while isinstance(at, ast.stmt) and not isinstance(at, ast.FunctionDef):
        body = body_of(text, at)
        found = [*body[: body.index(at)], *found] if at in body else found
        at = text.parents.get(at)
    return found


def _target(line: ast.Assign) -> str:
    """Return the name that a line gives a value; "" where that is not one plain name."""
    target = line.targets[0]
    return target.id if len(line.targets) == 1 and isinstance(target, ast.Name) else ""


def _names(node: ast.expr) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
