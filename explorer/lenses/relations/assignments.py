"""Assignments through an index: `x[index] = v`, `index_put`."""

from __future__ import annotations

from numbers import Number

import numpy as np

from explorer.lenses.relations.cells import Indices, Shape, stretched
from explorer.lenses.relations.landings import Landings, Sender
from explorer.lenses.relations.letters import aligned, at, letters_for
from explorer.lenses.relations.question import MAX_ELEMENTS, Question
from explorer.lenses.relations.subscripts import Item, Selection, items_of, masked_text, role_of, select, written

Letters = tuple[str, ...]


def assignment(question: Question) -> Landings | None:
    """Return what is written where: the index picks places as in reading, and the value is broadcast to them."""
    puts = question.op == "index_put"
    old = question.number(question.given(0, "self"))
    index, given = question.given(1, "indices"), question.given(2, "values", "value")
    accumulate = puts and bool(question.given(3, "accumulate"))
    source = question.number(given)
    if old is None or question.step.inputs[old].numel > MAX_ELEMENTS or not (source is not None or _is_number(given)):
        return None
    items = items_of(question, tuple(index) if puts else index, question.shape)
    if items is None:
        return None
    selection = select(items, question.shape)
    letters = letters_for(selection.elements.ndim, question.taken)
    target, axes = written(question, items, letters)
    senders = _of_items(selection, axes)
    if source is not None:
        value = _value(question, source, selection.elements.shape, letters)
        if value is None:
            return None
        senders.insert(0, value)
    sent = str(given) if source is None else at(question.name(source, "v"), senders[0].axes)
    place = at(question.result, target) if target else _masked(question, items, letters if source is not None else ())
    return Landings(
        selection.elements.reshape(-1),
        tuple(senders),
        old,
        "sum" if accumulate else "",
        accumulate,
        f"{place} {'+=' if accumulate else '='} {sent}" if place else "",
        given if isinstance(given, bool | int | float) else None,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, Number)


def _masked(question: Question, items: tuple[Item, ...], letters: Letters) -> str:
    """Write the places that a mask picks: `x[mask][i]`; "" where there is no plain mask."""
    masked = masked_text(question, items)
    return at(masked, letters) if masked else ""


def _of_items(selection: Selection, axes: dict[int, Letters]) -> list[Sender]:
    senders = []
    for item, cells in selection.cells:
        assert item.argument is not None  # noqa: S101 - only tensor items have cells; this is for the type checker
        senders.append(Sender(item.argument, cells, role_of(item), axes.get(item.argument, ())))
    return senders


def _value(question: Question, source: int, onto: Shape, letters: Letters) -> Sender | None:
    """Return what is assigned to each place; leading dimensions of 1 that are too many are dropped."""
    shape = question.shape_of(source)
    dropped = max(len(shape) - len(onto), 0)
    own = shape[dropped:]
    fits = all(size in (1, full) for size, full in zip(own, onto[len(onto) - len(own) :], strict=True))
    if not fits or any(size != 1 for size in shape[:dropped]):
        return None
    count = int(np.prod(onto, dtype=np.int64))
    elements: Indices = stretched(own, onto, np.arange(count, dtype=np.int64))
    return Sender(source, elements, "value", ("0",) * dropped + aligned(own, letters, onto))
