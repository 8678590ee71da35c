"""What storages and tensors were at each frame: for versions, and for values that changed behind the graph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from explorer.lenses.autograd.timeline import Timeline
from explorer.scene.relations import Array
from explorer.swift import changed
from explorer.trace import TensorState, Trace
from explorer.trace.model import SavedTensor


def kept_bytes(saved: Iterable[SavedTensor]) -> int:
    """Return the bytes of what is saved; what several tensors share of a storage counts once."""
    stretches: dict[int, list[tuple[int, int]]] = {}
    for tensor in saved:
        first = 0 if tensor.state is None else tensor.state.storage_offset * tensor.state.itemsize
        stretches.setdefault(tensor.storage, []).append((first, first + tensor.nbytes))
    return sum(map(_covered, stretches.values()))


def _covered(stretches: list[tuple[int, int]]) -> int:
    """Return how many bytes lie in at least one of some stretches, given as (first, behind the last)."""
    total = end = 0
    for first, behind in sorted(stretches):
        total += max(0, behind - max(first, end))
        end = max(end, behind)
    return total


@dataclass(eq=False)
class History:
    """The states of something, each from the frame on in which it was first seen."""

    frames: list[int] = field(default_factory=list)
    states: list[TensorState] = field(default_factory=list)

    def note(self, frame: int, state: TensorState) -> None:
        """Add a state, unless it is the last one."""
        if not self.states or self.states[-1] is not state:
            self.frames.append(frame)
            self.states.append(state)

    def at(self, frame: int) -> TensorState | None:
        """Return what it was at a frame; None before it was seen."""
        place = bisect_right(self.frames, frame)
        return self.states[place - 1] if place else None


@dataclass(eq=False)
class Memory:
    """Histories of storages, and of tensors, by their numbers."""

    storages: dict[int, History] = field(default_factory=dict)
    tensors: dict[int, History] = field(default_factory=dict)
    writes: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, trace: Trace, timeline: Timeline) -> Memory:
        """Return the histories of all that the steps and names of a run held."""
        memory = cls()
        frame = 0
        seen: set[int] = set()
        for step, bindings in zip(trace.steps, trace.bindings, strict=False):
            frame = timeline.frame_after(step.index)
            for state in step.inputs:
                memory._see(state, max(frame - 1, 0), seen)
            inner = (state for detail in step.details for state in (*detail.outputs, *detail.updated))
            leaves = (state for detail in step.details if detail.op == "grad" for state in detail.inputs)
            for state in (*leaves, *inner, *step.outputs, *step.updated, *(binding.state for binding in bindings)):
                memory._see(state, frame, seen)
            if step.kind == "inplace" and step.outputs:
                memory.writes.setdefault(step.outputs[0].storage, []).append((frame, step.index))
        for binding in trace.bindings[-1] if trace.bindings else ():
            memory._see(binding.state, frame, seen)
        return memory

    def version_now(self, saved: SavedTensor, frame: int) -> int:
        """Return the version that a saved tensor has at a frame, as far as it was seen.

        The tensor itself is asked, not others on its memory: `x.data` counts versions of its own.
        """
        history = None if saved.state is None else self.tensors.get(saved.state.tensor)
        now = None if history is None else history.at(frame)
        return saved.version if now is None else max(now.version, saved.version)

    def write_after(self, storage: int, since: int, until: int) -> int | None:
        """Return the index of the last step that wrote to a storage after one frame and up to another, or None."""
        found = [index for frame, index in self.writes.get(storage, ()) if since < frame <= until]
        return found[-1] if found else None

    def values_now(self, saved: SavedTensor, frame: int) -> Array | None:
        """Return what a saved tensor's memory holds at a frame; None where that is not known."""
        state = saved.state
        history = self.storages.get(saved.storage)
        now = None if history is None else history.at(frame)
        if state is None or state.contents is None or now is None or now.contents is None:
            return None
        if not (state.contents.whole_storage and now.contents.whole_storage and state.dtype == now.dtype):
            return now.values if now.tensor == state.tensor and now.shape == state.shape else None
        if now.contents.flat is state.contents.flat:
            return state.contents.values
        if now.contents.flat.size < state.contents.flat.size:
            return None
        return changed(state.contents, flat=now.contents.flat).values

    def is_as_saved(self, saved: SavedTensor, frame: int) -> bool:
        """Tell, without a look at the values, that a saved tensor's memory holds what it held; False: it may not."""
        state = saved.state
        history = self.storages.get(saved.storage)
        now = None if history is None else history.at(frame)
        if state is None or state.contents is None or now is None or now.contents is None:
            return False
        then = state.contents
        shared = then.whole_storage and now.contents.whole_storage and then.flat is now.contents.flat
        return now is state or (shared and now.dtype == state.dtype)

    def _see(self, state: TensorState, frame: int, seen: set[int]) -> None:
        if id(state) in seen and self.tensors[state.tensor].states[-1] is state:
            return
        seen.add(id(state))
        self.tensors.setdefault(state.tensor, History()).note(frame, state)
        self.storages.setdefault(state.storage, History()).note(frame, state)
