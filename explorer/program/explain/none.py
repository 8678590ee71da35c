"""None where a value is needed: a forward without return, a gradient before its backward pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.history import place_of_line
from explorer.program.explain.model import Explanation
from explorer.program.explain.parameter_writes import explain_missing_parameter
from explorer.program.explain.text import sentence
from explorer.program.explain.updates import Update, update_that_made, written_into_leaf
from explorer.trace.peeking import is_leaf

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_MENTIONS_NONE = re.compile(r"NoneType|not None\b")
_IN_PLACE = frozenset({"append", "extend", "insert", "sort", "reverse", "update", "step", "zero_grad", "backward"})


def explain_none_operand(fault: Fault) -> Explanation | None:
    """Explain a TypeError about a None among the operands or arguments."""
    if not isinstance(fault.error, TypeError) or not _MENTIONS_NONE.search(fault.said) or fault.node is None:
        return None
    for node in ast.walk(fault.node):
        if isinstance(node, ast.Name | ast.Attribute) and fault.value(node) is None:
            return explain_none(fault, node)
        if isinstance(node, ast.Call) and node is not fault.node and _def_without_return(fault, node) is not None:
            return explain_none(fault, node)
    return None


def explain_none(fault: Fault, node: ast.expr | None) -> Explanation | None:
    """Explain why an expression is None, where the text shows it."""
    if isinstance(node, ast.Attribute) and node.attr == "grad":
        return _gradient(fault, node)
    if isinstance(node, ast.Attribute):
        words = explain_missing_parameter(fault, node)
        if words is not None:
            return words
    call = _origin(fault, node)
    if call is None:
        return None
    name = fault.name(node, fault.text.text(call))
    function = _def_without_return(fault, call)
    if function is not None:
        return Explanation(
            f"{sentence(name)} is None: {function.name} (line {function.lineno}) ends without `return`, and a function "
            "without it gives None.",
            f"End {function.name} with `return …`.",
            fault.fixes(lambda: _returning(fault, function)),
        )
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method in _IN_PLACE:
        return Explanation(
            f"{sentence(name)} is None: {method} (line {call.lineno}) works in place and returns nothing.",
            f"Call `{fault.text.text(call.func)}(…)` on a line by itself, without taking its result.",
            fault.fixes(lambda: _unassigned(fault, call)),
        )
    return None


def _gradient(fault: Fault, node: ast.Attribute) -> Explanation:
    owner, name = fault.value(node.value), fault.name(node.value, "the tensor")
    update = update_that_made(fault, node.value, owner) if isinstance(owner, torch.Tensor) else None
    if update is not None and isinstance(owner, torch.Tensor):
        return _replaced_leaf(fault, update, owner)
    if isinstance(owner, torch.Tensor) and not owner.requires_grad:
        why = f"{name} does not require grad, so no gradient is computed for it"
        hint = "Make it with requires_grad=True before it is used."
    elif isinstance(owner, torch.Tensor) and not is_leaf(owner):
        why = f"{name} was computed, it is no leaf, and gradients are kept for leaves only"
        hint = f"Call `{name}.retain_grad()` before backward()."
    else:
        why = f"no backward pass has reached {name} yet (zero_grad() sets gradients to None as well)"
        hint = f"Call backward() first; `if {name}.grad is not None:` asks."
    return Explanation(
        f"{name}.grad is None: {why}.",
        hint,
        fault.fixes(lambda: _guarded(fault, f"{name}.grad")) if fault.call is not None else (),
    )


def _replaced_leaf(fault: Fault, update: Update, owner: torch.Tensor) -> Explanation:
    """Explain a gradient that is None since a line put a new tensor in the leaf's place."""
    name = fault.text.text(update.target)
    made = f"{place_of_line(update.line.lineno, fault.text.text(update.line))} made {name} a new tensor, computed from"
    why = (
        f"{made} the old {name}: it is no leaf, and gradients are kept for leaves only"
        if owner.requires_grad
        else f"{made} the old {name} without a graph: it does not require grad, so no gradient is computed for it"
    )
    if not update.follows_gradient:
        hint = f"Give the new tensor another name, and {name} stays the tensor that gets the gradient."
        return Explanation(f"{name}.grad is None: {why}.", hint)
    return Explanation(
        f"{name}.grad is None: {why}.",
        f"Write into {name} itself, inside `with torch.no_grad():`, as optimisers do.",
        fault.fixes(lambda: written_into_leaf(fault, update)),
    )


def _guarded(fault: Fault, code: str) -> Iterator[Change]:
    statement = fault.statement
    if isinstance(statement, ast.Expr) and statement.lineno == statement.end_lineno:
        start, end = fault.text.span(statement)
        indent = fault.text.before(statement)
        if not indent.strip():
            changed = f"if {code} is not None:\n{indent}    {fault.source[start:end]}"
            yield f"if {code} is not None: …", fault.text.replaced(((start, end), changed))


def _origin(fault: Fault, node: ast.expr | None) -> ast.Call | None:
    """Return the call that a name got its value from, or the call that the expression is."""
    if isinstance(node, ast.Call):
        return node
    if not isinstance(node, ast.Name):
        return None
    found = [
        one.value
        for one in ast.walk(fault.text.tree)
        if isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Call)
        and any(isinstance(target, ast.Name) and target.id == node.id for target in one.targets)
    ]
    return found[-1] if found and isinstance(found[-1], ast.Call) else None


def _def_without_return(fault: Fault, call: ast.Call) -> ast.FunctionDef | None:
    """Return the program's own function that a call runs, if it returns nothing."""
    value = fault.value(call.func)
    if isinstance(value, torch.nn.Module):
        wanted, owner = "forward", type(value).__name__
    elif isinstance(call.func, ast.Name):
        wanted, owner = call.func.id, ""
    elif isinstance(call.func, ast.Attribute):
        wanted, owner = call.func.attr, type(fault.value(call.func.value)).__name__
    else:
        return None
    for node in ast.walk(fault.text.tree):
        if isinstance(node, ast.FunctionDef) and node.name == wanted:
            around = fault.text.parents.get(node)
            inside = around.name if isinstance(around, ast.ClassDef) else ""
            if inside == owner and not _returns(node):
                return node
    return None


def _returns(function: ast.FunctionDef) -> bool:
    return any(isinstance(n, ast.Return | ast.Yield | ast.YieldFrom) for n in ast.walk(function))


def _returning(fault: Fault, function: ast.FunctionDef) -> Iterator[Change]:
    """Yield the program with a return of what the function's last line computes."""
    last = function.body[-1]
    start, end = fault.text.span(last)
    indent = fault.text.before(last)
    if isinstance(last, ast.Expr):
        yield "return …", fault.text.replaced(((start, start), "return "))
    target = last.targets[0] if isinstance(last, ast.Assign) else getattr(last, "target", None)
    if isinstance(last, ast.Assign | ast.AugAssign) and isinstance(target, ast.Name) and not indent.strip():
        yield f"return {target.id}", fault.text.replaced(((end, end), f"\n{indent}return {target.id}"))


def _unassigned(fault: Fault, call: ast.Call) -> Iterator[Change]:
    statement = fault.text.around(call, ast.stmt)
    if isinstance(statement, ast.Assign) and statement.value is call:
        code = fault.text.text(call)
        yield code, fault.text.replaced((fault.text.span(statement), code))
