"""A call that is open as data of the scene: its grids, its statistics, and what was compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch

from explorer.lenses.autograd.arrays import ValueGrids
from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.checks import checks_of
from explorer.lenses.normalization.groups import axes_for, group_names
from explorer.lenses.normalization.statistics import Way, way_through
from explorer.lenses.normalization.values import Values, values_of
from explorer.scene.norms import Norm
from explorer.trace import TensorState, Trace
from explorer.trace.values import to_numpy

MAX_CELLS = 262_144
MOST_BETWEEN = 32_768
_LEARNED = ("weight", "bias", "running_mean", "running_var", "next_mean", "next_var")


@dataclass(eq=False)
class Drawn:
    """Makes the grids of one call.

    Args:
        trace: The run.
        call: The call.
        grids: Where they go.
        axes: Names of the input's dimensions.
    """

    trace: Trace
    call: NormCall
    grids: ValueGrids
    axes: tuple[str, ...]
    made: dict[str, int] = field(default_factory=dict)

    def draw(self, values: Values, way: Way) -> None:
        """Add the tensors of the call, and what lies between them."""
        self._state("input", self.call.input, values.input)
        self._state("output", self.call.output, values.output)
        small = self.call.input.numel <= MOST_BETWEEN
        if small and way.centred is not None:
            self._add("centred", way.centred, "x − μ", self.axes)
        if way.scales is not None and small:
            self._add("scales", way.scales, "divisor", self.axes)
        changes = self.call.weight is not None or self.call.bias is not None
        if not changes:
            self.made["normalised"] = self.made["output"]
        elif small:
            self._add("normalised", way.normalised, "x̂", self.axes)
        for key in _LEARNED:
            state = getattr(self.call, key)
            if state is not None:
                self._state(key, state, getattr(values, key), ())

    def grid(self, key: str) -> int:
        """Return the id of one of the grids; -1: there is none."""
        return self.made.get(key, -1)

    def _state(
        self, key: str, state: TensorState, value: torch.Tensor | None, axes: tuple[str, ...] | None = None
    ) -> None:
        if value is not None:
            otherwise = key if self.call.module is None or key in ("input", "output") else f"{self.call.label}.{key}"
            label = name_of(self.trace, self.call.step, state, otherwise)
            self._add(key, value, label, self.axes if axes is None else axes)

    def _add(self, key: str, tensor: torch.Tensor, label: str, axes: tuple[str, ...]) -> None:
        dtype = str(tensor.dtype).removeprefix("torch.")
        number = self.grids.add(to_numpy(tensor), tuple(tensor.shape), label, 0, "compute", dtype)
        place = number - self.grids.first_grid
        self.grids.grids[place] = replace(self.grids.grids[place], axes=axes)
        self.made[key] = number


def norm_of(trace: Trace, call: NormCall, stop: int, layer: str, grids: ValueGrids) -> Norm:
    """Return one call as data of the scene.

    Args:
        trace: The run, with its live tensors.
        call: The call.
        stop: Its number among the stops.
        layer: What it is, in words.
        grids: Where its grids go.
    """
    values, settings = values_of(call), call.settings
    way = way_through(call.kind, settings, values, call.output.dtype)
    averaged = sum(1 for block, size in zip(settings.blocks, call.input.shape, strict=False) if block == size)
    axes = axes_for(call.kind, call.input.shape, averaged)
    drawn = Drawn(trace, call, grids, axes)
    drawn.draw(values, way)
    return Norm(
        stop=stop,
        kind=call.kind,
        label=call.label,
        layer=layer,
        training=call.training,
        uses="running" if settings.running else "batch",
        eps=settings.eps,
        momentum=settings.factor if call.running_mean is not None else None,
        blocks=settings.blocks,
        affine=settings.affine if call.weight is not None or call.bias is not None else (),
        neighbours=(settings.size // 2, (settings.size - 1) // 2) if settings.size else (0, 0),
        statistics=way.moments.as_statistics(),
        groups=group_names(call.input.shape, settings.blocks, axes) if settings.blocks else (),
        checks=checks_of(values, way),
        input=drawn.grid("input"),
        output=drawn.grid("output"),
        centred=drawn.grid("centred"),
        normalised=drawn.grid("normalised"),
        scales=drawn.grid("scales"),
        weight=drawn.grid("weight"),
        bias=drawn.grid("bias"),
        running_mean=drawn.grid("running_mean"),
        running_var=drawn.grid("running_var"),
        next_mean=drawn.grid("next_mean"),
        next_var=drawn.grid("next_var"),
    )
