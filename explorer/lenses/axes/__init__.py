"""Names of dimensions: written by the user, told by a layer, carried on where an operation's meaning is known.

A comment names the dimensions of the tensor that a name holds after that line:

    x = torch.rand(8, 3, 32, 32)  # x: N C H W

A layer tells those of what goes into it (`nn.Conv2d`: N, C, H, W). What neither says and no operation carries on
stays without a name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.lenses.axes.carry import Names, carried
from explorer.lenses.axes.comments import comments_of
from explorer.lenses.axes.layers import told
from explorer.lenses.shapes.panels import grid_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.lenses.shapes.panels import GridKey, Panels
    from explorer.lenses.shapes.timeline import Moment
    from explorer.scene import Grid
    from explorer.trace import Step, TensorState, Trace
    from explorer.trace.calls import Call

__all__ = ["axes_of", "with_axes"]


def with_axes(grids: tuple[Grid, ...], trace: Trace, moments: Iterable[Moment], panels: Panels) -> tuple[Grid, ...]:
    """Return the grids with the names of their dimensions."""
    names = axes_of(trace, moments, panels)
    return tuple(replace(grid, axes=names[grid.id]) if grid.id in names else grid for grid in grids)


def axes_of(trace: Trace, moments: Iterable[Moment], panels: Panels) -> dict[int, Names]:
    """Return the names of the dimensions of each grid of which any is known, by the grid's id.

    Args:
        trace: The run, with its live calls, whose arguments say what was done to which dimension.
        moments: The moments that are shown.
        panels: The panels that number the grids.
    """
    followed = _Followed(trace, tuple(moments))
    found: dict[int, Names] = {}
    for key, names in followed.names.items():
        grid = panels.grid_of(followed.states[key])
        if grid is not None and any(names):
            found[grid] = names
    return found


class _Followed:
    """The names of the dimensions of each tensor in each of its geometries.

    What the user wrote goes first, then what an operation carried on, then what a layer tells; a layer also tells
    of tensors that were made long before they go into it, so the steps are followed once to hear the layers out.
    """

    def __init__(self, trace: Trace, moments: tuple[Moment, ...]) -> None:
        self.names: dict[GridKey, Names] = {}
        self.states: dict[GridKey, TensorState] = {}
        self._calls = trace.calls
        self._written: dict[GridKey, Names] = _written(trace, moments)
        self._told: dict[GridKey, Names] = {}
        steps = [moment.step for moment in moments if moment.step is not None]
        for step in steps:
            for state, names in told(step, self._call(step)):
                self._told.setdefault(grid_key(state), names)
        for step in steps:
            self._follow(step)

    def _follow(self, step: Step) -> None:
        given = [self._of(state) for state in step.inputs]
        for state, names in zip(step.inputs, given, strict=True):
            self._name(state, names)
        found = carried(step, self._call(step), given) if any(any(names) for names in given) else ()
        for number, state in enumerate(step.outputs):
            names = found[number] if number < len(found) else ()
            self._name(state, self._best(grid_key(state), names, state))

    def _name(self, state: TensorState, names: Names) -> None:
        key = grid_key(state)
        self.states.setdefault(key, state)
        self.names.setdefault(key, names)

    def _of(self, state: TensorState) -> Names:
        key = grid_key(state)
        return self.names.get(key) or self._best(key, (), state)

    def _best(self, key: GridKey, names: Names, state: TensorState) -> Names:
        if key in self._written:
            return self._written[key]
        if any(names) and len(names) == len(state.shape):
            return names
        return self._told.get(key, ("",) * len(state.shape))

    def _call(self, step: Step) -> Call | None:
        return self._calls[step.index] if self._calls is not None else None


def _written(trace: Trace, moments: tuple[Moment, ...]) -> dict[GridKey, Names]:
    """Return what comments say, for the tensors that their names held after the comments' lines."""
    comments = comments_of(trace.source)
    found: dict[GridKey, Names] = {}
    if not comments:
        return found
    for moment in moments:
        if moment.step is None:
            continue
        lines = range(moment.step.line, moment.step.end_line + 1)
        for binding in moment.names:
            names = next((c.axes for c in comments if c.name == binding.name and c.line in lines), None)
            if names is not None and len(names) == len(binding.state.shape):
                found[grid_key(binding.state)] = names
    return found
