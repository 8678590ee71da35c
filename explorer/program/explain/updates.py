"""Lines that put a new tensor in a leaf's place, `w = w - 0.1 * w.grad`, and the same written into the leaf itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.program.explain.flow import backward_may_follow, same
from explorer.program.explain.history import History
from explorer.program.explain.modes import mode_at
from explorer.program.explain.source import body_of

if TYPE_CHECKING:
    import torch

    from explorer.program.explain.fault import Change, Fault

_LONGEST_LABEL = 60
_OPERATOR = re.compile(r"(\*\*|//|[-+*/@])\s*(.+)", re.DOTALL)


@dataclass(frozen=True, eq=False)
class Update:
    """One name that a line gives a new tensor, computed from the one that it held.

    Attributes:
        line: The line.
        target: The name.
        value: What is computed.
    """

    line: ast.Assign
    target: ast.expr
    value: ast.expr

    @property
    def follows_gradient(self) -> bool:
        """Whether it is a step of training: what is computed reads the gradient of the same name."""
        return any(
            isinstance(node, ast.Attribute) and node.attr == "grad" and same(node.value, self.target)
            for node in ast.walk(self.value)
        )


def update_that_made(fault: Fault, node: ast.expr, tensor: torch.Tensor) -> Update | None:
    """Return the line that made a tensor of the one that the same name held before, or None."""
    if fault.recorder is None:
        return None
    history = History(fault.recorder)
    maker = history.maker_of(history.state_of(tensor))
    return None if maker is None else update_at(fault, maker.line, node)


def update_at(fault: Fault, number: int, name: ast.expr | None = None) -> Update | None:
    """Return what a line gives a new tensor computed from the old one: `name`, or any."""
    for line in ast.walk(fault.text.tree):
        if isinstance(line, ast.Assign) and line.lineno <= number <= (line.end_lineno or 0):
            for update in _updates(line):
                if name is None or same(update.target, name):
                    return update
    return None


def written_into_leaf(fault: Fault, update: Update) -> Iterator[Change]:
    """Yield the program with a step of training written into the leaves, beside it those of other names."""
    body = body_of(fault.text, update.line)
    lines = {line: found for line in body if isinstance(line, ast.Assign) and (found := _steps(line))}
    if update.line not in lines or not all(_stands_alone(fault, line) for line in lines):
        return
    last, changes = list(lines)[-1], []
    for place, line in enumerate(body):
        if isinstance(line, ast.Assign) and line in lines:
            is_first = place == 0 or body[place - 1] not in lines
            text = _in_place(fault, line, lines[line], is_first=is_first)
            if line is last:
                text += _cleared(fault, line, [one for found in lines.values() for one in found])
            changes.append((fault.text.span(line), text))
    yield _label(fault, update), fault.text.replaced(*changes)


def _updates(line: ast.Assign) -> list[Update]:
    """Return the names that a line gives a new tensor computed from the old one: `w, b = w - …, b - …` has two."""
    if len(line.targets) != 1:
        return []
    target, value = line.targets[0], line.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = list(zip(target.elts, value.elts, strict=True))
    return [Update(line, name, given) for name, given in pairs if any(same(node, name) for node in ast.walk(given))]


def _steps(line: ast.Assign) -> list[Update]:
    """Return the steps of training of a line that does nothing else."""
    found = _updates(line)
    others = len(line.targets[0].elts) - len(found) if isinstance(line.targets[0], ast.Tuple) else 0
    return found if found and not others and all(update.follows_gradient for update in found) else []


def _stands_alone(fault: Fault, line: ast.stmt) -> bool:
    return line.lineno == line.end_lineno and not fault.text.before(line).strip()


def _in_place(fault: Fault, line: ast.Assign, updates: Sequence[Update], *, is_first: bool) -> str:
    codes, indent = [_code(fault, update) for update in updates], fault.text.before(line)
    if mode_at(fault, line.lineno) is not None:
        return f"\n{indent}".join(codes)
    head = f"with torch.no_grad():\n{indent}    " if is_first else "    "
    return head + f"\n{indent}    ".join(codes)


def _code(fault: Fault, update: Update) -> str:
    """Return `w -= 0.1 * w.grad` for `w = w - 0.1 * w.grad`, and `w.copy_(…)` for what begins in another way."""
    target, value = fault.text.text(update.target), update.value
    if isinstance(value, ast.BinOp) and same(value.left, update.target):
        found = _OPERATOR.fullmatch(fault.source[fault.text.span(value.left)[1] : fault.text.span(value)[1]].strip())
        if found is not None:
            return f"{target} {found[1]}= {found[2]}"
    return f"{target}.copy_({fault.text.text(value)})"


def _cleared(fault: Fault, line: ast.stmt, updates: Sequence[Update]) -> str:
    """Return lines that clear the gradients: a leaf that stays adds up those of all passes, a new tensor did not."""
    if not backward_may_follow(fault.text, line):
        return ""
    owners = _cleared_owners(fault)
    names = [update.target for update in updates]
    if any(not any(same(owner, name) for name in names) for owner in owners):
        return ""  # a loop or an optimiser clears them, under a name of its own
    rest = [name for name in names if not any(same(owner, name) for owner in owners)]
    return "".join(f"\n{fault.text.before(line)}{fault.text.text(name)}.grad = None" for name in rest)


def _cleared_owners(fault: Fault) -> list[ast.expr]:
    """Return that whose gradients the program clears: `w` of `w.grad.zero_()`, `w.grad = None`, `w.zero_grad()`."""
    owners = []
    for node in ast.walk(fault.text.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(value=owner, attr="grad"), attr="zero_")):
                owners.append(owner)
            case ast.Call(func=ast.Attribute(value=owner, attr="zero_grad")):
                owners.append(owner)
            case ast.Assign(targets=[ast.Attribute(value=owner, attr="grad")]):
                owners.append(owner)
    return owners


def _label(fault: Fault, update: Update) -> str:
    code = _code(fault, update)
    label = code if mode_at(fault, update.line.lineno) is not None else f"with torch.no_grad(): {code}"
    return label if len(label) < _LONGEST_LABEL else "with torch.no_grad(): …"
