"""What is one sequence: a call of a module, or calls of which each goes on where the one before it ended."""

from __future__ import annotations

from collections.abc import Iterable
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
        place = next((place for place in reversed(same) if _goes_on(found[place].last, call)), None)
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


def _goes_on(before: RecurrentCall, call: RecurrentCall) -> bool:
    """Tell whether a call begins with the states that another ended with, in the same module with the same weights."""
    alone = call.settings.directions == 1 and call.batch_sizes is None and before.batch_sizes is None
    same = call.module is before.module and call.module is not None and call.settings == before.settings
    if not (alone and same and _are_same_weights(before, call)):
        return False
    if call.cell is not None and (before.last_cell is None or not _follows(before.last_cell, call.cell)):
        return False
    return _follows(before.last_hidden, call.hidden)


def _are_same_weights(one: RecurrentCall, other: RecurrentCall) -> bool:
    return [(w.storage, w.storage_offset, w.version) for w in one.weights] == [
        (w.storage, w.storage_offset, w.version) for w in other.weights
    ]


def _follows(before: TensorState, given: TensorState) -> bool:
    """Tell whether a state is what another was: the same memory, or a copy of numbers that are not all 0."""
    if before.numel != given.numel or before.shape[-2:] != given.shape[-2:]:
        return False
    if (before.storage, before.storage_offset, before.version) == (given.storage, given.storage_offset, given.version):
        return True
    if before.values is None or given.values is None or before.window != before.shape:
        return False
    return bool(before.values.any()) and np.array_equal(before.values, given.values)
