"""Writing a statement's chain anew: what an edit does not concern is copied from the program as it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.expressions import parsed, primary
from explorer.program.builders.links import Link, Statement, gap
from explorer.program.builders.operations import OPERATIONS
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explorer.program.builders.calls import Fields, Style


@dataclass(frozen=True)
class Change:
    """What a link becomes.

    Attributes:
        name: Key in OPERATIONS or CREATIONS.
        fields: Text of each parameter.
        kept: Fields that stand in the program as they are and need no check.
        style: How it is written.
        joins: For what joins tensors: the text among the tensors that stands for the receiver, or "".
    """

    name: str
    fields: Fields
    kept: frozenset[str] = frozenset()
    style: Style | None = None
    joins: str = ""


def rewritten(text: Text, statement: Statement, changes: Mapping[int, Change | None]) -> Edit:
    """Return the edit that changes links of a statement, by their place; None takes a link away."""
    links = statement.links
    first = links[0]
    written = text.segment(first.node if first.receiver is None else first.receiver)
    for place, link in enumerate(links):
        if place in changes:
            written = _changed(text, link, changes[place], written)
        elif link.receiver is not None:
            start, end = text.start(link.node), text.end(link.node)
            before, tail = text.source[start : text.start(link.receiver)], text.source[text.end(link.receiver) : end]
            if written != text.segment(link.receiver) and not before.strip():
                written = _held_together(written, tail)
            written = before + written + tail
    outer = links[-1].node
    return Edit(text.start(outer), text.end(outer), written)


def _held_together(written: str, tail: str) -> str:
    """Return what a tail follows, in parentheses where it needs them: `x * 2 + 1`, changed to `(x + 2) * 2`."""
    held = primary(written)
    return written if held == written or _mean_the_same(f"{written}{tail}", f"{held}{tail}") else held


def _mean_the_same(one: str, other: str) -> bool:
    """Tell whether two expressions have the same syntax tree, as far as trees can be written down."""
    first, second = parsed(one), parsed(other)
    try:
        return first is not None and second is not None and ast.dump(first) == ast.dump(second)
    except RecursionError:
        return False


def _changed(text: Text, link: Link, change: Change | None, receiver: str) -> str:
    space = gap(text, link)
    if change is None:
        # a comment between this link and the one before stays
        return primary(receiver) + (space if "#" in space else "")
    if link.role == "creation":
        return CREATIONS[change.name].render(change.fields, kept=change.kept)
    operation = OPERATIONS[change.name]
    if (operation.form == "write") != isinstance(link.node, ast.stmt):
        raise EditProblem(
            f"A line that writes cannot become one that does not, nor the reverse: add {change.name} anew."
        )
    if operation.form == "join":
        return operation.render(receiver, _joined(change, receiver, link), kept=change.kept)
    if change.style == "function" or operation.form in ("function", "numpy", "write"):
        return operation.render(receiver, change.fields, style=change.style, kept=change.kept)
    if not space.strip() and "\n" not in space:
        space = " " if operation.form == "operator" else ""
    return primary(receiver) + space + operation.tail(change.fields, change.kept)


def _joined(change: Change, receiver: str, link: Link) -> Fields:
    """Return the fields of what joins tensors with the receiver of its new place among the tensors."""
    if link.name == change.name and not change.joins:
        return change.fields
    if not receiver.isidentifier():
        raise EditProblem(
            f"torch.{change.name} joins tensors by name. Give what stands before it here a name of its own first."
        )
    items = parsed(f"[{change.fields.get('tensors', '')}]")
    if not change.joins or not isinstance(items, ast.List):
        return change.fields
    texts = [ast.unparse(item) for item in items.elts]
    texts = [receiver if text == change.joins else text for text in texts]
    return change.fields | {"tensors": ", ".join(texts)}
