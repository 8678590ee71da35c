"""What is asked about a step, and the answer: the terms that each element of its result is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from explorer.lenses.relations.cells import Indices, Shape
from explorer.scene.relations import Array, Combination, Role
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call, tensors_in
from explorer.trace.replay import as_it_was
from explorer.trace.values import has_values, to_numpy

# Values are only read of tensors with at most this many elements.
MAX_ELEMENTS = 1_048_576
_IN_NUMPY = frozenset(
    {
        *(torch.float64, torch.float32, torch.float16, torch.complex64, torch.complex128, torch.bool),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8),
    }
)
# Names of tensors that have none in the program.
_OTHERWISE = ("x", "y", "u", "v", "w", "a", "b")


class TooManyTermsError(ValueError):
    """Not even the first element's terms fit."""


@dataclass(frozen=True, eq=False)
class Factor:
    """What the terms take of one tensor argument.

    Attributes:
        argument: Number of the argument, in the order of `Step.inputs`.
        elements: For each term a flat element of it, -1 for none; 1-d.
        role: As in `explorer.scene.relations.Operand`.
        axes: As there.
    """

    argument: int
    elements: Indices
    role: Role = "value"
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of the elements that were asked about, in order.

    `counts` says how many terms each element has; it is shorter than the question's elements when only the first
    of them have their terms. The other attributes are those of `explorer.scene.relations.Relation`.
    """

    counts: Indices
    factors: tuple[Factor, ...]
    combination: Combination = ""
    sign: str = ""
    formula: str = ""
    letters: tuple[str, ...] = ()
    values: Array | None = None
    derivatives: Array | None = None
    dims: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Question:
    """Which terms make up these elements of a step's output?

    Attributes:
        trace: The trace, with its live calls.
        step: The step.
        call: Its call; None when that was not kept.
        output: Which of its outputs.
        elements: Flat elements of the output, ascending; 1-d.
        names: What the program calls each tensor argument; "" where it has no name.
        result: What the program calls the output; `out` when it has no name.
        limit: How many terms the answer may have.
    """

    trace: Trace
    step: Step
    call: Call | None
    output: int
    elements: Indices
    names: tuple[str, ...]
    result: str
    limit: int
    _values: dict[int, torch.Tensor | None] = field(default_factory=dict, repr=False)

    @property
    def op(self) -> str:
        """The operation's name without underscores: `add` for `add_` and `__add__`."""
        return self.step.op.strip("_")

    @property
    def state(self) -> TensorState:
        """The output."""
        return self.step.outputs[self.output]

    @property
    def shape(self) -> Shape:
        """The output's shape."""
        return self.state.shape

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The call's positional arguments."""
        return () if self.call is None else self.call.arguments

    @property
    def keywords(self) -> dict[str, Any]:
        """The call's keyword arguments."""
        return {} if self.call is None else self.call.keywords

    @cached_property
    def tensors(self) -> list[torch.Tensor]:
        """The live tensor arguments, in the order of `Step.inputs`."""
        return tensors_in([self.arguments, self.keywords])

    @property
    def operands(self) -> tuple[int, ...]:
        """Numbers of the tensor arguments that are read: all but `out=`."""
        out = {id(tensor) for tensor in tensors_in([self.keywords.get("out")])}
        count = len(tensors_in([self.arguments])) if out else 0
        kept = [n for n, tensor in enumerate(self.tensors) if n < count or id(tensor) not in out]
        return tuple(kept) if self.call is not None else tuple(range(len(self.step.inputs)))

    def given(self, place: int, *names: str) -> Any:  # noqa: ANN401 - arguments are of any type
        """Return the argument at a place, or with one of the names; None when there is none."""
        if len(self.arguments) > place:
            return self.arguments[place]
        return next((self.keywords[name] for name in names if name in self.keywords), None)

    def number(self, tensor: object) -> int | None:
        """Return which tensor argument an argument is; None when it is no tensor."""
        return next((number for number, one in enumerate(self.tensors) if one is tensor), None)

    def shape_of(self, number: int) -> Shape:
        """Return the shape that a tensor argument had."""
        return self.step.inputs[number].shape

    def value(self, number: int) -> torch.Tensor | None:
        """Return what a tensor argument held, on the CPU; None when that is gone, or too large to be read.

        It may be the live tensor itself: not to be written to.
        """
        if number not in self._values:
            self._values[number] = self._value(number)
        return self._values[number]

    def array(self, number: int) -> Array | None:
        """Return the same as a flat array, row by row, with the nearest exact NumPy dtype; not to be written to."""
        held = self.value(number)
        if held is None:
            return None
        return (held.numpy() if held.dtype in _IN_NUMPY else to_numpy(held)).reshape(-1)

    def _value(self, number: int) -> torch.Tensor | None:
        state = self.step.inputs[number]
        if self.call is None or state.numel > MAX_ELEMENTS or number >= len(self.tensors):
            return None
        tensor = self.tensors[number]
        if has_values(tensor) and not tensor.is_inference() and tensor._version == state.version:
            held: torch.Tensor | None = tensor.detach().resolve_conj().resolve_neg().cpu()
        else:
            held = as_it_was(tensor, state)
        return held if held is not None and tuple(held.shape) == state.shape else None

    @cached_property
    def taken(self) -> frozenset[str]:
        """Names in a formula, which no index letter may be."""
        spare = () if all(self.names) else _OTHERWISE
        return frozenset(re.findall(r"\w+", " ".join((*self.names, self.result, *spare))))

    def name(self, number: int, otherwise: str = "x") -> str:
        """Return what to call a tensor argument in a formula: `otherwise`, or a letter, if it has no name."""
        names = {binding.name for binding in self.trace.bindings[self.step.index]}.union(self.names, [self.result])
        free = (name for name in (otherwise, *_OTHERWISE[number:], f"tensor{number}") if name not in names)
        return self.names[number] or next(free)

    def fitting(self, per_element: int) -> Indices:
        """Return the elements whose terms fit, each having so many.

        Raises:
            TooManyTermsError: There are none.
        """
        count = self.limit // max(per_element, 1)
        if self.elements.size and not count:
            raise TooManyTermsError(f"{per_element} terms an element")
        return self.elements[:count]

    def recorded(self, count: int) -> Array | None:
        """Return the recorded values of the first `count` elements asked about, which are those of the window."""
        values = self.state.values
        return None if values is None else values.reshape(-1)[:count]


def each(count: int, terms: int = 1) -> Indices:
    """Return counts of terms: `count` elements with the same number of `terms`."""
    return np.full(count, terms, np.int64)
