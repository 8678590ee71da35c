"""What the inspector shows beside a frame: gradients in and out, what was saved, inputs and results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.timeline import Stop
from explorer.lenses.autograd.wording import count_text
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.values import ValueGrids
from explorer.scene.graphs import Plate
from explorer.scene.relations import Array
from explorer.trace import Step, TensorState
from explorer.trace.model import BackwardEvent, SavedTensor

MOST_PLATES = 12
# Cells for tensors of the program that the panels have no room for.
MOST_SPARE = 60_000

Side = Literal["in", "out"]


@dataclass(eq=False)
class Plates:
    """Makes the plates of frames, and remembers in which grids the gradients of each event are drawn.

    Attributes:
        naming: Names for what is shown.
        panels: Grids of the program's own tensors.
        values: Grids of gradients and of what was saved.
        memory: What storages held at each frame.
    """

    naming: Naming
    panels: Panels
    values: ValueGrids
    memory: Memory

    def __post_init__(self) -> None:
        self._places: dict[int, dict[tuple[Side, int], int]] = {}
        self._spare = MOST_SPARE

    def place(self, event: int, side: Side, slot: int) -> int | None:
        """Return the grid in which a gradient of an event is drawn, or None."""
        return self._places.get(event, {}).get((side, slot))

    def side(self, event: int, side: Side) -> tuple[int, ...]:
        """Return all grids of the gradients that went into an event, or came out of it."""
        grids = (grid for (where, _), grid in self._places.get(event, {}).items() if where == side)
        return tuple(dict.fromkeys(grids))

    def of_step(self, step: Step, frame: int) -> tuple[Plate, ...]:
        """Return the plates of a step: what went in, and what came out; what it wrote to is shown once."""
        name = self.naming.sources.name
        written = {state.tensor for state in step.outputs}
        given, made = _each_once(step.inputs)[:MOST_PLATES], step.outputs[:MOST_PLATES]
        given = [state for state in given if state.tensor not in written]
        inputs = [self._tensor(state, name(state.tensor) or "input", frame) for state in given]
        results = [self._tensor(state, name(state.tensor) or "result", frame) for state in made]
        return (*inputs, *results)

    def of_run(self, run: int, frame: int) -> tuple[Plate, ...]:
        """Return what a run of the engine left in the leaves."""
        trace, name = self.naming.sources.trace, self.naming.sources.name
        written = {event.accumulated: event for event in trace.backward if event.run == run}
        plates = []
        for leaf, event in written.items():
            if leaf is not None and event.grad_after is not None:
                label = f"{name(leaf) or 'leaf'}.grad"
                grid = self.gradient(event.grad_after, _at(event.shapes_in, 0), label, frame)
                plates.append(Plate(label, grid, "", "gradient"))
        return tuple(plates[:MOST_PLATES])

    def of_tensors(self, states: Iterable[TensorState], frame: int) -> tuple[Plate, ...]:
        """Return the plates of tensors that a failing call took."""
        name = self.naming.sources.name
        taken = _each_once(states)[:MOST_PLATES]
        return tuple(self._tensor(state, name(state.tensor) or "operand", frame) for state in taken)

    def of_event(self, stop: Stop) -> tuple[Plate, ...]:
        """Return the plates of a node that the engine ran."""
        number = stop.event
        event = self.naming.sources.trace.backward[number]
        draft = self.naming.draft(event)
        incoming = [self._in(number, event, slot, stop.frame) for slot in range(len(event.gradients_in))]
        if draft.key.what == "leaf":
            return (*incoming, *self._accumulated(event, draft.label, stop.frame))
        saved = self.naming.sources.trace.graph.nodes[event.index].saved
        kept = [self._saved(tensor, stop.frame, draft.first_frame) for tensor in saved]
        outgoing = [self._out(number, event, slot, stop.frame) for slot in range(len(event.gradients_out))]
        return (*incoming[:MOST_PLATES], *kept[:MOST_PLATES], *outgoing[:MOST_PLATES])

    def gradient(
        self, values: Array | None, shape: tuple[int, ...] | None, label: str, frame: int, dtype: str = ""
    ) -> int:
        """Return the grid of a gradient, -1 when there is none to be drawn."""
        if values is None:
            return -1
        return self.values.add(values, shape if shape is not None else tuple(values.shape), label, frame, dtype=dtype)

    def _in(self, number: int, event: BackwardEvent, slot: int, frame: int) -> Plate:
        draft = self.naming.draft(event)
        several = len(event.gradients_in) > 1
        label = self.naming.gradient(event.run, draft, event.index if several else -1, slot)
        values, shape = event.gradients_in[slot], _at(event.shapes_in, slot)
        caption = f"gradient in · {label}"
        if values is None:
            return Plate(caption, -1, f"shape {shape}" if shape is not None else self._not_sent(event), "gradient")
        grid = self.gradient(values, shape, label, frame)
        self._places.setdefault(number, {})["in", slot] = grid
        return Plate(caption, grid, "", "gradient")

    def _out(self, number: int, event: BackwardEvent, slot: int, frame: int) -> Plate:
        target, line = self.naming.target(event, slot), self.naming.canvas.lines_of.get((event.index, slot), -1)
        output = self.naming.canvas.lines[line].output if line >= 0 else -1
        label = self.naming.gradient(event.run, target, target.key.number if target and output >= 0 else -1, output)
        values, shape = event.gradients_out[slot], _at(event.shapes_out, slot)
        if values is None:
            text = f"shape {shape}" if shape is not None else self._unneeded(event, slot)
            caption = f"gradient out · {label}" if target is not None else f"gradient out · input {slot}"
            return Plate(caption, -1, text, "gradient")
        grid = self.gradient(values, shape, label, frame)
        self._places.setdefault(number, {})["out", slot] = grid
        return Plate(f"gradient out · {label}", grid, "", "gradient")

    def _not_sent(self, event: BackwardEvent) -> str:
        """Say what a node makes of a result that no gradient came to."""
        own = event.index >= 0 and self.naming.sources.trace.graph.nodes[event.index].custom
        given = "; backward is given zeros for it, or None after set_materialize_grads(False)" if own else ""
        return f"None: nothing was sent to this result{given}"

    def _unneeded(self, event: BackwardEvent, slot: int) -> str:
        if self.naming.target(event, slot) is not None:
            return "None: the node sent no gradient here, which counts as zero"
        return "None: this input needs no gradient"

    def _accumulated(self, event: BackwardEvent, name: str, frame: int) -> tuple[Plate, ...]:
        """Return `.grad` of a leaf before and after an AccumulateGrad node ran."""
        shape = _at(event.shapes_in, 0)
        before, after = event.grad_before, event.grad_after
        plates = []
        if before is None:
            plates.append(Plate(f"{name}.grad before", -1, "None: nothing has been accumulated yet", "gradient"))
        else:
            grid = self.gradient(before, shape, f"{name}.grad before", frame)
            plates.append(Plate(f"{name}.grad before", grid, "", "gradient"))
        if after is not None:
            plates.append(Plate(f"{name}.grad", self.gradient(after, shape, f"{name}.grad", frame), "", "gradient"))
        return tuple(plates)

    def _saved(self, saved: SavedTensor, frame: int, since: int) -> Plate:
        """Return the plate of a tensor that a node, made in frame `since`, kept for backward: as it was then."""
        state = saved.state
        name = "" if state is None else self.naming.sources.name(state.tensor)
        now = self.memory.version_now(saved, frame)
        text = count_text(saved.nbytes, "byte")
        if now != saved.version:
            text += f", saved at version {saved.version}, now {now}"
        caption = f"saved · {saved.name}" + (f" = {name}" if name else "")
        if state is None or state.values is None:
            return Plate(caption, -1, f"shape {saved.shape}, {text}", "saved")
        drawn = self.panels.grid_of(state)
        same = self.memory.values_now(saved, frame)
        if drawn is not None and same is not None and same is state.values:
            return Plate(caption, drawn, text, "saved")
        label = f"{name} when saved" if name else ""
        grid = self.values.add_state(state, label, min(frame, since), "saved")
        return Plate(caption, grid, text, "saved")

    def _tensor(self, state: TensorState, caption: str, frame: int) -> Plate:
        """Return the plate of a tensor of the program; of one that the panels have no room for, with a small window."""
        grid, dtype = self.panels.grid_of(state), str(state.dtype).removeprefix("torch.")
        if grid is not None:
            return Plate(caption, grid)
        if state.values is None or self._spare <= 0:
            return Plate(caption, -1, f"shape {tuple(state.shape)}, {dtype}")
        before = self.values.element_count
        grid = self.values.add_state(state, caption, frame, "value")
        self._spare -= self.values.element_count - before
        return Plate(caption, grid)


def _each_once(states: Iterable[TensorState]) -> list[TensorState]:
    return list({state.tensor: state for state in states}.values())


def _at(shapes: tuple[tuple[int, ...] | None, ...], slot: int) -> tuple[int, ...] | None:
    return shapes[slot] if slot < len(shapes) else None
