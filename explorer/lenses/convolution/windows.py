"""The open layer as data of the scene: its grids, its windows, what they are made of, and what was compared."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.calls import WindowCall
from explorer.lenses.convolution.checks import checks_of, compared
from explorer.lenses.convolution.flips import flipped_result, note_on_order
from explorer.lenses.convolution.gradients import Gradients, gradients_of
from explorer.lenses.convolution.opened import Opened
from explorer.lenses.convolution.pictures import Part, Pictures, input_part, name_of, output_part, weight_part
from explorer.lenses.convolution.products import products_of
from explorer.lenses.convolution.values import tensor_of
from explorer.scene.windows import Check, Windows
from explorer.trace import TensorState, Trace

MAX_COLUMNS = 65_536
SPATIAL = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


@dataclass(eq=False)
class Panels:
    """Makes the grids of one layer.

    Args:
        trace: The run.
        layer: The layer.
        pictures: Where the grids go.
    """

    trace: Trace
    layer: Opened
    pictures: Pictures
    made: dict[str, int] = field(default_factory=dict)

    def draw(self, gradients: Gradients) -> None:
        """Add the layer's tensors and their gradients."""
        call, values = self.layer.call, self.layer.values
        given, out = input_part(self.layer), output_part(self.layer)
        self._tensor("input", call.input, values.input, given, self.axes(call.input))
        self._tensor("output", call.output, values.output, out, self.axes(call.output))
        self._gradient("input", call.input, gradients.input, given)
        self._gradient("output", call.output, gradients.output, out)
        if call.indices is not None:
            self._plain("indices", call.indices, out)
        if call.weight is not None:
            self._weights(call.weight, gradients)

    def add(self, key: str, tensor: torch.Tensor, part: Part, label: str, axes: tuple[str, ...]) -> None:
        """Add a tensor that is not one of the program's own."""
        self.made[key] = self.pictures.add(tensor, part, label, axes)

    def _weights(self, weight: TensorState, gradients: Gradients) -> None:
        call, values = self.layer.call, self.layer.values
        part = weight_part(self.layer, weight.shape)
        channels = ("out", "in") if self.layer.operation == "convolution" else ("in", "out")
        axes = (*channels, *SPATIAL[call.signature.rank])
        self._tensor("weight", weight, values.weight, part, axes)
        if gradients.weight is not None:
            self.made["weight_gradient"] = self._of_gradient(weight, "weight", gradients.weight, part, axes)
        if call.bias is not None:
            whole = Part((0,), call.bias.shape)
            self._tensor("bias", call.bias, values.bias, whole, ("out",))
            if gradients.bias is not None:
                self.made["bias_gradient"] = self._of_gradient(call.bias, "bias", gradients.bias, whole, ("out",))

    def _tensor(
        self, key: str, state: TensorState, value: torch.Tensor | None, part: Part, axes: tuple[str, ...]
    ) -> None:
        label = self.name(state, key)
        if value is None:
            self.made[key] = self.pictures.blank(state, part, label, axes)
        else:
            self.made[key] = self.pictures.add(value.reshape(state.shape), part, label, axes)

    def _plain(self, key: str, state: TensorState, part: Part) -> None:
        self._tensor(key, state, tensor_of(state), part, self.axes(state))

    def _gradient(self, key: str, state: TensorState, value: torch.Tensor | None, part: Part) -> None:
        if value is not None:
            made = self._of_gradient(state, key, value.reshape(state.shape), part, self.axes(state))
            self.made[f"{key}_gradient"] = made

    def _of_gradient(self, state: TensorState, key: str, value: torch.Tensor, part: Part, axes: tuple[str, ...]) -> int:
        return self.pictures.add(value, part, f"gradient of {self.name(state, key)}", axes, kind="gradient")

    def name(self, state: TensorState, key: str) -> str:
        """Return what a tensor of the layer is called."""
        own = key if key in ("input", "output", "indices") else f"{self.layer.call.label}.{key}"
        if self.layer.call.module is None and key in ("weight", "bias"):
            own = key
        return name_of(self.trace, self.layer.call.step, state, own)

    def axes(self, state: TensorState) -> tuple[str, ...]:
        """Return the names of a tensor's dimensions."""
        rank = self.layer.call.signature.rank
        plain = ("N", "C", *SPATIAL[rank])
        if self.layer.operation in ("unfold", "fold") and len(state.shape) != len(plain):
            plain = ("N", "C·K", "P")
        return plain[len(plain) - len(state.shape) :]


