"""Which grids of a scene show the tensors of the table of shapes."""

from __future__ import annotations

from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.recurrent.sequences import Sequence
from explorer.scene import Grid, Scene
from explorer.scene.recurrent import Unrolled
from explorer.trace import TensorState, Trace


def grids_by_name(trace: Trace, scene: Scene, sequence: Sequence, unrolled: Unrolled | None) -> dict[str, int]:
    """Return the grids of the tensors that the program names, and of the open layer's parameters, by torch's names.

    Args:
        trace: The run.
        scene: The program's usual scene.
        sequence: The calls that are open.
        unrolled: The open layer, or None.
    """
    first, last = sequence.first, sequence.last
    states = {"input": first.input, "h_0": first.hidden, "c_0": first.cell}
    returned = {"output": last.output, "h_n": last.last_hidden, "c_n": last.last_cell}
    known = {name: state for name, state in (states | returned).items() if state is not None}
    found = {name: _grid(trace, scene, last.step, state) for name, state in known.items()}
    if unrolled is not None:
        owned = (
            unrolled.weight_ih,
            unrolled.weight_hh,
            unrolled.bias_ih,
            unrolled.bias_hh,
            unrolled.weight_hr,
        )
        found |= dict(zip(unrolled.names, owned, strict=True))
    return {name: grid for name, grid in found.items() if name and grid >= 0}


def _grid(trace: Trace, scene: Scene, step: int, state: TensorState) -> int:
    """Return the grid of a tensor that the program names; -1: there is none."""
    name = name_of(trace, step, state, "")
    return next((grid.id for grid in scene.grids if name and _is_of(grid, name, state)), -1)


def _is_of(grid: Grid, name: str, state: TensorState) -> bool:
    return grid.label == name and grid.shape == state.shape
