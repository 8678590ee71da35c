"""Memory that nothing was written to: which elements hold whatever was there, and what was computed from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from explorer.lenses.memory.garbage import Garbage, Mask, depends_on_garbage
from explorer.lenses.memory.regions import changed_by
from explorer.trace.addresses import Numbers, addresses_of
from explorer.trace.kinds import NUMPY_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.lenses.shapes.panels import Panels
    from explorer.lenses.shapes.timeline import Moment
    from explorer.scene import Buffer, BufferVersion, Frame, Grid, Strip
    from explorer.trace import Step, TensorState, Trace

MAX_BYTES = 1 << 18
MAX_REPLAYS = 200
_EMPTY = frozenset({"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "empty_permuted"})
# `torch.Tensor(2, 3)` leaves memory as it is, `torch.Tensor([2, 3])` does not
_EMPTY_BY_SIZE = frozenset(
    f"{kind}Tensor" for kind in ("", "Float", "Double", "Half", "Int", "Long", "Short", "Char", "Byte", "Bool")
)

_NOTHING = "Memory that nothing was written to: the numbers are whatever was there."
_REST = "Where nothing was written to, the numbers are whatever was there."
_COMPUTED = "Some of the values come from memory that nothing was written to: they are no facts."


class Unwritten:
    """Which bytes of which storages hold no facts, after each moment.

    A byte is one when its memory was never written to, or when what was written there depends on such memory.
    Storages of more than `MAX_BYTES` count as a whole: unwritten until the first write.

    Args:
        trace: The run, with its live calls; without them, a first write counts as a write to the whole storage.
        moments: Those that are shown, in order.
    """

    def __init__(self, trace: Trace, moments: Iterable[Moment]) -> None:
        self._calls = trace.calls
        self._now: dict[int, Mask] = {}
        self._versions: dict[int, list[tuple[int, Mask]]] = {}
        self._replays = 0
        for moment in moments:
            if moment.step is not None:
                self._follow(moment.step, moment.frame)

    def at(self, storage: int, frame: int) -> Mask | None:
        """Return which of the bytes that a storage has after a frame hold no facts; None when all do, as ever."""
        found = [mask for first, mask in self._versions.get(storage, ()) if first <= frame]
        return found[-1] if found else None

    def in_tensor(self, state: TensorState, frame: int) -> bool:
        """Tell whether any element of a tensor holds no fact after a frame."""
        mask = self.at(state.storage, frame)
        if mask is None or mask.size > MAX_BYTES:
            return mask is not None and bool(mask[0])
        return bool(_of_elements(mask, state).any())

    def told(self, frame: Frame, moment: Moment) -> Frame:
        """Return the frame; where its results hold no facts, it says so."""
        step = moment.step
        doubtful = step is not None and any(self.in_tensor(state, moment.frame) for state in step.outputs)
        if step is None or not doubtful:
            return frame
        if self._leaves_memory(step):
            return replace(frame, why=_NOTHING)
        said = _REST if step.kind in ("inplace", "view") else _COMPUTED
        return replace(frame, why=f"{frame.why} {said}".strip())

    def marked(
        self, buffers: tuple[Buffer, ...], strips: Iterable[Strip], grids: Iterable[Grid], panels: Panels
    ) -> tuple[Buffer, ...]:
        """Return the buffers with the positions that hold no facts."""
        if not self._versions:
            return buffers
        found = list(buffers)
        storages = {view.letter: number for number, view in panels.storages.items()}
        own = {strip.buffer for strip in strips}
        for strip in strips:
            places = np.arange(buffers[strip.buffer].length, dtype=np.int64)
            found[strip.buffer] = self._with(buffers[strip.buffer], storages[strip.id], places, strip.itemsize)
        for grid in grids:
            if grid.buffer not in own:
                storage = storages[grid.strip]
                found[grid.buffer] = self._with(buffers[grid.buffer], storage, _places(grid), grid.itemsize)
        return tuple(found)

    def _with(self, buffer: Buffer, storage: int, places: Numbers, itemsize: int) -> Buffer:
        masks = self._versions.get(storage)
        if not masks or not buffer.versions:
            return buffer
        first = buffer.versions[0].frame
        frames = sorted({version.frame for version in buffer.versions} | {max(frame, first) for frame, _ in masks})
        versions = [
            replace(_at(buffer, frame), frame=frame, unwritten=_positions(self.at(storage, frame), places, itemsize))
            for frame in frames
        ]
        return replace(buffer, versions=tuple(versions))

    def _follow(self, step: Step, frame: int) -> None:
        if step.kind == "create" and self._leaves_memory(step):
            for state in step.outputs:
                if state.contents is not None:
                    self._set(state.storage, _all(state.storage_nbytes, value=True), frame)
        elif step.op in ("resize_", "resize_as_"):
            self._grow(step, frame)
        elif step.op == NUMPY_WRITE:
            self._write_through_numpy(step, frame)
        elif any(self._holds(given) for given in step.inputs):
            self._carry(step, frame)

    def _leaves_memory(self, step: Step) -> bool:
        """Tell whether a step allocates memory and writes nothing to it."""
        call = self._calls[step.index] if self._calls is not None else None
        if step.op not in _EMPTY_BY_SIZE or call is None:
            return step.op in _EMPTY
        return all(isinstance(argument, int | torch.Size) for argument in call.arguments)

    def _holds(self, state: TensorState) -> bool:
        mask = self._now.get(state.storage)
        if mask is None or mask.size > MAX_BYTES:
            return mask is not None
        return bool(_of_elements(mask, state).any())

    def _grow(self, step: Step, frame: int) -> None:
        """Add the bytes that a storage grew by."""
        for state in step.outputs:
            before = next((given for given in step.inputs if given.storage == state.storage), None)
            old = before.storage_nbytes if before is not None else 0
            if old < state.storage_nbytes <= MAX_BYTES:
                mask = np.ones(state.storage_nbytes, dtype=np.bool_)
                mask[:old] = self._now.get(state.storage, _all(old, value=False))[:old]
                self._versions.setdefault(state.storage, [(0, _all(old, value=False))])
                self._set(state.storage, mask, frame)

    def _write_through_numpy(self, step: Step, frame: int) -> None:
        for state in step.outputs:
            mask, changed = self._now.get(state.storage), changed_by(step, state)
            if mask is not None and mask.size <= MAX_BYTES and changed.places is not None:
                mask = mask.copy()
                mask[changed.places] = False
                self._set(state.storage, mask, frame)
            elif mask is not None:
                self._set(state.storage, _all(mask.size, value=False), frame)

    def _carry(self, step: Step, frame: int) -> None:
        """Follow garbage through a step that took some."""
        if step.kind in ("view", "other", "backward"):
            return
        for number, state in enumerate(step.outputs):
            found = self._result(step, number)
            if found is None:
                self._forget(state, frame)
            elif state.storage_nbytes <= MAX_BYTES and (found.any() or state.storage in self._now):
                mask = self._now.get(state.storage, _all(state.storage_nbytes, value=False)).copy()
                places = addresses_of(state)
                mask[_bytes(places, state.itemsize)] = False
                mask[_bytes(places[found], state.itemsize)] = True
                self._set(state.storage, mask, frame)

    def _result(self, step: Step, output: int) -> Mask | None:
        call = self._calls[step.index] if self._calls is not None else None
        self._replays += 1
        small = all(state.storage_nbytes <= MAX_BYTES for state in (*step.inputs, *step.outputs))
        if call is None or not small or self._replays > MAX_REPLAYS:
            return None
        return depends_on_garbage(step, call, [self._garbage(given) for given in step.inputs], output)

    def _garbage(self, state: TensorState) -> Garbage:
        mask = self._now.get(state.storage)
        positions = addresses_of(state)
        if mask is None:
            return Garbage(np.zeros(state.shape, dtype=np.bool_), positions)
        return Garbage(_of_elements(mask, state), positions)

    def _forget(self, state: TensorState, frame: int) -> None:
        """Take all of a storage as written to: what was written is not known."""
        if state.storage in self._now:
            self._set(state.storage, _all(self._now[state.storage].size, value=False), frame)

    def _set(self, storage: int, mask: Mask, frame: int) -> None:
        self._now[storage] = mask
        self._versions.setdefault(storage, []).append((frame, mask))
        if not mask.any():
            del self._now[storage]


def _all(size: int, *, value: bool) -> Mask:
    """Return a mask of equal bytes, which takes no memory."""
    return np.broadcast_to(np.bool_(value), (size,))


def _bytes(places: Numbers, itemsize: int) -> Numbers:
    return np.asarray(places.reshape(-1, 1) * itemsize + np.arange(itemsize, dtype=np.int64))


def _of_elements(mask: Mask, state: TensorState) -> Mask:
    """Return which elements of a tensor hold no fact, in its shape."""
    found = mask[_bytes(addresses_of(state), state.itemsize)].any(axis=1)
    return np.asarray(found.reshape(state.shape), dtype=np.bool_)


def _places(grid: Grid) -> Numbers:
    """Return the storage positions of the cells of a grid's window, flat, in elements."""
    first = grid.first or (0,) * len(grid.window)
    places = np.full(grid.window, grid.storage_offset, dtype=np.int64)
    for axis, (size, start, step) in enumerate(zip(grid.window, first, grid.stride, strict=True)):
        along = (start + np.arange(size, dtype=np.int64)) * step
        places += along.reshape([-1 if d == axis else 1 for d in range(len(grid.window))])
    return places.reshape(-1)


def _positions(mask: Mask | None, places: Numbers, itemsize: int) -> Numbers | None:
    if mask is None:
        return None
    # what lies beyond the storage's end is not there yet
    inside = (places + 1) * itemsize <= mask.size
    found = ~inside
    found[inside] = mask[_bytes(places[inside], itemsize)].any(axis=1)
    return np.flatnonzero(found).astype(np.int64) if found.any() else None


def _at(buffer: Buffer, frame: int) -> BufferVersion:
    return [version for version in buffer.versions if version.frame <= frame][-1]
