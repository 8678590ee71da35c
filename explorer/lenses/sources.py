"""What a grid of values was cut from: where the rest of a large tensor can be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch

from explorer.scene.relations import Array
from explorer.swift import swift
from explorer.trace import TensorState
from explorer.trace.gradients import whole_of
from explorer.trace.parts import GoneError, live_of, read_cells


@swift
@dataclass(frozen=True, eq=False)
class Source:
    """The tensor behind a grid of values.

    Attributes:
        shape: Its sizes.
        values: All of its values, or what was recorded of them.
        state: Its state, where it has one.
    """

    shape: tuple[int, ...]
    values: Array
    state: TensorState | None = None

    @cached_property
    def whole(self) -> Array | None:
        """All values, where they were recorded."""
        found = whole_of(self.values, self.shape)
        return found if found is not None or self.state is None else self.state.whole

    @property
    def has_rest(self) -> bool:
        """Whether more than the recorded window may be read."""
        return self.whole is not None or (self.state is not None and self.state._live is not None)

    def read(self, first: tuple[int, ...], window: tuple[int, ...]) -> Array:
        """Return so many cells from `first` on.

        Raises:
            GoneError: Only the window that was recorded is known.
        """
        if self.whole is not None:
            return self.whole[tuple(slice(i, i + size) for i, size in zip(first, window, strict=True))]
        if self.state is None:
            raise GoneError
        return read_cells(self.state, first, window)

    def all_of_it(self) -> torch.Tensor:
        """Return a tensor of all values.

        Raises:
            GoneError: As for `read`.
        """
        if self.whole is not None:
            return torch.from_numpy(self.whole)
        if self.state is None:
            raise GoneError
        return live_of(self.state)

    def may_be(self, other: Source, window: tuple[int, ...]) -> bool:
        """Tell whether nothing is known to tell two tensors apart whose cells in the window are equal."""
        if window == self.shape:
            return True
        if self.state is not None and other.state is not None:
            return _moment(self.state) == _moment(other.state)
        one, two = self.whole, other.whole
        return one is None or two is None or one is two or one.tobytes() == two.tobytes()


def _moment(state: TensorState) -> tuple[object, ...]:
    return state.storage, state.version, state.storage_offset, state.stride
