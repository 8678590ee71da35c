"""What is one sequence: a call of a module, or calls of which each goes on where the one before it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from explorer.lenses.recurrent.calls import RecurrentCall, Settings
from explorer.trace import TensorState

# sequences of one module that a call may go on with: programs that go over several at once are rare
MOST_OPEN = 4


@dataclass(frozen=True, eq=False)
class Sequence:
    """Calls of one module, with the same weights, that go over one sequence together.

    Attributes:
        calls: One at least, in order.
        cuts: Steps before which the program cut the history of the states, with `detach`.
    """

    calls: tuple[RecurrentCall, ...]
    cuts: tuple[int, ...] = ()

    @property
    def first(self) -> RecurrentCall:
        """The call that begins it."""
        return self.calls[0]

    @property
    def last(self) -> RecurrentCall:
        """The call that ends it."""
        return self.calls[-1]

    @property
    def settings(self) -> Settings:
        """What the layer is."""
        return self.calls[0].settings

    @property
    def steps(self) -> int:
        """T of the batch."""
        return sum(call.steps for call in self.calls)

    @property
    def ends(self) -> tuple[int, ...]:
        """How many steps have been computed after each call."""
        return tuple(np.cumsum([call.steps for call in self.calls]).tolist())


def sequences_of(calls: Iterable[RecurrentCall]) -> tuple[Sequence, ...]:
    """Return the sequences of a run, in the order in which they begin."""
    found: list[Sequence] = []
    for call in calls:
        same = [place for place, one in enumerate(found) if one.first.module is call.module][-MOST_OPEN:]
        open_ones = [place for place in reversed(same) if _may_go_on(found[place].last, call)]
        ways = (_is_same_memory, _is_same_numbers)
        place = next((place for way in ways for place in open_ones if _goes_on(found[place].last, call, way)), None)
        if place is None:
            found.append(Sequence((call,)))
        else:
            found[place] = _longer(found[place], call)
    return tuple(found)


def _longer(sequence: Sequence, call: RecurrentCall) -> Sequence:
    cut = (sequence.steps,) if _is_cut(sequence.last.last_hidden, call.hidden) else ()
    return Sequence((*sequence.calls, call), (*sequence.cuts, *cut))


def _is_cut(before: TensorState, given: TensorState) -> bool:
    """Tell whether the history of a state ends between two calls."""
    return before.requires_grad and (not given.requires_grad or given.is_leaf)


def _may_go_on(before: RecurrentCall, call: RecurrentCall) -> bool:
    """Tell whether a call is of the same module with the same weights, in one direction and not packed."""
    alone = call.settings.directions == 1 and call.batch_sizes is None and before.batch_sizes is None
    same = call.module is before.module and call.module is not None and call.settings == before.settings
    return alone and same and _are_same_weights(before, call)


def _are_same_weights(one: RecurrentCall, other: RecurrentCall) -> bool:
    return [(w.storage, w.storage_offset, w.version) for w in one.weights] == [
        (w.storage, w.storage_offset, w.version) for w in other.weights
    ]


def _goes_on(before: RecurrentCall, call: RecurrentCall, is_same: Callable[[TensorState, TensorState], bool]) -> bool:
    """Tell whether a call begins with the states that another ended with."""
    pairs = [(before.last_hidden, call.hidden)]
    if before.last_cell is not None and call.cell is not None:
        pairs.append((before.last_cell, call.cell))
    fits = all(one.numel == other.numel and one.shape[-2:] == other.shape[-2:] for one, other in pairs)
    return fits and all(is_same(one, other) for one, other in pairs)


def _is_same_memory(one: TensorState, other: TensorState) -> bool:
    return (one.storage, one.storage_offset, one.version) == (other.storage, other.storage_offset, other.version)


def _is_same_numbers(one: TensorState, other: TensorState) -> bool:
    """Tell whether a state is a copy of another; zeros are where each sequence begins."""
    if one.values is None or other.values is None or one.window != one.shape:
        return False
    return bool(one.values.any()) and np.array_equal(one.values, other.values)
