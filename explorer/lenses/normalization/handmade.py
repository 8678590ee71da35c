"""Normalisation written by hand, found by who made what: (x - x.mean(0)) / x.std(0), with a root of var + eps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call

_MOST_STEPS_BACK = 8


@dataclass(frozen=True, eq=False)
class Root:
    """How a divisor was made of a variance.

    Attributes:
        source: The tensor whose variance it is.
        variance: What stands under the root before ε; None of `std`, which takes the root itself.
        eps: ε; 0 where there is none.
        inside: Whether ε stands under the root.
        correction: What is taken off the count in the variance.
        power: 1 for a variance that no root was taken of, 0.5 for a root, -0.5 for one over a root.
    """

    source: TensorState
    variance: TensorState | None
    eps: float = 0.0
    inside: bool = True
    correction: int = 1
    power: float = 0.5


@dataclass(frozen=True, eq=False)
class Handmade:
    """A division of x − mean by a deviation.

    Attributes:
        input: x.
        mean: What is subtracted, as recorded.
        divisor: What it is divided by (of a product with one over a root: that factor), as recorded.
        root: How that was made.
        own: Whether mean and deviation are of x itself; else of another tensor, such as the training data.
    """

    input: TensorState
    mean: TensorState
    divisor: TensorState
    root: Root
    own: bool


class Makers:
    """The steps that made the tensors of a run, by tensor and version.

    Args:
        trace: The run, with its live calls.
    """

    def __init__(self, trace: Trace) -> None:
        self._calls = trace.calls or (None,) * len(trace.steps)
        self._made = {(state.tensor, state.version): step for step in trace.steps for state in step.outputs}
        self._takers: dict[tuple[int, int], list[Step]] = {}
        for step in trace.steps:
            for state in step.inputs:
                self._takers.setdefault((state.tensor, state.version), []).append(step)

    def of(self, state: TensorState) -> Step | None:
        """Return the step that made a tensor, or the one that a chain of views of it begins with."""
        step = self._made.get((state.tensor, state.version))
        for _ in range(_MOST_STEPS_BACK):
            if step is None or step.kind != "view" or not step.inputs:
                break
            step = self._made.get((step.inputs[0].tensor, step.inputs[0].version))
        return step

    def takers(self, state: TensorState) -> Sequence[Step]:
        """Return the steps that took a tensor with the values of a state, in their order."""
        return self._takers.get((state.tensor, state.version), ())

    def call(self, step: Step) -> Call | None:
        """Return the live call of a step."""
        return self._calls[step.index]


def handmade(step: Step, makers: Makers) -> Handmade | None:
    """Return what a step normalises, where it is the last of (x - mean) / deviation; else None."""
    if plain_op(step) not in ("div", "divide", "true_divide", "mul", "multiply") or len(step.inputs) != 2:
        return None
    for above, below in _orders(step):
        root = _root(below, makers)
        if root is None or root.power != (-0.5 if step.op.startswith("mul") else 0.5):
            continue
        given = _difference(above, makers)
        if given is None or given[0].shape != step.outputs[0].shape or not _is_alike(given[1], below, given[0].shape):
            continue
        source = _mean_of(given[1], makers)
        # x and x − mean have one deviation: x -= x.mean(0); x /= x.std(0)
        if source is not None and (
            is_same(source, root.source) or (is_same(source, given[0]) and is_same(above, root.source))
        ):
            return Handmade(*given, below, root, own=is_same(source, given[0]))
    return None


def plain_op(step: Step) -> str:
    """Return the name of an operation without the mark of one that works in place: `div` of `div_`."""
    return step.op.removesuffix("_")


def blocks_of(shape: tuple[int, ...], mean: tuple[int, ...]) -> tuple[int, ...]:
    """Return the blocks of indices that share statistics of this shape, by the rules of broadcasting.

    Args:
        shape: Of x.
        mean: Of the mean that is subtracted from it.
    """
    own = (1,) * (len(shape) - len(mean)) + mean
    return tuple(size if kept == 1 else 1 for size, kept in zip(shape, own, strict=True))


def is_same(one: TensorState, other: TensorState) -> bool:
    """Tell whether two states are of one tensor with the same values."""
    return one.tensor == other.tensor and one.version == other.version and one.contents is other.contents


def _orders(step: Step) -> Iterable[tuple[TensorState, TensorState]]:
    """Return (what is divided, by what); the factors of a product may stand in either order."""
    first, second = step.inputs
    return ((first, second), (second, first)) if step.op.startswith("mul") else ((first, second),)


def _difference(state: TensorState, makers: Makers) -> tuple[TensorState, TensorState] | None:
    """Return x and mean of x − mean."""
    step = makers.of(state)
    if step is None or plain_op(step) not in ("sub", "subtract") or len(step.inputs) != 2:
        return None
    return step.inputs[0], step.inputs[1]


def _is_alike(mean: TensorState, divisor: TensorState, shape: tuple[int, ...]) -> bool:
    """Tell whether mean and divisor are spread over x in the same way."""
    fits = all(len(one.shape) <= len(shape) for one in (mean, divisor))
    return fits and blocks_of(shape, mean.shape) == blocks_of(shape, divisor.shape)


def _mean_of(state: TensorState, makers: Makers) -> TensorState | None:
    """Return the tensor that a mean is of."""
    step = makers.of(state)
    if step is None or step.op not in ("mean", "var_mean", "std_mean") or not step.inputs:
        return None
    return step.inputs[0]


def _root(state: TensorState, makers: Makers, left: int = _MOST_STEPS_BACK) -> Root | None:
    """Return how a tensor was made of a variance; None where it was not."""
    step = makers.of(state)
    call = None if step is None else makers.call(step)
    if step is None or call is None or not step.inputs or not left:
        return None
    if step.op in ("var", "var_mean"):
        return Root(step.inputs[0], state, correction=_correction(call), power=1.0)
    if step.op in ("std", "std_mean"):
        return Root(step.inputs[0], None, correction=_correction(call))
    squares = _mean_of_squares(step, makers)
    if squares is not None:
        return Root(squares, state, correction=0, power=1.0)
    if len(step.inputs) != 1:
        return None
    inner = _root(step.inputs[0], makers, left - 1)
    return None if inner is None else _changed(inner, step.op, call)


def _changed(inner: Root, op: str, call: Call) -> Root | None:
    """Return what a call makes of a variance or its root."""
    powers = {"sqrt": 0.5, "rsqrt": -0.5, "reciprocal": -1.0}
    number = _number(call)
    if op in powers or (op == "pow" and number is not None):
        power = inner.power * powers.get(op, number or 0.0)
        return replace(inner, power=power)
    if op == "add" and number is not None:
        return replace(inner, eps=number, inside=inner.power == 1.0)
    if op in ("clamp", "clamp_min"):
        least = call.keywords.get("min", number)
        return replace(inner, eps=float(least or 0.0), inside=False)
    return None


def _mean_of_squares(step: Step, makers: Makers) -> TensorState | None:
    """Return x where a step is the mean of the squares of x − mean."""
    if step.op != "mean":
        return None
    square = makers.of(step.inputs[0])
    call = None if square is None else makers.call(square)
    if square is None or call is None or not square.inputs:
        return None
    doubled = square.op == "mul" and len(square.inputs) == 2 and is_same(*square.inputs)
    if not (doubled or square.op == "square" or (square.op == "pow" and _number(call) == 2.0)):
        return None
    given = _difference(square.inputs[0], makers)
    return None if given is None else given[0]


def _number(call: Call) -> float | None:
    """Return the number among the arguments of a call beside its tensor."""
    found: list[Any] = [one for one in (*call.arguments[1:], *call.keywords.values()) if isinstance(one, int | float)]
    return float(found[0]) if found and not isinstance(found[0], torch.Tensor) else None


def _correction(call: Call) -> int:
    """Return what a variance takes off the count: 1 by default."""
    if call.keywords.get("correction") is not None:
        return int(call.keywords["correction"])
    if "unbiased" in call.keywords:
        return int(call.keywords["unbiased"])
    positional = [one for one in call.arguments[1:] if isinstance(one, bool)]
    return int(positional[0]) if positional else 1
