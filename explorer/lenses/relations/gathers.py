"""Operations that pick elements by an index tensor or a mask: `gather`, `take`, `index_select`, `masked_select`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from explorer.lenses.relations.cells import Indices, broadcast, ravel, stretched, unravel
from explorer.lenses.relations.checks import same
from explorer.lenses.relations.letters import aligned, at, letters_for
from explorer.lenses.relations.question import Factor, Question, Terms, each
from explorer.lenses.relations.subscripts import subscripts


def gathers(question: Question) -> Terms | None:
    """Return for each element the one that was picked, and the index or mask cell that picked it; None for others.

    What was picked is compared with what was recorded; where it differs nothing is returned.
    """
    rule = _RULES.get(question.op)
    if rule is None or question.call is None:
        return None
    terms = rule(question)
    return terms if terms is None or _arrived(question, terms) else None


def _arrived(question: Question, terms: Terms) -> bool:
    if question.op in ("nonzero", "where"):
        return True
    value = terms.factors[0]
    held = question.array(value.argument)
    if held is None:
        # slices and numbers need no values: those of a large tensor, or of one on `meta`, are not needed either
        return question.step.kind == "view"
    return same(held[value.elements], question.recorded(value.elements.size))


def _dim(question: Question, place: int, rank: int) -> int | None:
    dim = question.given(place, "dim")
    return dim % max(rank, 1) if isinstance(dim, int) else None


def _picked(question: Question, source: int, index: int, dim: int, *, line: bool) -> Terms | None:
    """Return what `gather` picks; with `line`, `index_select`: one index for everything at a place along `dim`."""
    shape, held = question.shape_of(source), question.value(index)
    if held is None or len(shape) != len(question.shape):
        return None
    letters = letters_for(len(question.shape), question.taken)
    elements = question.fitting(1)
    places = unravel(elements, question.shape)
    if line:
        at_index = places[dim] if places else elements
        axes: tuple[str, ...] = (letters[dim],) if held.dim() and letters else ()
    else:
        at_index = stretched(tuple(held.shape), question.shape, elements)
        axes = aligned(tuple(held.shape), letters, question.shape)
    if places:
        places[dim] = held.reshape(-1).numpy()[at_index].astype(np.int64) % max(shape[dim], 1)
    name = question.name(source)
    inner = at(question.name(index, "index"), axes, nested=True)
    picked = tuple(inner if place == dim else letter for place, letter in enumerate(letters))
    stretched_axes = tuple(_held_at(letter, size) for letter, size in zip(picked, shape, strict=True))
    pairs = zip(places, shape, strict=True)
    # `take_along_dim` broadcasts its source as well
    own = [place if size != 1 or number == dim else 0 for number, (place, size) in enumerate(pairs)]
    return Terms(
        each(elements.size),
        (
            Factor(source, ravel(own, shape, elements.size), "value", picked),
            Factor(index, at_index, "index", axes),
        ),
        formula=f"{at(question.result, letters, nested=True)} = {at(name, stretched_axes, nested=True)}",
        letters=letters,
        dims=(dim,) if shape else (),
    )


def _held_at(letter: str, size: int) -> str:
    return "0" if size == 1 and len(letter) == 1 else letter


def _along_dim(question: Question, place: int, *, line: bool = False) -> Terms | None:
    """Return what is picked along the dimension that is argument number `place`."""
    if len(question.operands) != 2:
        return None
    source, index = question.operands
    dim = _dim(question, place, len(question.shape_of(source)))
    return None if dim is None else _picked(question, source, index, dim, line=line)


def _take_along_dim(question: Question) -> Terms | None:
    return _take(question) if question.given(2, "dim") is None else _along_dim(question, 2)


def _take(question: Question) -> Terms | None:
    """Return what `take` picks: its index counts the elements of the whole tensor, row by row."""
    if len(question.operands) != 2:
        return None
    source, index = question.operands
    held = question.value(index)
    if held is None:
        return None
    elements = question.fitting(1)
    letters = letters_for(len(question.shape), question.taken)
    own = letters if len(letters) == held.dim() else ()
    count = question.step.inputs[source].numel
    picked = held.reshape(-1).numpy()[elements].astype(np.int64) % max(count, 1)
    inner = at(question.name(index, "index"), own, nested=True)
    flat = "" if len(question.shape_of(source)) == 1 else ".flatten()"
    return Terms(
        each(elements.size),
        (Factor(source, picked), Factor(index, elements, "index", own)),
        formula=f"{at(question.result, letters, nested=True)} = {question.name(source)}{flat}[{inner}]",
        letters=letters,
    )


def _masked_select(question: Question) -> Terms | None:
    if len(question.operands) != 2:
        return None
    source, mask = question.operands
    held = question.value(mask)
    if held is None:
        return None
    onto = broadcast(tuple(held.shape), question.shape_of(source))
    elements = question.fitting(1)
    true = np.flatnonzero(held.expand(onto).reshape(-1).numpy()).astype(np.int64)[elements]
    letters = letters_for(1, question.taken)
    return Terms(
        each(elements.size),
        (
            Factor(source, stretched(question.shape_of(source), onto, true)),
            Factor(mask, stretched(tuple(held.shape), onto, true), "mask"),
        ),
        formula=f"{at(question.result, letters)} = "
        f"{at(question.name(source), [question.name(mask, 'mask')])}{at('', letters)}",
        letters=letters,
    )


def _nonzero(question: Question) -> Terms | None:
    """Return for each index that was found the element that is not 0."""
    if len(question.operands) != 1 or (len(question.arguments) > 1 and question.op == "where"):
        return None
    [source] = question.operands
    held = question.value(source)
    if held is None:
        return None
    elements = question.fitting(1)
    columns = question.shape[1] if len(question.shape) == 2 else 1
    found = np.flatnonzero((held != 0).reshape(-1).numpy()).astype(np.int64)
    return Terms(each(elements.size), (Factor(source, found[elements // max(columns, 1)], "mask"),))


def _embedding(question: Question) -> Terms | None:
    """Return the rows that `F.embedding(index, weight)` picks."""
    if len(question.operands) != 2:
        return None
    index, weight = question.operands
    held, shape = question.value(index), question.shape_of(weight)
    if held is None or len(shape) != 2:
        return None
    elements = question.fitting(1)
    at_index = elements // max(shape[1], 1)
    rows = held.reshape(-1).numpy()[at_index].astype(np.int64)
    letters = letters_for(len(question.shape), question.taken)
    inner = at(question.name(index, "index"), letters[:-1], nested=True)
    picked: Indices = rows * shape[1] + elements % max(shape[1], 1)
    return Terms(
        each(elements.size),
        (Factor(weight, picked, "value", (inner, letters[-1])), Factor(index, at_index, "index", letters[:-1])),
        formula=f"{at(question.result, letters, nested=True)} = "
        f"{at(question.name(weight, 'weight'), (inner, letters[-1]), nested=True)}",
        letters=letters,
    )


_RULES: dict[str, Callable[[Question], Terms | None]] = {
    "embedding": _embedding,
    "gather": partial(_along_dim, place=1),
    "getitem": subscripts,
    "index_select": partial(_along_dim, place=1, line=True),
    "masked_select": _masked_select,
    "nonzero": _nonzero,
    "take": _take,
    "take_along_dim": _take_along_dim,
    "where": _nonzero,
}
