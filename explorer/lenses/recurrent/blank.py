"""An open layer without numbers, as on `meta`: what there would be, with its sizes."""

from __future__ import annotations

from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.names import function_of, roles_of, state_names
from explorer.lenses.recurrent.opened import Choice
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.shapes import Sizes, sizes_of
from explorer.lenses.recurrent.tensors import PARTS, names_of, states_by_name
from explorer.lenses.values import ValueGrids, cut_window
from explorer.scene.recurrent import Gate, State, Unrolled


def blank_unrolled(sequence: Sequence, choice: Choice, grids: ValueGrids, most: int) -> Unrolled:
    """Return an open layer without numbers.

    Args:
        sequence: The calls.
        choice: Which layer, direction, item and unit.
        grids: Where its grids go.
        most: How many cells a grid may have.
    """
    sizes, first = sizes_of(sequence), sequence.first
    dtype = str(first.input.dtype).removeprefix("torch.")
    states, names = states_by_name(first), names_of(first)[choice.depth][choice.reverse]

    def grid(label: str, shape: tuple[int, ...]) -> int:
        return grids.blank(shape, cut_window(shape, most), label, 0, dtype)

    owned = {
        part: grid(f"{first.label}.{name}", states[name].shape)
        for part in PARTS
        for name in names
        if name.startswith(part)
    }
    width = sizes.directions * sizes.shown if choice.depth else sizes.given
    below = f"output of layer {choice.depth - 1}" if choice.depth else "input"
    return Unrolled(
        cell=sequence.settings.kind,
        layer=choice.depth,
        reverse=bool(choice.reverse),
        item=choice.item,
        unit=choice.unit,
        steps=sequence.steps,
        padded=sequence.steps,
        hidden_size=sizes.hidden,
        input=grid(below, (sequence.steps, width)),
        first_hidden=grid("h_0", (sizes.shown,)),
        first_cell=grid("c_0", (sizes.hidden,)) if first.cell is not None else -1,
        weight_ih=owned["weight_ih"],
        weight_hh=owned["weight_hh"],
        bias_ih=owned.get("bias_ih", -1),
        bias_hh=owned.get("bias_hh", -1),
        weight_hr=owned.get("weight_hr", -1),
        names=tuple(next((name for name in names if name.startswith(part)), "") for part in PARTS),
        gates=_gates(sequence),
        states=_states(sequence, sizes),
    )


def _gates(sequence: Sequence) -> tuple[Gate, ...]:
    kind = sequence.settings.kind
    return tuple(
        Gate(name, roles_of(kind)[name], function_of(kind, name), None, None, None, None) for name in GATES[kind]
    )


def _states(sequence: Sequence, sizes: Sizes) -> tuple[State, ...]:
    kind = sequence.settings.kind
    return tuple(
        State(name, roles_of(kind)[name], sizes.shown if name == "h" else sizes.hidden, None)
        for name in state_names(kind, projected=sizes.projected)
    )
