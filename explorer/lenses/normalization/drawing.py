"""The grids of a call that is open: its tensors, and what lies between its input and its output."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch

from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.values import ValueGrids, cut_window
from explorer.trace import TensorState, Trace
from explorer.trace.values import to_numpy

MAX_CELLS = 262_144
MOST_BETWEEN = 32_768
_KEPT = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_var"}
_NEXT = {"next_mean": "running_mean", "next_var": "running_var"}


@dataclass(eq=False)
class Drawn:
    """Makes the grids of one call.

    Args:
        trace: The run.
        layer: The call.
        grids: Where they go.
        between: Whether what lies between its input and its output is drawn of large tensors, too.
        made: Their ids by name.
    """

    trace: Trace
    layer: Opened
    grids: ValueGrids
    between: bool = False
    made: dict[str, int] = field(default_factory=dict)

    def draw(self) -> None:
        """Add the tensors of the call, what lies between them, and gradients."""
        call, values = self.layer.call, self.layer.values
        x, y = ("v", call.label) if call.owner is not None and call.kind == "weight" else ("input", "output")
        self._state("input", call.input, values.input, self.layer.axes, x)
        self._state("output", call.output, values.output, self.layer.axes, y)
        for key, name in (_KEPT | _NEXT).items():
            state = getattr(call, key)
            if state is not None:
                after = " after" if key in _NEXT else ""
                self._state(key, state, getattr(values, key), (), f"{self._own(name)}{after}")
        self._between()
        self._gradients()

    def grid(self, key: str) -> int:
        """Return the id of one of the grids; -1: there is none."""
        return self.made.get(key, -1)

    def _between(self) -> None:
        """Add what lies between input and output: of large tensors only when it is asked for."""
        way, call = self.layer.way, self.layer.call
        if way is None:
            return
        small = self.between or call.input.numel <= MOST_BETWEEN
        if small and way.centred is not None:
            self._add("centred", way.centred, "x − μ", self.layer.axes)
        if small and way.squares is not None:
            self._add("squares", way.squares, "mean of squares", self.layer.axes)
        if small and way.scales is not None:
            self._add("scales", way.scales, "divisor", self.layer.axes)
        if call.weight is None and call.bias is None:
            self.made["normalised"] = self.made["output"]
        elif small:
            self._add("normalised", way.normalised, "x̂", self.layer.axes)

    def _gradients(self) -> None:
        found, call, axes = self.layer.gradients, self.layer.call, self.layer.axes
        if found is None:
            return
        x, y = (self.grids.grids[self.made[key] - self.grids.first_grid].label for key in ("input", "output"))
        self._add("output_gradient", found.output, f"gradient of {y}", axes, "gradient")
        self._add("input_gradient", found.input, f"gradient of {x}", axes, "gradient")
        if call.weight is None:
            self.made["upstream"] = self.made["output_gradient"]
        else:
            self._add("upstream", found.upstream, f"γ · gradient of {y}", axes, "gradient")
        for key, value in (("weight", found.weight), ("bias", found.bias)):
            if value is not None:
                self._add(f"{key}_gradient", value, f"gradient of {self._own(key)}", (), "gradient")

    def _own(self, name: str) -> str:
        """Return what a tensor of the layer is called: by its path in a module, else by its own name."""
        if self.layer.call.kind == "weight":
            return "g"
        return name if self.layer.call.module is None else f"{self.layer.call.label}.{name}"

    def _state(
        self, key: str, state: TensorState, value: torch.Tensor | None, axes: tuple[str, ...], otherwise: str
    ) -> None:
        """Add a tensor of the program; of one without values its shape."""
        label = name_of(self.trace, self.layer.call.step, state, otherwise)
        if key in _NEXT:
            label = otherwise
        if value is not None:
            self._add(key, value, label, axes)
        else:
            dtype = str(state.dtype).removeprefix("torch.")
            number = self.grids.blank(state.shape, cut_window(state.shape, MAX_CELLS), label, 0, dtype)
            self._placed(key, number, axes)

    def _add(self, key: str, tensor: torch.Tensor, label: str, axes: tuple[str, ...], kind: str = "compute") -> None:
        dtype = str(tensor.dtype).removeprefix("torch.")
        self._placed(key, self.grids.add(to_numpy(tensor), tuple(tensor.shape), label, 0, kind, dtype), axes)

    def _placed(self, key: str, number: int, axes: tuple[str, ...]) -> None:
        place = number - self.grids.first_grid
        self.grids.grids[place] = replace(self.grids.grids[place], axes=axes)
        self.made[key] = number
