"""The panels: a grid for each tensor, a strip for each storage, and the buffers that both read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from explorer.lenses.shapes.elements import shown_window
from explorer.lenses.shapes.timeline import Moment
from explorer.scene import Buffer, BufferVersion, Cells, Grid, Run, Strip
from explorer.scene.relations import Array
from explorer.trace import Binding, TensorState
from explorer.trace.values import HEAD_ELEMENTS, KEEP_ELEMENTS

if TYPE_CHECKING:
    from explorer.lenses.shapes.elements import ElementNumbers

GridKey = tuple[int, tuple[int, ...], tuple[int, ...], int]


def grid_key(state: TensorState) -> GridKey:
    """Return what a grid stands for: a tensor object in one geometry (`t_()` changes the geometry in place)."""
    return (state.tensor, state.shape, state.stride, state.storage_offset)


def storage_letter(number: int) -> str:
    """Return A … Z, AA, AB, … for storage 0, 1, …."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass
class StorageView:
    """What is drawn of one storage: from the first state that was seen of it, at its largest (`resize_`)."""

    letter: str
    state: TensorState
    first_frame: int
    nbytes: int

    @property
    def length(self) -> int:
        """Elements of the whole storage, in the dtype of the first tensor seen on it."""
        return self.nbytes // self.state.itemsize

    @property
    def whole(self) -> bool:
        """Whether all of it is kept and shown."""
        contents = self.state.contents
        return self.length <= KEEP_ELEMENTS and (contents is None or contents.whole_storage)

    @property
    def shown(self) -> int:
        """How many of its elements are shown."""
        return self.length if self.whole else min(self.length, HEAD_ELEMENTS)


@dataclass
class _GridView:
    """What is drawn of one tensor."""

    number: int
    state: TensorState
    first_frame: int
    label: str
    expression: str
    kind: str
    bytes_new: int
    links: bool = True


@dataclass
class _Collected:
    buffers: list[Buffer] = field(default_factory=list)

    def add(self, buffer: Buffer) -> int:
        self.buffers.append(buffer)
        return len(self.buffers) - 1


