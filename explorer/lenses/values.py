"""Grids of values that lie in no storage of the program: gradients, and what was saved for backward."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from explorer.lenses.sources import Source
from explorer.scene import Buffer, BufferVersion, Cells, Grid, Run
from explorer.scene.relations import Array
from explorer.swift import changed
from explorer.trace import TensorState

# Windows are cut to one of these sizes, such that all grids together have at most so many cells.
WINDOWS = (4_096, 1_024, 256, 64, 16)
MOST_CELLS = 160_000


def window_size(sizes: list[int]) -> int:
    """Return how many cells a grid may have when there are grids with so many elements."""
    return next((size for size in WINDOWS if sum(min(count, size) for count in sizes) <= MOST_CELLS), WINDOWS[-1])


@lru_cache(maxsize=1024)
def cut_window(shape: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Return how many indices of each dimension are shown so that there are at most `most` cells."""
    if math.prod(shape) <= most:
        return shape
    kept: list[int] = []
    left = most
    for place, size in enumerate(reversed(shape)):
        # the last two dimensions share what there is
        room = math.isqrt(left) if place == 0 and len(shape) > 1 else left
        kept.insert(0, min(size, max(room, 1)))
        left = max(left // max(kept[0], 1), 1)
    return tuple(kept)


class _Named(NamedTuple):
    """What a grid is called, what it is, and the dtype of its tensor."""

    label: str
    kind: str
    dtype: str


@dataclass(eq=False)
class ValueGrids:
    """Collects grids, each with a buffer of its own; the same values under the same name are one grid.

    Attributes:
        first_grid: Id of the first one.
        first_buffer: Index of its buffer.
        element_count: Element numbers given so far; those of the grids follow.
        cells: How many cells a grid may have.
        grids: The grids.
        buffers: Their buffers, in the same order.
        sources: What they were cut from, in the same order.
    """

    first_grid: int
    first_buffer: int
    element_count: int
    cells: int
    grids: list[Grid] = field(default_factory=list)
    buffers: list[Buffer] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    _known: dict[tuple[str, str, tuple[int, ...], bytes], list[int]] = field(default_factory=dict)

    def add(
        self,
        values: Array,
        shape: tuple[int, ...],
        label: str,
        frame: int,
        kind: str = "gradient",
        dtype: str = "",
    ) -> int:
        """Add a grid; return its id.

        Args:
            values: The values, or the corner that is known of a large tensor.
            shape: Shape of the whole tensor.
            label: Its name, as formulas write it.
            frame: The first frame that shows it.
            kind: `gradient` or `saved`.
            dtype: The tensor's dtype, where `values` has a wider one.
        """
        return self._add(Source(shape, values), _Named(label, kind, dtype or _name_of(values.dtype)), frame)

    def add_state(self, state: TensorState, label: str, frame: int, kind: str) -> int:
        """Add what a tensor held, as `add` does; the rest of a large one is read there. Return the grid's id."""
        if state.values is None:
            raise ValueError("a state without values has no cells")
        named = _Named(label, kind, str(state.dtype).removeprefix("torch."))
        return self._add(Source(state.shape, state.values, state), named, frame)

    def _add(self, source: Source, named: _Named, frame: int) -> int:
        held = source.values.shape
        window = cut_window(held, self.cells)
        corner = source.values if window == held else source.values[tuple(slice(0, size) for size in window)]
        shown = np.ascontiguousarray(corner).reshape(-1)
        alike = self._known.setdefault((named.kind, named.label, source.shape, shown.tobytes()), [])
        number = next((one for one in alike if self.sources[one].may_be(source, window)), None)
        if number is None:
            number = self._new(shown, window, source.shape, frame, named)
            self.sources.append(source)
            alike.append(number)
        elif source.has_rest and not self.sources[number].has_rest:
            self.sources[number] = source
        self._show_from(number, frame)
        return self.first_grid + number

    def blank(self, shape: tuple[int, ...], window: tuple[int, ...], label: str, frame: int, dtype: str) -> int:
        """Add a tensor without values, as on `meta`; return the grid's id.

        Args:
            shape: Shape of the whole tensor.
            window: How many indices of each dimension are shown.
            label: Its name.
            frame: The first frame that shows it.
            dtype: The tensor's dtype.
        """
        number = self.add(np.zeros(0), shape, label, frame, "compute", dtype)
        place, length = number - self.first_grid, math.prod(window)
        self.buffers[place] = Buffer(length, (BufferVersion(frame, None, Run(self.element_count)),))
        self.element_count += length
        cells = changed(self.grids[place].cells, stride=_contiguous(window))
        self.grids[place] = changed(self.grids[place], cells=cells, window=window, device="meta")
        return number

    def _show_from(self, number: int, frame: int) -> None:
        """Let a grid be there from a frame on: nodes run in another order than they saved their tensors."""
        if frame < self.grids[number].first_frame:
            self.grids[number] = changed(self.grids[number], first_frame=frame)
            [version] = self.buffers[number].versions
            self.buffers[number] = changed(self.buffers[number], versions=(changed(version, frame=frame),))

    def window(self, grid: int) -> tuple[int, ...]:
        """Return the window of one of the grids."""
        return self.grids[grid - self.first_grid].window

    def _new(self, shown: Array, window: tuple[int, ...], shape: tuple[int, ...], first: int, named: _Named) -> int:
        number = len(self.grids)
        self.buffers.append(Buffer(shown.size, (BufferVersion(first, shown, Run(self.element_count)),)))
        self.element_count += shown.size
        grid = Grid(
            id=self.first_grid + number,
            label=named.label,
            expression="",
            kind=named.kind,
            shape=shape,
            stride=_contiguous(shape),
            storage_offset=0,
            window=window,
            buffer=self.first_buffer + number,
            cells=Cells(0, _contiguous(window)),
            strip=f"∇{number}",
            first_frame=first,
            dtype=named.dtype,
            device="cpu",
            itemsize=shown.itemsize,
            bytes_new=0,
            contiguous=True,
            requires_grad=False,
        )
        self.grids.append(grid)
        return number


@cache
def _name_of(dtype: np.dtype[np.generic]) -> str:
    """Return what NumPy calls a dtype: it puts the name together each time."""
    return str(dtype)


@lru_cache(maxsize=1024)
def _contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    stride: list[int] = []
    step = 1
    for size in reversed(shape):
        stride.insert(0, step)
        step *= size
    return tuple(stride)
