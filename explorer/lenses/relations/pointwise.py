"""Operations that take one element of each operand, broadcast: `a + b`, `where`, `relu`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from numbers import Number
from typing import Any

import numpy as np
import torch

from explorer.lenses.relations.cells import broadcast, stretched
from explorer.lenses.relations.letters import aligned, at, letters_for
from explorer.lenses.relations.question import Factor, Question, Terms, each
from explorer.trace.kinds import CONVERSIONS

# Names that differ from those of the kernels that torch tags as pointwise.
_ALIASES = {
    "absolute": "abs",
    "and": "bitwise_and",
    "div_": "div",
    "divide": "div",
    "floor_divide": "div",
    "floordiv": "div",
    "greater": "gt",
    "greater_equal": "ge",
    "invert": "bitwise_not",
    "less": "lt",
    "less_equal": "le",
    "lshift": "bitwise_left_shift",
    "multiply": "mul",
    "negative": "neg",
    "not_equal": "ne",
    "or": "bitwise_or",
    "rdiv": "div",
    "rfloordiv": "div",
    "rlshift": "bitwise_left_shift",
    "mod": "remainder",
    "rmod": "remainder",
    "rmul": "mul",
    "rpow": "pow",
    "rsub": "sub",
    "rrshift": "bitwise_right_shift",
    "rshift": "bitwise_right_shift",
    "subtract": "sub",
    "xor": "bitwise_xor",
    "radd": "add",
    "rand": "bitwise_and",
    "ror": "bitwise_or",
    "rxor": "bitwise_xor",
}
_SIGNS = {
    "add": "+",
    "sub": "−",
    "mul": "·",
    "div": "/",
    "remainder": "%",
    "pow": "^",
    "eq": "==",
    "ne": "≠",
    "lt": "<",
    "le": "≤",
    "gt": ">",
    "ge": "≥",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
    "logical_and": "and",
    "logical_or": "or",
    "true_divide": "/",
}
_SWAPPED = frozenset({"rsub", "rdiv", "rpow", "rfloordiv", "rmod", "rlshift", "rrshift"})
_FLOORED = frozenset({"floor_divide", "floordiv", "rfloordiv"})
_COPIES = CONVERSIONS | {"clone", "contiguous"}
_MORE = frozenset({"copy", "isclose"}) | _COPIES


@cache
def is_pointwise(op: str) -> bool:
    """Tell whether torch says that the operation of this name (without underscores) works element by element."""
    packet = getattr(torch.ops.aten, _ALIASES.get(op, op), None)
    if op in _MORE or packet is None:
        return op in _MORE
    return any(torch.Tag.pointwise in getattr(packet, name).tags for name in packet.overloads())


def pointwise(question: Question) -> Terms | None:
    """Return one term for each element, with an element of each operand; None for other operations."""
    operands = _read(question)
    if not operands or not is_pointwise(question.op) or (question.op in ("max", "min") and len(operands) < 2):
        return None
    shapes = [question.shape_of(number) for number in operands]
    try:
        onto = [question.shape] if question.op == "copy" else []
        if broadcast(*shapes, *onto) != question.shape:
            return None
    except ValueError:
        return None
    elements = question.fitting(1)
    letters = letters_for(len(question.shape), question.taken)
    factors = [
        Factor(number, stretched(shape, question.shape, elements), "value", aligned(shape, letters, question.shape))
        for number, shape in zip(operands, shapes, strict=True)
    ]
    return Terms(
        each(elements.size),
        tuple(_chosen(question, factors)),
        sign=_sign(question) if len(factors) > 1 else "",
        formula=_formula(question, factors, letters),
        letters=letters,
    )


def stretched_operands(question: Question) -> tuple[int, ...]:
    """Return the numbers of the tensor arguments of a pointwise operation that are read as if they were larger."""
    if not is_pointwise(question.op):
        return ()
    return tuple(number for number in _read(question) if question.shape_of(number) != question.shape)


def _read(question: Question) -> tuple[int, ...]:
    if question.op in _COPIES:
        return question.operands[:1]
    return question.operands[1:] if question.op == "copy" else question.operands


def _sign(question: Question) -> str:
    plain = set(question.keywords) - {"out", "other", "input", "exponent"}
    if question.op in _FLOORED:
        return "//"
    return "" if plain else _SIGNS.get(_ALIASES.get(question.op, question.op), "")


def _chosen(question: Question, factors: list[Factor]) -> list[Factor]:
    """Mark what a condition reads as a mask, and leave out the side that it does not take."""
    choice = _choice(question)
    mask = None if choice is None else next((f for f in factors if f.argument == question.number(choice[0])), None)
    if choice is None or mask is None:
        return factors
    held = question.value(mask.argument)
    true = None if held is None else held.bool().numpy().reshape(-1)[mask.elements]
    chosen = []
    for factor in factors:
        tensor = question.tensors[factor.argument]
        if factor is mask:
            chosen.append(replace(factor, role="mask"))
        elif true is None or choice[1] is choice[2]:
            chosen.append(factor)
        else:
            taken = true if tensor is choice[1] else ~true
            chosen.append(replace(factor, elements=np.where(taken, factor.elements, -1)))
    return chosen


def _choice(question: Question) -> tuple[Any, Any, Any] | None:
    """Return the condition, what is taken where it holds, and what elsewhere; None where nothing is chosen."""
    if question.call is None or question.op not in ("where", "masked_fill"):
        return None
    if question.op == "masked_fill":
        return question.given(1, "mask"), question.given(2, "value"), question.given(0, "input")
    if question.call.function is torch.Tensor.where:
        return question.given(1, "condition"), question.given(0), question.given(2, "other")
    return question.given(0, "condition"), question.given(1, "input"), question.given(2, "other")


def _formula(question: Question, factors: list[Factor], letters: tuple[str, ...]) -> str:
    """Write the call for one element: `out[i, j] = a[i, j] + b[j]`, `out[i] = where(mask[i], a[i], 0)`."""
    if question.call is None:
        return ""
    left, sign = at(question.result, letters), _sign(question)
    axes = {factor.argument: factor.axes for factor in factors}
    texts = [_text(question, argument, axes) for argument in _written(question)]
    if question.op in ("copy", *_COPIES):
        read = texts[-1] if question.op == "copy" else texts[0]
        number = factors[0].argument
        same = question.state.dtype == question.step.inputs[number].dtype
        return f"{left} = {read}" if same else f"{left} = {str(question.state.dtype).removeprefix('torch.')}({read})"
    if sign and len(texts) == 2 and all(texts):
        first, second = reversed(texts) if question.op in _SWAPPED else texts
        return f"{left} = {first} {sign} {second}"
    return f"{left} = {question.op}({', '.join(text or '…' for text in texts)})"


def _written(question: Question) -> list[Any]:
    keywords = [value for key, value in question.keywords.items() if key != "out" and value is not None]
    tail = [value for value in question.arguments[1:] if value is not None and not isinstance(value, bool)]
    plain = [value for value in keywords if isinstance(value, torch.Tensor | Number) and not isinstance(value, bool)]
    return [*question.arguments[:1], *tail, *plain]


def _text(question: Question, argument: object, axes: dict[int, tuple[str, ...]]) -> str:
    number = question.number(argument)
    if number is not None and number in axes:
        return at(question.name(number, "xyzuvw"[min(number, 5)]), axes[number])
    return repr(argument) if isinstance(argument, bool | int | float | complex) else ""
