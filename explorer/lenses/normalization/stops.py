"""The calls as entries of the list that the picture offers."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.naming import layer_text
from explorer.scene.norms import NormStop
from explorer.trace import TensorState

MOST_BESIDE = 3


def stops_of(calls: tuple[NormCall, ...]) -> tuple[NormStop, ...]:
    """Return the calls as entries of a list, in their order."""
    made: list[NormStop] = []
    totals = [_before(calls, call) for call in calls]
    for number, call in enumerate(calls):
        every = sum(1 for other in calls if is_same_layer(other, call))
        made.append(
            NormStop(
                label=call.label,
                layer=layer_text(call),
                shape=call.input.shape,
                stride=call.input.stride,
                training=call.training,
                call=totals[number],
                calls=every,
                same=tuple(_same_input(calls, number)),
                span=call.span,
            )
        )
    return tuple(made)


def default_stop(calls: tuple[NormCall, ...]) -> int:
    """Return the number of the last call of the module that is called first."""
    return max(number for number, call in enumerate(calls) if is_same_layer(call, calls[0]))


def default_beside(calls: tuple[NormCall, ...], opened: int) -> int | None:
    """Return the number of the next call of another module with the same elements; None: there is none.

    Else it is another call of the same module with them.
    """
    return next(iter((*all_beside(calls, opened), *_following(calls, opened))), None)


def all_beside(calls: tuple[NormCall, ...], opened: int) -> tuple[int, ...]:
    """Return the numbers of the next calls of other modules with the same elements: one of each, so many at most."""
    found: list[int] = []
    for number in _following(calls, opened):
        if not any(is_same_layer(calls[number], calls[other]) for other in (opened, *found)):
            found.append(number)
    return tuple(found[:MOST_BESIDE])


def _following(calls: tuple[NormCall, ...], opened: int) -> list[int]:
    """Return the numbers of the other calls with the same elements, those that follow first."""
    same = set(_same_input(calls, opened))
    return [number for number in (*range(opened + 1, len(calls)), *range(opened)) if number in same]


def titles_of(calls: tuple[NormCall, ...], numbers: tuple[int, ...]) -> tuple[str, ...]:
    """Return what the open calls are called: several of one module by their mode, else by which call it is.

    Args:
        calls: All calls.
        numbers: Which of them are open.
    """
    shown = [calls[number] for number in numbers]
    return tuple(_title(calls, call, [other for other in shown if other.label == call.label]) for call in shown)


def _title(calls: tuple[NormCall, ...], call: NormCall, alike: list[NormCall]) -> str:
    if len(alike) < 2:
        return call.label
    if len({other.training for other in alike}) == len(alike):
        return f"{call.label}, {'train' if call.training else 'eval'}"
    return f"{call.label}, call {_before(calls, call) + 1}"


def is_same_layer(one: NormCall, other: NormCall) -> bool:
    """Tell whether two calls are of one module; of functions, of one expression."""
    if one.module is not None or other.module is not None:
        return one.module is other.module
    return (one.span, one.kind) == (other.span, other.kind)


def _before(calls: tuple[NormCall, ...], call: NormCall) -> int:
    """Return how often the same layer was called before a call."""
    return sum(1 for other in calls[: calls.index(call)] if is_same_layer(other, call))


def _same_input(calls: tuple[NormCall, ...], number: int) -> Iterable[int]:
    """Yield the numbers of the other calls that take the tensor of one with its values, or a view of all of it."""
    own = calls[number].input
    for other, call in enumerate(calls):
        if other != number and (_is_unchanged(call.input, own) or _is_view(call.input, own)):
            yield other


def _is_unchanged(one: TensorState, other: TensorState) -> bool:
    return one.tensor == other.tensor and one.contents is other.contents


def _is_view(one: TensorState, other: TensorState) -> bool:
    """Tell whether two tensors are views of the same elements, to which nothing was written in between."""
    if (one.storage, one.version, one.dtype, one.numel) != (other.storage, other.version, other.dtype, other.numel):
        return False
    return one.tensor != other.tensor and _places(one) == _places(other)


def _places(state: TensorState) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return which elements of its storage a tensor has, in any order of dimensions: offset, (stride, size)."""
    runs: list[tuple[int, int]] = []
    for stride, size in sorted(pair for pair in zip(state.stride, state.shape, strict=True) if pair[1] != 1):
        if runs and runs[-1][0] * runs[-1][1] == stride:
            runs[-1] = (runs[-1][0], runs[-1][1] * size)  # they follow each other without a gap
        else:
            runs.append((stride, size))
    return state.storage_offset, tuple(runs)