class Panels:
    """Collects the tensors and storages of the moments that are shown, in the order of their appearance.

    Where there are too many, the first ones are drawn, and those of the last moment, on which the page opens.

    Args:
        moments: What is shown.
        max_grids: How many tensors are drawn at most.
        members: Paths of tensors that no name of the program holds, but a module of it: `conv.weight`.
    """

    def __init__(self, moments: tuple[Moment, ...], max_grids: int, members: Sequence[tuple[int, str]] = ()) -> None:
        self._moments = moments
        self._members = dict(members)
        self.storages: dict[int, StorageView] = {}
        self._grids: dict[GridKey, _GridView] = {}
        self._left_out: set[GridKey] = set()
        self._last = self._of_last_moment(max_grids // 2)
        self._kept_free = len(self._last)
        self._unlinked: set[GridKey] = set()
        for moment in moments:
            for state in _states_of(moment):
                self._see(state, moment, max_grids)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in sentences."""
        if not self._left_out:
            return ()
        more, drawn = len(self._left_out), len(self._grids)
        last = sum(key in self._last for key in list(self._grids)[drawn - len(self._last) :])
        those = f"the first {drawn - last}" + (f" and the {last} of the last step" if last else "")
        return (f"{more:,} more {'tensor is' if more == 1 else 'tensors are'} not drawn; {those} are.",)

    def _of_last_moment(self, most: int) -> frozenset[GridKey]:
        """Return what stands for the tensors of the last moment, so many at most: of its step, then of names."""
        keys = dict.fromkeys(grid_key(state) for moment in self._moments[-1:] for state in _states_of(moment))
        return frozenset(list(keys)[:most])

    def grid_of(self, state: TensorState) -> int | None:
        """Return the id of the tensor's grid; None when it is not drawn."""
        view = self._grids.get(grid_key(state))
        return None if view is None else view.number

    def grids_of(self, states: Iterable[TensorState]) -> tuple[int, ...]:
        """Return the grids of several tensors, each once."""
        found = (self.grid_of(state) for state in states)
        return tuple(dict.fromkeys(grid for grid in found if grid is not None))

    def names_of(self, bindings: Iterable[Binding]) -> tuple[tuple[str, int], ...]:
        """Return (name, grid) of all names whose tensor is drawn."""
        pairs = ((binding.name, self.grid_of(binding.state)) for binding in bindings)
        return tuple((name, grid) for name, grid in pairs if grid is not None)

    def cut_links(self, state: TensorState) -> None:
        """Note that the elements of this copy could not be followed."""
        self._unlinked.add(grid_key(state))

    def windows(self) -> Iterable[TensorState]:
        """Yield the states whose cells are read from a window of their own."""
        return (view.state for view in self._grids.values() if not self._reads_storage(view.state))

    def build(self, numbers: ElementNumbers) -> tuple[tuple[Buffer, ...], tuple[Strip, ...], tuple[Grid, ...]]:
        """Return the buffers, strips and grids of the scene."""
        collected = _Collected()
        strips, storage_buffers = [], {}
        for number, view in self.storages.items():
            storage_buffers[number] = collected.add(self._storage_buffer(number, view, numbers))
            strips.append(_strip(view, storage_buffers[number]))
        grids = []
        for grid in self._grids.values():
            state = grid.state
            if self._reads_storage(state):
                buffer, cells = storage_buffers[state.storage], Cells(state.storage_offset, state.stride)
            else:
                buffer, cells = collected.add(self._window_buffer(grid, numbers)), _contiguous(shown_window(state))
            grids.append(self._grid(grid, buffer, cells))
        return tuple(collected.buffers), tuple(strips), tuple(grids)

    def _see(self, state: TensorState, moment: Moment, max_grids: int) -> None:
        if state.storage not in self.storages:
            letter = storage_letter(len(self.storages))
            self.storages[state.storage] = StorageView(letter, state, moment.frame, state.storage_nbytes)
        storage = self.storages[state.storage]
        storage.nbytes = max(storage.nbytes, state.storage_nbytes)
        key = grid_key(state)
        if key in self._grids:
            return
        if key in self._last:
            self._kept_free -= 1
        elif len(self._grids) >= max_grids - self._kept_free:
            self._left_out.add(key)
            return
        step = moment.step
        made = step is not None and any(output is state for output in step.outputs)
        label = next((binding.name for binding in moment.names if grid_key(binding.state) == key), "")
        label = label or self._members.get(state.tensor, "")
        self._grids[key] = _GridView(
            number=len(self._grids),
            state=state,
            first_frame=moment.frame,
            label=label,
            expression=step.expression if step is not None and made else "",
            kind=step.kind if step is not None and made else "other",
            bytes_new=step.bytes_new if step is not None and made else 0,
        )

    def _reads_storage(self, state: TensorState) -> bool:
        """Tell whether the tensor's cells can be read straight from its storage's buffer."""
        storage = self.storages[state.storage]
        if not storage.whole or storage.state.dtype != state.dtype:
            return False
        return state.contents is None or state.contents.whole_storage

    def _storage_buffer(self, number: int, view: StorageView, numbers: ElementNumbers) -> Buffer:
        versions: list[BufferVersion] = []
        values: Array | None = None
        for moment in self._moments:
            for state in moment.states:
                if state.storage == number and state.dtype == view.state.dtype and state.contents is not None:
                    values = _padded(state.contents.flat, view.length) if view.whole else state.contents.head
            if moment.frame < view.first_frame:
                continue
            elements = numbers.of_strip(number, moment.frame)
            changed = not versions or versions[-1].values is not values or versions[-1].elements is not elements
            if changed:
                versions.append(BufferVersion(moment.frame, values, elements))
        return Buffer(view.shown, tuple(versions))

    def _window_buffer(self, view: _GridView, numbers: ElementNumbers) -> Buffer:
        key = grid_key(view.state)
        versions: list[BufferVersion] = []
        values: Array | None = None
        for moment in self._moments:
            for state in moment.states:
                if grid_key(state) == key and state.contents is not None:
                    values = _read_window(state)
            if moment.frame < view.first_frame:
                continue
            elements = numbers.of_window(view.state, moment.frame)
            last = versions[-1] if versions else None
            if last is None or not (_same(last.values, values) and _same(last.elements, elements)):
                versions.append(BufferVersion(moment.frame, values, elements))
        length = int(np.prod(shown_window(view.state), dtype=np.int64))
        return Buffer(length, tuple(versions))

    def _grid(self, view: _GridView, buffer: int, cells: Cells) -> Grid:
        state = view.state
        return Grid(
            id=view.number,
            label=view.label,
            expression=view.expression,
            kind=view.kind,
            shape=state.shape,
            stride=state.stride,
            storage_offset=state.storage_offset,
            window=shown_window(state),
            buffer=buffer,
            cells=cells,
            strip=self.storages[state.storage].letter,
            first_frame=view.first_frame,
            dtype=str(state.dtype).removeprefix("torch."),
            device=str(state.device),
            itemsize=state.itemsize,
            bytes_new=view.bytes_new,
            contiguous=state.is_contiguous,
            requires_grad=state.requires_grad,
            complete_links=grid_key(state) not in self._unlinked,
        )


def _states_of(moment: Moment) -> tuple[TensorState, ...]:
    """Return the states of a moment: what its step took, what it made, and what names hold."""
    return (*(moment.step.inputs if moment.step else ()), *moment.states)


def _contiguous(window: tuple[int, ...]) -> Cells:
    stride: list[int] = []
    step = 1
    for size in reversed(window):
        stride.insert(0, step)
        step *= size
    return Cells(0, tuple(stride))


def _read_window(state: TensorState) -> Array:
    contents = state.contents
    assert contents is not None  # noqa: S101 - the caller has checked; this is for the type checker
    return contents.values.reshape(-1)


def _padded(values: Array, length: int) -> Array:
    """Return the values of a storage, with zeros where it grows later; the same array when it does not."""
    return values if values.size >= length else np.pad(values, (0, length - values.size))


def _same(one: Run | Array | None, other: Run | Array | None) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.tobytes() == other.tobytes()
    return one is other


def _strip(view: StorageView, buffer: int) -> Strip:
    state = view.state
    return Strip(
        id=view.letter,
        buffer=buffer,
        dtype=str(state.dtype).removeprefix("torch."),
        itemsize=state.itemsize,
        length=view.length,
        nbytes=view.nbytes,
        device=str(state.device),
        first_frame=view.first_frame,
    )
