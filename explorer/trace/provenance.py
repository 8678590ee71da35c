"""Where each element of a result came from: `origins`.

Found without a rule for any operation. For a view, addresses say it. For anything else the recorded call is made
again with the tensors' elements replaced by numbered labels, twice, with two labellings: an element that was
moved carries corresponding labels both times, a constant (padding) carries the same value both times, and
anything else was computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from explorer.trace.addresses import addresses_of
from explorer.trace.calls import Call, replace_tensors, tensors_in
from explorer.trace.kinds import CONVERSIONS
from explorer.trace.replay import CannotReplayError, as_it_was, private, undisturbed

if TYPE_CHECKING:
    from explorer.trace.model import Step, TensorState, Trace

Indices = npt.NDArray[np.int64]

MAX_ELEMENTS = 4_194_304


@dataclass(frozen=True)
class Origins:
    """For each output element: the number of the tensor argument that it came from, and its flat element there.

    Both arrays have the output's shape. Where `argument` is -1 the element came from none (padding, a number),
    and `element` is -1.
    """

    argument: Indices
    element: Indices

    def __iter__(self) -> Iterator[Indices]:
        """Allow `argument, element = origins(…)`."""
        return iter((self.argument, self.element))


class NotMovedError(ValueError):
    """The operation computed new values, or its elements cannot be followed."""


def origins(trace: Trace, step_index: int, output: int = 0) -> Origins:
    """Tell which tensor argument, and which flat element of it, each element of a step's output came from.

    Args:
        trace: A trace that still holds its live tensors (not one that crossed a process border).
        step_index: Which step; its operation must only move elements.
        output: Which of the step's outputs.

    Raises:
        NotMovedError: The step computes values, or has more than `MAX_ELEMENTS` elements.
        ValueError: The trace has no live tensors.
        IndexError: No such step or output.
    """
    if trace.calls is None:
        raise ValueError("origins needs the live tensors, which stay in the process that ran the program")
    step, call = trace.steps[step_index], trace.calls[step_index]
    if call is None:
        raise NotMovedError(f"{step.op} was not one call of torch: its elements cannot be followed")
    state = step.outputs[output]
    if state.numel > MAX_ELEMENTS or any(s.numel > MAX_ELEMENTS for s in step.inputs):
        raise NotMovedError(f"origins follows at most {MAX_ELEMENTS:,} elements a tensor")
    if step.kind == "view":
        return _from_addresses(step.inputs, state)
    tensors = tuple(tensors_in([call.arguments, call.keywords]))
    if not tensors:
        raise NotMovedError(f"{step.op} makes new elements")
    converted = _from_conversion(step, tensors, state)
    if converted is not None:
        return converted
    try:
        with undisturbed():
            found = _from_labels(step, replace(call, function=private(call.function)), tensors, output)
    except CannotReplayError as error:
        raise NotMovedError(f"{step.op} cannot be followed: {error}") from error
    if found is None or not _reproduces(found, step.inputs, state):
        raise NotMovedError(f"{step.op} computes new values: its elements did not only move")
    return found


def _from_addresses(inputs: tuple[TensorState, ...], state: TensorState) -> Origins:
    argument = next((number for number, given in enumerate(inputs) if given.storage == state.storage), None)
    if argument is None:
        raise NotMovedError("the result looks at memory that none of the arguments looks at")
    given = inputs[argument]
    wanted = addresses_of(state, itemsize=given.itemsize)
    held, first = np.unique(addresses_of(given).reshape(-1), return_index=True)
    place = np.searchsorted(held, wanted)
    place_in = np.minimum(place, max(held.size - 1, 0))
    found = (held[place_in] == wanted) if held.size else np.zeros(wanted.shape, dtype=bool)
    element = np.where(found, first[place_in] if held.size else -1, -1).astype(np.int64)
    return Origins(np.where(found, np.int64(argument), np.int64(-1)), element)


def _from_conversion(step: Step, tensors: tuple[torch.Tensor, ...], state: TensorState) -> Origins | None:
    """Follow a change of dtype or device, which labels would not survive: it keeps every element in its place."""
    if step.op.strip("_") not in CONVERSIONS or tensors[0].shape != state.shape:
        return None
    return Origins(np.zeros(state.shape, np.int64), np.arange(state.numel, dtype=np.int64).reshape(state.shape))


@dataclass(frozen=True)
class _Labelling:
    """Labels for the elements of the chosen tensor arguments: consecutive runs, through `scramble`."""

    bases: dict[int, int]
    count: int

    def labels(self, *, scrambled: bool) -> Indices:
        if not scrambled:
            return np.arange(1, self.count + 1, dtype=np.int64)
        # negative and out of order: relu, abs, sort and additions all give themselves away
        order = np.random.default_rng(0).permutation(self.count).astype(np.int64)
        return -(order + self.count + 7)

    def twin(self, number: int, state: TensorState, dtype: torch.dtype, *, scrambled: bool) -> torch.Tensor:
        # in the shape that the tensor had: `resize_` may have changed it since
        base = self.bases[number]
        part = self.labels(scrambled=scrambled)[base : base + state.numel]
        return torch.from_numpy(part.copy()).to(dtype).reshape(state.shape)


def _candidates(tensors: tuple[torch.Tensor, ...]) -> list[tuple[int, ...]]:
    """Return which arguments to label, likeliest first: indices and masks keep their values."""
    everything = tuple(range(len(tensors)))
    first_type = tensors[0].dtype
    same_type = tuple(n for n in everything if tensors[n].dtype == first_type)
    no_masks = tuple(n for n in everything if tensors[n].dtype != torch.bool)
    order = [same_type, everything, no_masks, (0,), everything[1:]]
    return [chosen for chosen in dict.fromkeys(order) if chosen]


def _from_labels(step: Step, call: Call, tensors: tuple[torch.Tensor, ...], output: int) -> Origins | None:
    for chosen in _candidates(tensors):
        for dtype in (torch.int64, torch.float64):
            found = _label_twice(_Replay(step, call, tensors, dtype, output), chosen)
            if found is not None:
                return found
    return None


@dataclass(frozen=True, eq=False)
class _Replay:
    """A recorded call that is about to be made again with labels."""

    step: Step
    call: Call
    tensors: tuple[torch.Tensor, ...]
    dtype: torch.dtype
    output: int


def _label_twice(replay: _Replay, chosen: tuple[int, ...]) -> Origins | None:
    bases, count = {}, 0
    for number in chosen:
        bases[number] = count
        count += replay.step.inputs[number].numel
    labelling = _Labelling(bases, count)
    plain = _run_labelled(replay, labelling, scrambled=False)
    if plain is None:
        return None
    scrambled = _run_labelled(replay, labelling, scrambled=True)
    if scrambled is None or scrambled.shape != plain.shape:
        return None
    return _compare(plain, scrambled, labelling)


def _run_labelled(replay: _Replay, labelling: _Labelling, *, scrambled: bool) -> Indices | None:
    """Make the call with labels for the chosen tensors; None when torch refuses them.

    It runs on the CPU: labels in the place of indices are out of range, which would end a CUDA context.
    """
    twins: dict[int, torch.Tensor] = {}
    for number, (tensor, state) in enumerate(zip(replay.tensors, replay.step.inputs, strict=True)):
        if number in labelling.bases:
            twins.setdefault(id(tensor), labelling.twin(number, state, replay.dtype, scrambled=scrambled))
            continue
        original = as_it_was(tensor, state)
        if original is None:
            return None
        twins.setdefault(id(tensor), original)

    def swap(tensor: torch.Tensor) -> torch.Tensor:
        return twins[id(tensor)]

    arguments, keywords = replace_tensors(replay.call.arguments, swap), _on_cpu(replay.call.keywords, swap)
    try:
        with torch.no_grad():
            result = replay.call.function(*arguments, **keywords)
    except Exception:  # torch raises many kinds for a dtype that it does not take
        return None
    results = list(tensors_in(result)) or [next(iter(twins.values()))]
    if results[replay.output].device.type == "meta":
        return None
    array: Indices = results[replay.output].to(torch.int64).numpy()
    return array


def _on_cpu(keywords: dict[str, Any], swap: Callable[[torch.Tensor], Any]) -> dict[str, Any]:
    swapped: dict[str, Any] = replace_tensors(keywords, swap)
    return {**swapped, "device": "cpu"} if "device" in swapped else swapped


def _compare(plain: Indices, scrambled: Indices, labelling: _Labelling) -> Origins | None:
    label = np.clip(plain - 1, 0, max(labelling.count - 1, 0))
    in_range = (plain >= 1) & (plain <= labelling.count)
    expected = labelling.labels(scrambled=True)[label] if labelling.count else scrambled
    moved = in_range & (scrambled == expected)
    if not np.all(moved | (plain == scrambled)):
        return None
    argument = np.full(plain.shape, -1, np.int64)
    element = np.full(plain.shape, -1, np.int64)
    for number, base in sorted(labelling.bases.items(), key=lambda item: item[1]):
        here = moved & (label >= base)
        argument[here] = number
        element[here] = label[here] - base
    return Origins(argument, element)


def _reproduces(found: Origins, inputs: tuple[TensorState, ...], state: TensorState) -> bool:
    """Check against the recorded values that every moved element arrived as it left."""
    if found.argument.shape != state.shape:
        return False
    if state.values is None or state.window != state.shape:
        return True
    target = state.values
    for number, given in enumerate(inputs):
        here = found.argument == number
        if not here.any():
            continue
        if given.values is None or given.window != given.shape:
            continue
        arrived = given.values.reshape(-1)[found.element[here]].astype(target.dtype)
        equal_nan = target.dtype.kind in "fc"
        if not np.array_equal(arrived, target[here], equal_nan=equal_nan):
            return False
    return True
