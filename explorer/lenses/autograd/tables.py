"""Tables beside frames: what was saved for backward, what an optimiser changed, what clipping did, the checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.lenses.autograd.memory import Memory, kept_bytes
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.timeline import Stop
from explorer.lenses.autograd.wording import norm_of, number_text, values_text
from explorer.scene.relations import Array
from explorer.scene.tables import Table
from explorer.trace import Step, TensorState
from explorer.trace.model import Detail, SavedTensor

MOST_ROWS = 40
# What fewer saved tensors are is told by their plates.
FEWEST_SAVED = 3
CLIPPING = frozenset({"clip_grad_norm_", "clip_grad_value_"})


@dataclass(frozen=True, eq=False)
class Tables:
    """Makes the tables of frames."""

    naming: Naming
    memory: Memory

    def of(self, stop: Stop) -> tuple[Table, ...]:
        """Return the tables that belong beside a stop of the timeline."""
        if stop.event >= 0:
            return self._saved(stop)
        step = stop.moment.step if stop.moment is not None else None
        if step is None:
            return ()
        if step.op in CLIPPING:
            return self._clipped(step)
        return self._updated(step, stop.frame) if self._is_update(step) else ()

    def _saved(self, stop: Stop) -> tuple[Table, ...]:
        """Return the tensors that a node kept, with the versions that backward compares."""
        event = self.naming.sources.trace.backward[stop.event]
        saved = self.naming.sources.trace.graph.nodes[event.index].saved if event.index >= 0 else ()
        if not any(self._is_stale(tensor, stop.frame) for tensor in saved) and len(saved) < FEWEST_SAVED:
            return ()
        rows = [self._saved_row(tensor, stop.frame) for tensor in saved[:MOST_ROWS]]
        marks = tuple((row, 3) for row, tensor in enumerate(saved[:MOST_ROWS]) if self._is_stale(tensor, stop.frame))
        total = kept_bytes(saved)
        note = f"Together {total:,} bytes that live until backward has run."
        header = ("saved", "shape", "bytes", "version")
        return (Table("Saved for backward", header, tuple(rows), marks, note),)

    def _saved_row(self, saved: SavedTensor, frame: int) -> tuple[str, ...]:
        name = "" if saved.state is None else self.naming.sources.name(saved.state.tensor)
        now = self.memory.version_now(saved, frame)
        version = str(saved.version) if now == saved.version else f"{saved.version}, now {now}"
        what = f"`{saved.name} = {name}`" if name else f"`{saved.name}`"
        return (what, str(tuple(saved.shape)), f"{saved.nbytes:,}", version)

    def _is_stale(self, saved: SavedTensor, frame: int) -> bool:
        return self.memory.version_now(saved, frame) != saved.version

    def _is_update(self, step: Step) -> bool:
        """Tell whether a step wrote into leaves without being recorded, as optimisers do."""
        return step.kind == "inplace" and any(state.requires_grad and state.is_leaf for state in step.outputs)

    def _updated(self, step: Step, frame: int) -> tuple[Table, ...]:
        """Return the parameters before and after a step."""
        rows = []
        for state in step.outputs[:MOST_ROWS]:
            history = self.memory.tensors.get(state.tensor)
            before = None if history is None or frame == 0 else history.at(frame - 1)
            if before is not None and state.requires_grad:
                rows.append(self._updated_row(before, state, step.index))
        if not rows:
            return ()
        header = ("parameter", "before", "after", "‖change‖", "largest change", "‖grad‖")
        title = "Parameters before and after the step" if len(rows) > 1 else "The leaf before and after the write"
        return (Table(title, header, tuple(rows)),)

    def _updated_row(self, before: TensorState, after: TensorState, step: int) -> tuple[str, ...]:
        names = self.naming.sources
        name = names.name(after.tensor)
        old, new = before.whole, after.whole
        known = old is not None and new is not None and old.shape == new.shape
        change = _difference(old, new) if known and old is not None and new is not None else None
        return (
            f"`{name}`" if name else "",
            _values_text(before),
            _values_text(after),
            "" if change is None else number_text(norm_of(change)),
            _largest(change),
            self._grad_norm(before if before.grad is not None else after, step),
        )

    def _grad_norm(self, state: TensorState, step: int) -> str:
        """Write the norm of a leaf's whole gradient before a step; "" where there is none, or it is not known."""
        if state.grad is None:
            return ""
        if state.grad.shape == state.shape:
            return number_text(norm_of(state.grad))
        events = (one for one in reversed(self.naming.sources.trace.backward) if one.clock <= step)
        last = next((one for one in events if one.accumulated == state.tensor), None)
        # what was written to it since (clipping) shows in the window, or not at all
        if last is None or last.grad_after is None or last.grad_after.tobytes() != state.grad.tobytes():
            return ""
        return "" if last.norm_after is None else number_text(last.norm_after)

    def _clipped(self, step: Step) -> tuple[Table, ...]:
        """Return the norm of all gradients before and after they were clipped."""
        write = next((detail for detail in reversed(step.details) if detail.op.endswith("_") and detail.outputs), None)
        if write is None:
            return ()
        before, after = _norms(write)
        if before is None or after is None:
            return ()
        rows = (("total norm", number_text(before), number_text(after)),)
        note = "All gradients were multiplied by one number: together they keep their direction, not their norm."
        if step.op == "clip_grad_value_":
            note = "Each element was cut to the range by itself: the direction changes."
        return (Table("Clipping", ("", "before", "after"), rows, note=note),)


def _norms(write: Detail) -> tuple[float | None, float | None]:
    """Return the norms of what a write took and left; None where not all of it was kept."""
    pairs = {state.tensor: state for state in write.inputs}
    return _norm([pairs[s.tensor] for s in write.outputs if s.tensor in pairs]), _norm(write.outputs)


def _norm(states: Sequence[TensorState]) -> float | None:
    arrays = [state.values for state in states if state.values is not None and state.values.shape == state.shape]
    if len(arrays) != len(states) or not arrays:
        return None
    return norm_of(np.concatenate([array.reshape(-1) for array in arrays]))


def _values_text(state: TensorState) -> str:
    whole = state.whole
    return values_text(state.values, state.shape, "norm ") if whole is None else values_text(whole, None, "norm ")


def _largest(change: Array | None) -> str:
    """Write the element of a change with the largest magnitude, and where it is."""
    if change is None or not change.size:
        return ""
    place = np.unravel_index(np.argmax(np.abs(change)), change.shape)
    return f"{number_text(change[place])} at [{', '.join(map(str, place))}]" if change.ndim else number_text(change[()])


def _difference(old: Array, new: Array) -> Array:
    wide = np.complex128 if np.iscomplexobj(new) else np.float64
    return new.astype(wide) - old.astype(wide)
