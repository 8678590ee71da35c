"""Operations that write where an index says: `scatter_add`, `index_copy`, `x[index] = v`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.lenses.relations.assignments import assignment
from explorer.lenses.relations.cells import Shape, ravel, unravel
from explorer.lenses.relations.landings import Landings, Sender, landed
from explorer.lenses.relations.letters import at, letters_for
from explorer.lenses.relations.question import Question, Terms
from explorer.scene.relations import Combination

_COMBINED: dict[str, Combination] = {
    "add": "sum",
    "sum": "sum",
    "multiply": "product",
    "prod": "product",
    "amax": "max",
    "amin": "min",
    "mean": "depends",
}
_WRITTEN = {"": "=", "sum": "+=", "product": "*=", "max": "max=", "min": "min=", "depends": "mean="}


def scatters(question: Question) -> Terms | None:
    """Return what landed on each element of the result; None for operations that send nothing by an index."""
    rule = _RULES.get(question.op)
    if rule is None or question.call is None:
        return None
    landings = rule(question)
    return None if landings is None else landed(question, landings)


def _operand(question: Question, place: int, *names: str) -> int | None:
    return question.number(question.given(place, *names))


def _scatter(question: Question) -> Landings | None:
    """`scatter(dim, index, src)`: each element of the index sends the one of `src` in the same place."""
    old, index = _operand(question, 0, "input"), _operand(question, 2, "index")
    dim = question.given(1, "dim")
    held = None if index is None else question.value(index)
    if old is None or index is None or held is None or not isinstance(dim, int):
        return None
    shape: Shape = tuple(held.shape)
    dim %= max(len(shape), 1)
    cells = np.arange(held.numel(), dtype=np.int64)
    places = unravel(cells, shape)
    targets = list(places)
    if targets:
        targets[dim] = held.reshape(-1).numpy().astype(np.int64)
    given = question.given(3, "src", "value")
    source = question.number(given)
    letters = letters_for(len(shape), question.taken)
    senders = [Sender(index, cells, "index", letters)]
    if source is not None:
        there = question.shape_of(source)
        own = cells * 0 if there == () else ravel(places, there, cells.size)
        senders.insert(0, Sender(source, own, "value", letters if there else ()))
    combination = _combination(question)
    inner = at(question.name(index, "index"), letters, nested=True)
    target = tuple(inner if place == dim else letter for place, letter in enumerate(letters))
    sent = str(given) if source is None else at(question.name(source, "src"), senders[0].axes, nested=True)
    return Landings(
        ravel(targets, question.shape, cells.size),
        tuple(senders),
        old,
        combination,
        bool(question.keywords.get("include_self", True)),
        f"{at(question.result, target, nested=True)} {_WRITTEN[combination]} {sent}",
        given if isinstance(given, bool | int | float) else None,
    )


def _combination(question: Question) -> Combination:
    if question.op == "scatter_add":
        return "sum"
    reduce = question.given(4, "reduce")
    return _COMBINED.get(reduce, "") if isinstance(reduce, str) else ""


def _index_write(question: Question) -> Landings | None:
    """`index_add(dim, index, source)`: each index sends a whole slab of the source."""
    old, index = _operand(question, 0, "input"), _operand(question, 2, "index")
    dim, given = question.given(1, "dim"), question.given(3, "source", "value")
    held = None if index is None else question.value(index)
    adds = question.op == "index_add"
    if old is None or index is None or held is None or not isinstance(dim, int):
        return None
    if question.keywords.get("alpha", 1) != 1:
        return None
    dim %= max(len(question.shape), 1)
    source = question.number(given)
    shape = tuple(held.numel() if place == dim else size for place, size in enumerate(question.shape))
    cells = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.int64)
    places = unravel(cells, shape)
    if not places or (source is not None and question.shape_of(source) not in (shape, ())):
        return None
    targets = [*places[:dim], held.reshape(-1).numpy().astype(np.int64)[places[dim]], *places[dim + 1 :]]
    letters = letters_for(len(shape), question.taken)
    senders = [Sender(index, places[dim], "index", (letters[dim],) if held.dim() else ())]
    if source is not None:
        whole = question.shape_of(source) == shape
        senders.insert(0, Sender(source, cells if whole else cells * 0, "value", letters if whole else ()))
    inner = at(question.name(index, "index"), senders[-1].axes, nested=True)
    target = tuple(inner if place == dim else letter for place, letter in enumerate(letters))
    sent = str(given) if source is None else at(question.name(source, "source"), senders[0].axes, nested=True)
    return Landings(
        ravel(targets, question.shape, cells.size),
        tuple(senders),
        old,
        "sum" if adds else "",
        adds,
        f"{at(question.result, target, nested=True)} {'+=' if adds else '='} {sent}",
        given if isinstance(given, bool | int | float) else None,
    )


def _put(question: Question) -> Landings | None:
    """`put(index, source)`: the index counts the elements of the whole tensor, row by row."""
    old, index, source = _operand(question, 0, "input"), _operand(question, 1, "index"), _operand(question, 2, "source")
    held = None if index is None else question.value(index)
    if old is None or index is None or source is None or held is None:
        return None
    accumulate = bool(question.given(3, "accumulate"))
    cells = np.arange(held.numel(), dtype=np.int64)
    targets = held.reshape(-1).numpy().astype(np.int64) % max(question.state.numel, 1)
    senders = (Sender(source, cells), Sender(index, cells, "index"))
    return Landings(targets, senders, old, "sum" if accumulate else "", accumulate, "")


_RULES: dict[str, Callable[[Question], Landings | None]] = {
    "index_add": _index_write,
    "index_copy": _index_write,
    "index_fill": _index_write,
    "index_put": assignment,
    "put": _put,
    "scatter": _scatter,
    "scatter_add": _scatter,
    "scatter_reduce": _scatter,
    "setitem": assignment,
}
