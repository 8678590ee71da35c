"""Elements that an index sends to places of a result: `scatter`, `index_add`, `x[index] = v`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from explorer.lenses.relations.cells import Indices
from explorer.lenses.relations.checks import adds_up, same
from explorer.lenses.relations.question import Factor, Question, Terms
from explorer.scene.relations import Array, Combination, Role
from explorer.trace.values import to_numpy


@dataclass(frozen=True, eq=False)
class Sender:
    """A tensor argument with a cell for everything that is sent; an element of -1 for none."""

    argument: int
    elements: Indices
    role: Role = "value"
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Landings:
    """What is sent where.

    Attributes:
        targets: Element of the result that each lands on, 1-d.
        senders: Where each comes from and what sends it there.
        old: Number of the argument that holds what was there before.
        combination: How what lands on an element is put together: "" when the last one stays.
        keeps_old: Whether what was there before takes part.
        formula: As in `Relation`.
        number: The value that is sent when it is a plain number.
    """

    targets: Indices
    senders: tuple[Sender, ...]
    old: int
    combination: Combination
    keeps_old: bool
    formula: str
    number: float | int | bool | None = None


def landed(question: Question, landings: Landings) -> Terms | None:
    """Return the terms of each element: what was there, if it takes part, then what lands on it, in order.

    Of an assignment only the last one that lands is a term, and elements on which nothing lands have none when they
    are written in place, else what was there. None where the terms do not give what was recorded.
    """
    elements = question.elements
    place = _places(elements, landings.targets)
    order = np.argsort(place, kind="stable")
    order = order[place[order] >= 0]
    if not landings.combination:
        last = np.ones(order.size, bool)
        last[:-1] = place[order][1:] != place[order][:-1]
        order = order[last]
    counts = np.bincount(place[order], minlength=elements.size).astype(np.int64)
    shows_old = _shows_old(question, landings, counts)
    kept = _that_fit(counts + shows_old, question.limit)
    order = order[place[order] < kept]
    owners = np.concatenate([np.flatnonzero(shows_old[:kept]), place[order]])
    sequence = np.argsort(owners, kind="stable")
    nothing = np.full(int(shows_old[:kept].sum()), -1, np.int64)
    sent = np.concatenate([nothing, order])[sequence]
    olds = np.where(sent < 0, elements[owners[sequence]], -1)
    terms = Terms(
        (counts + shows_old)[:kept],
        (Factor(landings.old, olds), *(_factor(sender, sent) for sender in landings.senders)),
        combination=landings.combination,
        formula=landings.formula,
        values=_values(question, landings, sent, olds),
    )
    return terms if _holds(question, terms) else None


def _places(elements: Indices, targets: Indices) -> Indices:
    """Return which of the elements each target is, counted from 0; -1 for none of them."""
    if not elements.size:
        return np.full(targets.size, -1, np.int64)
    place = np.minimum(np.searchsorted(elements, targets), elements.size - 1)
    return np.where(elements[place] == targets, place, -1).astype(np.int64)


def _shows_old(question: Question, landings: Landings, counts: Indices) -> npt.NDArray[np.bool_]:
    """Return for which elements what was there before is a term."""
    if landings.combination:
        return np.ones(counts.size, bool) if landings.keeps_old else counts == 0
    in_place = question.step.inputs[landings.old].tensor == question.state.tensor
    return np.zeros(counts.size, bool) if in_place else counts == 0


def _that_fit(counts: Indices, limit: int) -> int:
    return int(np.searchsorted(np.cumsum(counts), limit, side="right"))


def _factor(sender: Sender, sent: Indices) -> Factor:
    taken = np.where(sent >= 0, sender.elements[np.maximum(sent, 0)] if sender.elements.size else -1, -1)
    return Factor(sender.argument, taken, sender.role, sender.axes)


def _values(question: Question, landings: Landings, sent: Indices, olds: Indices) -> Array | None:
    """Return what each term brings, in the result's dtype; None where values are gone."""
    old = question.value(landings.old)
    source = next((sender for sender in landings.senders if sender.role == "value"), None)
    held = None if source is None else question.value(source.argument)
    if old is None or (source is not None and held is None):
        return None
    values = torch.zeros(sent.size, dtype=question.state.dtype)
    values[torch.from_numpy(sent < 0)] = old.reshape(-1)[torch.from_numpy(olds[sent < 0])].to(values.dtype)
    arrives = torch.from_numpy(sent >= 0)
    if source is not None and held is not None:
        elements = torch.from_numpy(source.elements[sent[sent >= 0]])
        values[arrives] = held.reshape(-1)[elements].to(values.dtype)
    elif landings.number is not None:
        values[arrives] = landings.number
    return to_numpy(values)


def _holds(question: Question, terms: Terms) -> bool:
    """Tell whether the terms give what was recorded."""
    recorded = question.recorded(terms.counts.size)
    if recorded is None or terms.values is None:
        return False
    if terms.combination == "sum":
        return adds_up(terms.values, terms.counts, recorded, question.state.dtype)
    made = terms.counts > 0
    if terms.combination == "":
        return same(terms.values, recorded[made])
    starts = (np.cumsum(terms.counts) - terms.counts)[made]
    if not starts.size:
        return True
    if terms.combination == "product":
        got = np.multiply.reduceat(terms.values, starts)
        exact = not (question.state.dtype.is_floating_point or question.state.dtype.is_complex)
        return bool(np.array_equal(got, recorded[made]) if exact else np.allclose(got, recorded[made], equal_nan=True))
    chooser = np.maximum if terms.combination == "max" else np.minimum
    return terms.combination == "depends" or same(chooser.reduceat(terms.values, starts), recorded[made])
