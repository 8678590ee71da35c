"""Copies of large leaves that are trained: what a step of an optimiser did to them is told of all their elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.trace import values

if TYPE_CHECKING:
    import torch

    from explorer.trace.tensor_state import TensorState

# of one leaf, and of all together
MOST_BYTES = 16 * 1024**2
MAX_BYTES = 64 * 1024**2
# versions of a leaf: some optimisers write twice in a step
KEPT = 3


@dataclass
class _Version:
    """A leaf between two writes: the states of that time, which share one copy."""

    number: tuple[int, int]
    whole: values.Array
    states: list[TensorState] = field(default_factory=list)


class Wholes:
    """Copies the newest versions of each large leaf, as far as there is room; older ones are let go."""

    def __init__(self) -> None:
        self._bytes = 0
        self._newest: dict[int, list[_Version]] = {}

    def note(self, state: TensorState, tensor: torch.Tensor, writes: int) -> None:
        """Give a new state of a leaf, of which only a window is kept, all of its values.

        Args:
            state: The state that was recorded just now.
            tensor: The leaf.
            writes: How many writes to its storage were noted besides its version.
        """
        if state.contents is None or state.window == state.shape:
            return
        newest = self._newest.setdefault(state.tensor, [])
        number = (state.version, writes)
        if not newest or newest[-1].number != number:
            if len(newest) == KEPT:
                self._forget(newest.pop(0))
            if tensor.numel() * tensor.itemsize > min(MOST_BYTES, MAX_BYTES - self._bytes):
                return
            newest.append(_Version(number, values.to_numpy(tensor)))
            self._bytes += newest[-1].whole.nbytes
        newest[-1].states.append(state)
        _give(state, newest[-1].whole)

    def _forget(self, version: _Version) -> None:
        self._bytes -= version.whole.nbytes
        for state in version.states:
            _give(state, None)


def _give(state: TensorState, whole: values.Array | None) -> None:
    # the trace is not published yet
    object.__setattr__(state, "_whole", whole)
