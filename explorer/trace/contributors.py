"""What an element of a result depends on: `contributors`, for any operation, without a rule for one.

The recorded call is made again. A vector–Jacobian product gives the derivatives; what has a derivative other than
0 contributes. The elements that this does not decide are given other values, and those that change the output
contribute as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from explorer.trace.bases import elements_in_base
from explorer.trace.calls import tensors_in
from explorer.trace.dependence import TooLargeError, dependence, prober_of
from explorer.trace.derivatives import derivatives
from explorer.trace.replay import CannotReplayError, Replay, replay_of, undisturbed
from explorer.trace.values import Array, to_numpy

if TYPE_CHECKING:
    from explorer.trace.calls import Call
    from explorer.trace.model import Step, TensorState, Trace

Mask = npt.NDArray[np.bool_]

# Elements of a call's tensors together, and of all masks of an answer together.
MAX_ELEMENTS = 4_194_304
MAX_MASK_ELEMENTS = 16_777_216


@dataclass(frozen=True, eq=False)
class Contribution:
    """What one tensor contributes to one element of the output, or to several.

    Attributes:
        mask: Which elements the output element depends on, shaped like the tensor; for several output elements,
            one such mask after the other.
        derivative: d output / d element in torch's own sense, in the same shape and the tensor's dtype (bfloat16
            as float32, as `TensorState.values`); None where the tensor or the output holds no floats, autograd
            does not connect the two, or a random call (dropout) cannot be made with its own random numbers.
    """

    mask: Mask
    derivative: Array | None


@dataclass(frozen=True, eq=False)
class Contributors:
    """What the tensors of a step contribute: a sequence with an item for each tensor argument.

    Attributes:
        arguments: In the order of `Step.inputs`. A tensor that is given twice has two items.
        parameters: By name, those of the module that was called; {} for other calls.
        tested: Whether other values were tried. Where that would have taken too long, it is False, and the masks
            hold only elements whose derivative is not 0.
    """

    arguments: tuple[Contribution, ...]
    parameters: dict[str, Contribution]
    tested: bool = True

    def __len__(self) -> int:
        return len(self.arguments)

    def __getitem__(self, number: int) -> Contribution:
        return self.arguments[number]

    def __iter__(self) -> Iterator[Contribution]:
        return iter(self.arguments)


def contributors(trace: Trace, step_index: int, index: int | Sequence[int], output: int = 0) -> Contributors:
    r"""Tell which elements of a step's tensor arguments one element of its output depends on, and how steeply.

    An element contributes if the output element can become another when that element alone is given another
    value, NaN and the infinities included, and all others stay as they were. So all elements of a row contribute to
    its maximum; of `torch.where` the condition and the side that was chosen; a factor of 0 does not hide the other
    factor (0 · NaN is NaN); of two True elements none contributes to `any`. Elements of an expanded tensor that
    share memory count as elements of their own, as for autograd.

    What contributes is found by trying: some dozen values for each float (`explorer.trace.perturbations`), fewer
    for integers, the opposite of a bool. An operation that reacts only to a value that is not among them is not
    seen to depend. In large calls many elements are changed at once and divided when the output reacts; elements
    whose changes cancel out each other for all values tried are then overlooked.

    >>> trace = explorer.run("x = torch.tensor([3.0, -4.0])\ny = x.norm()")
    >>> explorer.contributors(trace, 1, ())[0].derivative
    array([ 0.6, -0.8], dtype=float32)

    Args:
        trace: A trace that still holds its live tensors (not one that crossed a process border).
        step_index: Which step.
        index: Which element of the output: an index for each dimension, or its flat number.
        output: Which of the step's outputs.

    Returns:
        For each tensor argument a mask and a derivative, shaped like it; for the call of a module its parameters'
        as well.

    Raises:
        ValueError: The trace has no live tensors, or the call cannot be made again or is too large (more than
            `MAX_ELEMENTS` elements, or more calls than can be made and no derivative): the message says which.
        IndexError: There is no such step, output or element.
    """
    _call(trace, step_index)
    step = trace.steps[step_index]
    found = contributors_of_all(trace, step_index, output, [_flat(index, step.outputs[output].shape)])
    return Contributors(
        tuple(_first(one) for one in found.arguments),
        {name: _first(one) for name, one in found.parameters.items()},
        found.tested,
    )


def contributors_of_all(
    trace: Trace,
    step_index: int,
    output: int = 0,
    elements: Sequence[int] | None = None,
    *,
    seconds: float | None = None,
) -> Contributors:
    """Tell the same as `contributors` for many elements of an output at once.

    Args:
        trace: As for `contributors`.
        step_index: Which step.
        output: Which of the step's outputs.
        elements: Flat numbers of m elements of the output; all of them when None.
        seconds: After how long not to try any further, as where there is too much to try; None: no limit.

    Returns:
        Masks and derivatives of shape (m, *shape of the tensor).

    Raises:
        ValueError: As for `contributors`, or the masks would have more than `MAX_MASK_ELEMENTS` elements.
        IndexError: There is no such step, output or element.
    """
    step, state = trace.steps[step_index], trace.steps[step_index].outputs[output]
    call = _call(trace, step_index)
    wanted = torch.arange(state.numel) if elements is None else torch.tensor(list(elements), dtype=torch.int64)
    if len(wanted) and not 0 <= int(wanted.min()) <= int(wanted.max()) < state.numel:
        raise IndexError(f"the output has {state.numel} elements")
    if not isinstance(call.function, torch.nn.Module) and not list(tensors_in([call.arguments, call.keywords])):
        return Contributors((), {})
    _check_sizes(step, state, len(wanted))
    try:
        with undisturbed():
            return _found(step, replay_of(step, call, output % len(step.outputs)), state, wanted, seconds)
    except (CannotReplayError, TooLargeError) as error:
        raise ValueError(f"contributors of {step.op}: {error}") from error


def _flat(index: int | Sequence[int], shape: tuple[int, ...]) -> int:
    numel = math.prod(shape)
    if isinstance(index, int):
        if not -numel <= index < numel:
            raise IndexError(f"element {index} of an output with {numel} elements")
        return index % numel
    places = tuple(index)
    if len(places) != len(shape) or not all(-n <= i < n for i, n in zip(places, shape, strict=True)):
        raise IndexError(f"no element {list(places)} in an output of shape {list(shape)}")
    flat = 0
    for place, size in zip(places, shape, strict=True):
        flat = flat * size + place % size
    return flat


def _first(one: Contribution) -> Contribution:
    # without `asarray` the only row of a 0-d tensor's would be a NumPy scalar
    derivative = None if one.derivative is None else np.asarray(one.derivative[0])
    return Contribution(np.asarray(one.mask[0]), derivative)


def _call(trace: Trace, step_index: int) -> Call:
    if trace.calls is None:
        raise ValueError("contributors needs the live tensors, which stay in the process that ran the program")
    call, step = trace.calls[step_index], trace.steps[step_index]
    if call is None:
        raise ValueError(
            f"the call of {step.op} was not kept: its tensors are too large, or it is not one call of torch"
        )
    if step.kind == "backward":
        raise ValueError(
            "a backward pass writes gradients and returns nothing: ask about the steps that it goes through"
        )
    return call


def _check_sizes(step: Step, state: TensorState, count: int) -> None:
    elements = state.numel + sum(given.numel for given in step.inputs)
    if elements > MAX_ELEMENTS:
        raise ValueError(f"{step.op} has {elements:,} elements; contributors takes at most {MAX_ELEMENTS:,}")
    in_masks = count * (elements - state.numel)
    if in_masks > MAX_MASK_ELEMENTS:
        raise ValueError(
            f"the masks would have {in_masks:,} elements, more than {MAX_MASK_ELEMENTS:,}; ask about fewer"
        )


def _found(
    step: Step, replay: Replay, state: TensorState, elements: torch.Tensor, seconds: float | None
) -> Contributors:
    moved = elements_in_base(step, state, elements)
    if moved is not None and len(replay.values) == 1:
        return Contributors((_of_view(replay, moved, elements),), {})
    baseline = _baseline(replay)
    same = _is_recorded(baseline, state)
    if not same and not replay.draws:
        raise CannotReplayError("made again it gives another result: something that it uses has changed since")
    steepness = derivatives(replay, elements)
    known = _nonzero(replay, steepness, len(elements))
    try:
        mask, tested = dependence(prober_of(replay, elements, baseline, seconds), known), True
    except TooLargeError:
        if all(one is None for one in steepness):
            raise
        mask, tested = known, False
    ends = np.cumsum([value.numel() for value in replay.values])[:-1].tolist()
    parts = zip(replay.values, mask.tensor_split(ends, dim=1), steepness, strict=True)
    items = [_contribution(value, part, one if same else None) for value, part, one in parts]
    count = len(items) - len(replay.names)
    return Contributors(tuple(items[:count]), dict(zip(replay.names, items[count:], strict=True)), tested)


def _baseline(replay: Replay) -> torch.Tensor:
    try:
        with torch.no_grad():
            return replay(replay.values)
    except Exception as error:  # the function may be the program's own
        raise CannotReplayError(f"made again it fails: {error}") from error


def _is_recorded(baseline: torch.Tensor, state: TensorState) -> bool:
    """Tell whether a call that was made again gave what was recorded, but for rounding."""
    if tuple(baseline.shape) != state.shape:
        return False
    if state.values is None:
        return True
    values = to_numpy(baseline[tuple(slice(0, size) for size in state.window)])
    if not (baseline.dtype.is_floating_point or baseline.dtype.is_complex):
        return bool(np.array_equal(values, state.values))
    finite = np.abs(state.values[np.isfinite(state.values)])
    tolerance = float(np.sqrt(torch.finfo(baseline.dtype).eps))
    largest = float(finite.max()) if finite.size else 0.0
    return bool(np.allclose(values, state.values, rtol=tolerance, atol=tolerance * largest, equal_nan=True))


def _nonzero(replay: Replay, steepness: list[torch.Tensor | None], count: int) -> torch.Tensor:
    """Return where derivatives are known and not 0, shape (count, elements of all tensors).

    NaN says nothing: it also comes of 0 · infinity, where nothing depends.
    """
    parts = [
        torch.zeros((count, value.numel()), dtype=torch.bool) if one is None else (one != 0) & ~one.isnan()
        for value, one in zip(replay.values, steepness, strict=True)
    ]
    return torch.cat(parts, dim=1) if parts else torch.zeros((count, 0), dtype=torch.bool)


def _contribution(value: torch.Tensor, mask: torch.Tensor, derivative: torch.Tensor | None) -> Contribution:
    shape = (len(mask), *value.shape)
    if derivative is not None:
        if derivative.itemsize == 1:  # too few operations know the 8-bit floats
            derivative = derivative.float()
        derivative = derivative.masked_fill(~mask & derivative.isnan(), 0)
    return Contribution(
        mask.reshape(shape).numpy(), None if derivative is None else to_numpy(derivative.reshape(shape))
    )


def _of_view(replay: Replay, mask: torch.Tensor, elements: torch.Tensor) -> Contribution:
    [derivative] = derivatives(replay, elements)
    if derivative is not None and bool(((derivative != 0) & ~mask).any()):
        # `as_strided` looks at memory that the copy made for the replay does not have
        derivative = mask.to(derivative.dtype)
    return _contribution(replay.values[0], mask, derivative)