def windows_of(trace: Trace, layer: Opened, pictures: Pictures, tables: tuple[int, ...]) -> Windows:
    """Return the open layer.

    Args:
        trace: The run, with its live tensors.
        layer: The layer, with what is shown of it.
        pictures: Where its grids go.
        tables: Numbers of its tables.
    """
    gradients = gradients_of(trace, layer.call, layer.values)
    panels = Panels(trace, layer, pictures)
    panels.draw(gradients)
    products = products_of(layer, gradients.output)
    checks = list(checks_of(layer, products, gradients))
    notes = [*_left_out(layer), *_about_gradients(layer, gradients)]
    checks += _draw_columns(panels)
    if layer.flip:
        notes += _draw_flipped(panels)
    return Windows(
        operation=layer.call.signature.operation,
        dims=layer.reaches,
        groups=layer.groups,
        channels=layer.channels,
        item=layer.item if layer.call.batched else -1,
        channel=layer.channel,
        products=products,
        checks=tuple(checks),
        padding_mode=layer.call.settings.padding_mode,
        norm=f"{layer.call.settings.norm:g}",
        tables=tables,
        notes=tuple(notes),
        **{"weight": -1, "bias": -1, **panels.made},
    )


def _left_out(layer: Opened) -> list[str]:
    """Return what of the layer is not shown, in sentences."""
    notes = []
    every, kept = math.prod(reach.output for reach in layer.reaches), math.prod(layer.count)
    values = layer.values
    if values.input is None:
        where = (
            "on meta there are no values"
            if layer.call.input.device.type == "meta"
            else "the values of the input were not kept"
        )
        notes.append(f"No products: {where}. Sizes, windows and costs are those of the real layer.")
    elif values.input.is_complex():
        notes.append("No products: cells of complex numbers show their magnitude. Point at one for both of its parts.")
    elif layer.convolves and values.weight is None:
        notes.append("No products: the weight was written to since, and it is too large to have been copied before.")
    elif kept < every:
        notes.append(f"Of {every:,} windows a channel, {kept:,} are kept with their products.")
    return notes


def _about_gradients(layer: Opened, gradients: Gradients) -> list[str]:
    if gradients.cut:
        size = f"{math.prod(gradients.cut):,}"
        return [f"Gradients are left out: the one that arrived at the output has {size} elements, too many to be kept."]
    if gradients.output is None or layer.call.input.requires_grad:
        return []
    return [
        "The input does not require gradients, so the program computed none for it: torch did here, by its own call."
    ]


def _draw_columns(panels: Panels) -> list[Check]:
    """Add the unfolded input of a small convolution; return the check of one matmul against its output."""
    layer, values = panels.layer, panels.layer.values
    if layer.operation != "convolution" or values.input is None or values.weight is None or values.output is None:
        return []
    windows = math.prod(reach.output for reach in layer.reaches)
    size = layer.channels[0] * layer.kernel_cells * windows
    if layer.call.signature.rank > 2 or not size or size * values.input.shape[0] > MAX_COLUMNS:
        return []
    columns = unfolded(layer.call, values.input)
    if columns is None:
        return []
    part = Part((layer.item, 0, 0), (min(columns.shape[0], 1), columns.shape[1], columns.shape[2]))
    panels.add("columns", columns, part, "columns", ("N", "C·K", "P"))
    total = _multiplied(values.weight, columns, layer.groups)
    if values.bias is not None:
        total = total + values.bias[:, None]
    what = "as one matmul" if layer.groups == 1 else f"as {layer.groups} matmuls, one a group of channels"
    note = "weight.flatten(1) @ unfold(input), with the bias, beside the layer's result."
    return [compared(what, total, values.output.flatten(2), note)]


def _multiplied(weight: torch.Tensor, columns: torch.Tensor, groups: int) -> torch.Tensor:
    """Return the weight times the columns, (N, C_out, P): each group's rows with the columns of its own channels."""
    batch, size, windows = columns.shape
    rows = weight.reshape(groups, weight.shape[0] // groups, size // groups)
    own = columns.reshape(batch, groups, size // groups, windows)
    return torch.matmul(rows, own).flatten(1, 2)


def unfolded(call: WindowCall, given: torch.Tensor) -> torch.Tensor | None:
    """Return the columns that torch's unfold makes of a convolution's input, (N, C·K, P); None where it refuses."""
    settings = call.settings
    pairs = [one for pair in reversed(settings.padding) for one in pair]
    mode = "constant" if settings.padding_mode == "zeros" else settings.padding_mode
    padded = F.pad(given, pairs, mode=mode)
    kernel, dilation, stride = settings.kernel, settings.dilation, settings.stride
    if call.signature.rank == 1:
        padded, kernel, dilation, stride = padded[:, :, None], (1, *kernel), (1, *dilation), (1, *stride)
    try:
        return F.unfold(padded, kernel, dilation, 0, stride)
    except (RuntimeError, NotImplementedError):
        return None


def _draw_flipped(panels: Panels) -> list[str]:
    """Add the result with the kernel flipped; return what is to be said about it."""
    layer = panels.layer
    result = flipped_result(layer)
    if result is None:
        return []
    shown = result.reshape(layer.call.output.shape)
    panels.add("flipped", shown, output_part(layer), "with the kernel flipped", panels.axes(layer.call.output))
    return note_on_order(layer, result)
