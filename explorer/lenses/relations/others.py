"""Operations without a rule of their own: moved elements by labels, and anything else by derivative and trial."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from explorer.lenses.relations.cells import Indices
from explorer.lenses.relations.letters import at, letters_for
from explorer.lenses.relations.patterns import pattern
from explorer.lenses.relations.question import Factor, Question, Terms
from explorer.trace import NotMovedError, contributors_of_all, origins

# Elements of all masks of a step: of its arguments, for each element of the result.
MAX_MASK_ELEMENTS = 16_384
# What is not found by then is told by the derivative alone.
TRYING_SECONDS = 0.1


def moves(question: Question) -> Terms | None:
    """Return for each element the one that it is a copy of; None where it was computed, or too many."""
    try:
        found = origins(question.trace, question.step.index, question.output)
    except (NotMovedError, ValueError):
        return None
    elements = question.fitting(1)
    arguments = found.argument.reshape(-1)[elements]
    sources = found.element.reshape(-1)[elements]
    moved = arguments >= 0
    factors = tuple(
        Factor(int(number), np.where(arguments == number, sources, -1)[moved]) for number in np.unique(arguments[moved])
    )
    if not factors:
        return None
    letters = letters_for(len(question.shape), question.taken)
    formula = _formula(question, factors, elements[moved], letters)
    return Terms(moved.astype(np.int64), factors, formula=formula, letters=letters if formula else ())


def _formula(question: Question, factors: tuple[Factor, ...], elements: Indices, letters: tuple[str, ...]) -> str:
    """Write where all elements came from, if that is one tensor and a simple rule: `out[i] = x[2 - i]`."""
    if len(factors) != 1 or question.elements.size != question.state.numel:
        return ""
    [factor] = factors
    shape = question.shape_of(factor.argument)
    found = pattern(factor.elements, shape, elements, question.shape, letters)
    return f"{at(question.result, letters)} = {at(question.name(factor.argument), found)}" if found else ""


def dependences(question: Question) -> Terms | None:
    """Return the elements that each element depends on, found by trying; None for calls that are too large."""
    sizes = [given.numel for given in question.step.inputs]
    if question.call is None or question.elements.size * sum(sizes) > MAX_MASK_ELEMENTS:
        return None
    try:
        found = contributors_of_all(
            question.trace, question.step.index, question.output, question.elements.tolist(), seconds=TRYING_SECONDS
        )
    except ValueError:
        return None
    masks = [one.mask.reshape(len(one.mask), math.prod(one.mask.shape[1:])) for one in found.arguments]
    if not masks or not any(mask.any() for mask in masks):
        return None
    together = _that_fit(np.concatenate(masks, axis=1), question.limit)
    rows, columns = np.nonzero(together)
    counts: Indices = together.sum(axis=1).astype(np.int64)
    bounds = np.cumsum([0, *sizes])
    factors = [
        Factor(number, np.where((columns >= start) & (columns < end), columns - start, -1))
        for number, (start, end) in enumerate(pairwise(bounds))
    ]
    derivative = found.arguments[0].derivative
    slopes = None
    if derivative is not None and derivative.dtype.kind == "f":
        first = derivative.reshape(len(derivative), -1)
        slopes = np.where(columns < sizes[0], first[rows, np.minimum(columns, max(sizes[0] - 1, 0))], 0)
    return Terms(counts, tuple(factors), combination="depends", derivatives=slopes)


def _that_fit(mask: npt.NDArray[np.bool_], limit: int) -> npt.NDArray[np.bool_]:
    """Return the rows of the first elements, as many as have at most `limit` terms together."""
    return mask[: int(np.searchsorted(np.cumsum(mask.sum(axis=1)), limit, side="right"))]
