"""Sums of products: `a @ b`, `einsum`, `linear`. The terms run over the letters that are summed."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from explorer.lenses.einsum import Letters
from explorer.lenses.relations.cells import Indices, combinations, ravel, stretched, unravel
from explorer.lenses.relations.checks import adds_up
from explorer.lenses.relations.equations import Equation, equation_of
from explorer.lenses.relations.letters import aligned, at, summed
from explorer.lenses.relations.question import Factor, Question, Terms, each
from explorer.scene.relations import Array

Number = TypeVar("Number", bound=np.generic)


def products(question: Question) -> Terms | None:
    """Return the products that each element is the sum of; None for other operations.

    `values` are the products in the operands' own dtype (bfloat16 and the 8-bit floats, which NumPy lacks, as float32).
    Terms whose sum (in float64, or in the integers' own
    dtype) is not what was recorded, but for rounding, are not returned.
    """
    equation = equation_of(question)
    if equation is None:
        return None
    sizes = _sizes(question, equation)
    over = tuple(dict.fromkeys(k for letters in equation.inputs for k in letters if k not in equation.output))
    if tuple(sizes[letter] for letter in equation.output) != question.shape:
        return None
    count = math.prod(sizes[letter] for letter in over)
    per_element = count + (equation.added is not None)
    elements = question.fitting(per_element)
    factors = _factors(question, equation, sizes, over, elements)
    values = _values(question, factors)
    if equation.added is not None:
        factors, values = _with_added(question, equation, elements, factors, values)
    counts = each(elements.size, per_element)
    if values is not None and not adds_up(values, counts, question.recorded(elements.size), question.state.dtype):
        return None
    return Terms(
        counts,
        tuple(factors),
        combination="sum" if over or equation.added is not None else "",
        sign="·" if len(factors) > 1 else "",
        formula=_formula(question, equation, over, factors),
        letters=equation.output,
        values=values,
    )


def _sizes(question: Question, equation: Equation) -> dict[str, int]:
    """Return the size of each letter's dimensions: all the same, but for those of 1 that are stretched."""
    sizes: dict[str, int] = {}
    for number, letters in zip(equation.arguments, equation.inputs, strict=True):
        for size, letter in zip(question.shape_of(number), letters, strict=True):
            sizes[letter] = size if sizes.get(letter, 1) == 1 else sizes[letter]
    return sizes


def _factors(
    question: Question, equation: Equation, sizes: dict[str, int], over: Letters, elements: Indices
) -> list[Factor]:
    summed_sizes = tuple(sizes[letter] for letter in over)
    count, total = math.prod(summed_sizes), math.prod(summed_sizes) * elements.size
    places = dict(zip(over, (np.tile(p, elements.size) for p in combinations(summed_sizes)), strict=True))
    kept = unravel(elements, question.shape)
    places |= dict(zip(equation.output, (np.repeat(place, count) for place in kept), strict=True))
    factors = []
    for number, letters in zip(equation.arguments, equation.inputs, strict=True):
        shape = question.shape_of(number)
        own = [places[letter] if size != 1 else 0 for letter, size in zip(letters, shape, strict=True)]
        axes = aligned(shape, letters, [sizes[letter] for letter in letters])
        factors.append(Factor(number, ravel(own, shape, total), "value", axes))
    return factors


def _values(question: Question, factors: list[Factor]) -> Array | None:
    product: Any = None
    for factor in factors:
        held = question.array(factor.argument)
        if held is None:
            return None
        with np.errstate(all="ignore"):
            product = held[factor.elements] if product is None else product * held[factor.elements]
    return None if product is None else np.asarray(product)


def _with_added(
    question: Question, equation: Equation, elements: Indices, factors: list[Factor], values: Array | None
) -> tuple[list[Factor], Array | None]:
    """Put the element that is added (a bias) behind the products of each element, as a term of its own."""
    number = equation.added
    assert number is not None  # noqa: S101 - the caller has checked; this is for the type checker
    shape = question.shape_of(number)
    places = stretched(shape, question.shape, elements)
    axes = aligned(shape, equation.output, question.shape)
    nothing = np.full(elements.size, -1, np.int64)
    longer = [Factor(f.argument, _behind(f.elements, nothing), f.role, f.axes) for f in factors]
    per_element = factors[0].elements.size // max(elements.size, 1)
    alone = _behind(np.full(elements.size * per_element, -1, np.int64), places)
    held = question.array(number)
    if values is not None and held is not None:
        values = _behind(values, held[places].astype(values.dtype))
    return [*longer, Factor(number, alone, "value", axes)], values if held is not None else None


def _behind(terms: npt.NDArray[Number], last: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the terms of each element with one more behind them."""
    each_one = terms.reshape(last.size, terms.size // max(last.size, 1))
    return np.concatenate([each_one, last[:, None]], axis=1).reshape(-1)


def _formula(question: Question, equation: Equation, over: Letters, factors: list[Factor]) -> str:
    products_text = " · ".join(
        at(question.name(factor.argument, "ab"[place] if place < 2 else f"x{place}"), factor.axes)
        for place, factor in enumerate(factors[: len(equation.arguments)])
    )
    added = ""
    if equation.added is not None:
        added = f" + {at(question.name(equation.added, 'bias'), factors[-1].axes)}"
    return f"{at(question.result, equation.output)} = {summed(over)}{products_text}{added}"
