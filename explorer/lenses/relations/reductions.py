"""Operations that run along dimensions: `sum(dim=0)`, `max`, `softmax`, `cumsum`, `sort`."""

from __future__ import annotations

import numpy as np

from explorer.lenses.relations.cells import Indices
from explorer.lenses.relations.checks import adds_up
from explorer.lenses.relations.letters import at, letters_for, summed
from explorer.lenses.relations.lines import Line, line_of
from explorer.lenses.relations.question import Factor, Question, Terms, each
from explorer.lenses.relations.slopes import slopes
from explorer.scene.relations import Array

_FUNCTIONS = {
    "log_softmax": "{x} − log Σ exp {line}",
    "logsumexp": "log Σ exp {line}",
    "norm": "norm({line})",
    "softmax": "exp {x} / Σ exp {line}",
    "softmin": "exp −{x} / Σ exp −{line}",
    "vector_norm": "norm({line})",
}
# What the second result of these is: the places that the first was taken from.
_PLACES = {
    "kthvalue": "index of kthvalue",
    "max": "argmax",
    "median": "index of median",
    "min": "argmin",
    "mode": "index of mode",
    "sort": "argsort",
    "topk": "indices of topk",
}


def reductions(question: Question) -> Terms | None:
    """Return the elements of the line, or lines, that feed each element; None for other operations.

    `values` are there for sums and products. Of a mean the terms are the elements themselves, and their sum is divided.
    """
    line = line_of(question)
    if line is None:
        return None
    elements = question.fitting(line.count)
    feeding = line.feeding(elements, question.shape)
    kept = _kept(line, elements, question) if line.prefix else None
    counts = each(elements.size, line.count) if kept is None else kept.sum(axis=1)
    flat = feeding.reshape(-1) if kept is None else feeding[kept]
    values = _values(question, line, flat)
    if values is not None and line.combination == "sum":
        recorded = question.recorded(elements.size)
        if not adds_up(values, counts, recorded, question.state.dtype):
            values = None
    letters = letters_for(len(line.shape), question.taken)
    combination = line.combination if question.output == 0 or line.combination in ("max", "min") else "depends"
    if line.op == "aminmax":
        combination = "max" if question.output else "min"
    steep = slopes(question, line, elements, feeding)
    return Terms(
        counts,
        (Factor(question.operands[0], flat, "value", letters),),
        combination=combination,
        formula=_formula(question, line, letters),
        letters=_of_result(line, letters),
        values=values,
        derivatives=None if steep is None else (steep.reshape(-1) if kept is None else steep[kept]),
        dims=line.dims,
    )


def _kept(line: Line, elements: Indices, question: Question) -> Array:
    """Return which elements of a line come before, or at, each element: shape (elements, count)."""
    stride = 1
    for size in question.shape[line.dims[0] + 1 :] if line.dims else ():
        stride *= size
    place = elements // stride % max(line.count, 1)
    kept: Array = np.arange(line.count)[None, :] <= place[:, None]
    return kept


def _values(question: Question, line: Line, flat: Indices) -> Array | None:
    if line.op not in ("sum", "prod", "cumsum", "cumprod"):
        return None
    held, recorded = question.array(question.operands[0]), question.state.values
    if held is None or recorded is None:
        return None
    return np.asarray(held[flat].astype(recorded.dtype))


def _of_result(line: Line, letters: tuple[str, ...]) -> tuple[str, ...]:
    if not line.reduces:
        return letters
    if line.keepdim:
        return tuple("0" if dim in line.dims else letter for dim, letter in enumerate(letters))
    return tuple(letter for dim, letter in enumerate(letters) if dim not in line.dims)


def _formula(question: Question, line: Line, letters: tuple[str, ...]) -> str:
    """Write what a line becomes; `:` stands in the place of the dimensions that the line runs along."""
    name = question.name(question.operands[0])
    over = tuple(letters[dim] for dim in line.dims)
    element = at(name, letters)
    every = len(line.dims) == len(letters) > 0
    whole = name if every else at(name, [":" if dim in line.dims else letter for dim, letter in enumerate(letters)])
    left = at(question.result, _of_result(line, letters))
    if line.op == "sum":
        return f"{left} = {summed(over)}{element}"
    if line.op == "mean":
        return f"{left} = {summed(over)}{element} / {line.count:,}"
    if line.prefix:
        upto = at(name, [f":{letter} + 1" if dim in line.dims else letter for dim, letter in enumerate(letters)])
        return f"{left} = {line.op.removeprefix('cum').removeprefix('log')}({upto})" if line.dims else ""
    if question.output == 1 and line.op in _PLACES:
        whole = f"{_PLACES[line.op]}({whole})"
        return f"{left} = {whole}{_at_place(line, letters)}"
    if line.op in _FUNCTIONS:
        return f"{left} = {_FUNCTIONS[line.op].format(x=element, line=whole)}"
    return f"{left} = {line.op}({whole}){_at_place(line, letters)}"


def _at_place(line: Line, letters: tuple[str, ...]) -> str:
    """Write which of the values of a sorted line is meant: `[j]`."""
    return "" if line.reduces else at("", [letters[dim] for dim in line.dims]) if line.dims else ""
