"""The grids of the layer that is open: of large tensors the part around the windows that are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from explorer.lenses.convolution.opened import Opened
from explorer.lenses.values import ValueGrids
from explorer.scene.windows import Reach
from explorer.trace import TensorState, Trace
from explorer.trace.values import to_numpy

MAX_CELLS = 65_536
SIDE = 64


@dataclass(frozen=True)
class Part:
    """The part of a tensor that is shown: the first index and the number of indices of each dimension."""

    first: tuple[int, ...]
    window: tuple[int, ...]

    def of(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the part of a tensor."""
        for place, (start, length) in enumerate(zip(self.first, self.window, strict=True)):
            tensor = tensor.narrow(place, start, length)
        return tensor


@dataclass(eq=False)
class Pictures:
    """Adds the grids of one layer.

    Args:
        layer: The layer.
        grids: Where they go.
        frame: The first frame that shows them.
    """

    layer: Opened
    grids: ValueGrids
    frame: int = 0

    def add(self, tensor: torch.Tensor, part: Part, label: str, axes: tuple[str, ...], kind: str = "compute") -> int:
        """Add the part of a tensor that is shown; return the grid's id."""
        dtype = str(tensor.dtype).removeprefix("torch.")
        values = to_numpy(part.of(tensor.detach()))
        number = self.grids.add(values, tuple(tensor.shape), label, self.frame, kind, dtype)
        return self._placed(number, part, axes)

    def blank(self, state: TensorState, part: Part, label: str, axes: tuple[str, ...]) -> int:
        """Add a tensor without values, as on `meta`; return the grid's id."""
        dtype = str(state.dtype).removeprefix("torch.")
        number = self.grids.blank(state.shape, part.window, label, self.frame, dtype)
        return self._placed(number, part, axes)

    def _placed(self, number: int, part: Part, axes: tuple[str, ...]) -> int:
        place = number - self.grids.first_grid
        first = part.first if any(part.first) else ()
        self.grids.grids[place] = replace(self.grids.grids[place], first=first, axes=axes)
        return number


def input_part(layer: Opened) -> Part:
    """Return the part that is shown of the input: what the kept windows read, and what is around it."""
    shape = layer.call.input.shape
    if layer.operation == "fold":
        return _rows_part(layer, shape)
    spans = tuple(_read(reach, start, count) for reach, start, count in _kept(layer))
    return _image_part(layer, shape, spans, layer.group)


def output_part(layer: Opened) -> Part:
    """Return the part that is shown of the result: the kept windows, and what is around them."""
    shape = layer.call.output.shape
    if layer.operation == "unfold":
        return _rows_part(layer, shape)
    spans = tuple((start, start + count) for _, start, count in _kept(layer))
    return _image_part(layer, shape, spans, (layer.channel, layer.channel + 1))


def weight_part(layer: Opened, shape: Sequence[int]) -> Part:
    """Return the part that is shown of the weight: all of it, or the rows around the channel in focus."""
    cells = max(math.prod(shape[2:]), 1)
    if layer.operation == "convolution":
        room = max(MAX_CELLS // (cells * max(shape[1], 1)), 1)
        start, length = around(layer.channel, layer.channel + 1, shape[0], room)
        return Part((start, *(0 for _ in shape[1:])), (length, *shape[1:]))
    each = max(shape[1], 1)
    own = (layer.channel % each, layer.channel % each + 1)
    rows, columns = _shared(layer.group, shape[0], own, shape[1], max(MAX_CELLS // cells, 1))
    zeros = (0,) * (len(shape) - 2)
    return Part((rows[0], columns[0], *zeros), (rows[1], columns[1], *shape[2:]))


def _shared(
    group: tuple[int, int], rows: int, own: tuple[int, int], columns: int, room: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the rows and columns of kernels that are shown: those of the group first."""
    if rows * columns <= room:
        return (0, rows), (0, columns)
    kept = around(*group, rows, min(group[1] - group[0], room))
    return kept, around(*own, columns, max(room // max(kept[1], 1), 1))


def around(start: int, end: int, size: int, room: int) -> tuple[int, int]:
    """Return first index and length of a stretch that holds `start` to `end`, as far as there is room.

    Args:
        start: First index that is needed.
        end: One past the last.
        size: How many there are.
        room: How many may be shown.
    """
    if size <= room:
        return 0, size
    first = max(min(start - max(room - (end - start), 0) // 2, size - room), 0)
    return first, room


def _image_part(
    layer: Opened, shape: Sequence[int], spans: Sequence[tuple[int, int]], channels: tuple[int, int]
) -> Part:
    """Return the part of (N, C, *sizes): one item, the channels, and a region of the spatial dimensions."""
    batch = 1 if layer.call.batched else 0
    sizes = shape[batch + 1 :]
    own = channels[1] - channels[0]
    if shape[batch] * math.prod(sizes) > MAX_CELLS:
        side = max(SIDE, math.isqrt(MAX_CELLS // max(own, 1))) if len(sizes) < 3 else SIDE // 4
        spatial = [
            around(start, end, size, max(side if len(sizes) > 1 else MAX_CELLS // max(own, 1), end - start))
            for (start, end), size in zip(spans, sizes, strict=True)
        ]
    else:
        spatial = [(0, size) for size in sizes]
    region = max(math.prod(length for _, length in spatial), 1)
    chosen = around(*channels, shape[batch], max(MAX_CELLS // region, 1))
    item = ((layer.item, min(shape[0], 1)),) if batch else ()
    every = (*item, chosen, *spatial)
    return Part(tuple(first for first, _ in every), tuple(length for _, length in every))


def _rows_part(layer: Opened, shape: Sequence[int]) -> Part:
    """Return the part of columns (N, C·K, P): one item, the rows of the channel in focus first."""
    size = layer.kernel_cells
    rows = (layer.channel * size, (layer.channel + 1) * size)
    columns = around(0, 1, shape[-1], max(MAX_CELLS // max(size, 1), 1))
    kept = around(*rows, shape[-2], max(MAX_CELLS // max(columns[1], 1), 1))
    item = ((layer.item, min(shape[0], 1)),) if layer.call.batched else ()
    every = (*item, kept, columns)
    return Part(tuple(first for first, _ in every), tuple(length for _, length in every))


def _kept(layer: Opened) -> list[tuple[Reach, int, int]]:
    return list(zip(layer.reaches, layer.first, layer.count, strict=True))


def _read(reach: Reach, start: int, count: int) -> tuple[int, int]:
    """Return the first index of the input that some windows read, and one past the last."""
    taps = slice(int(reach.starts[start]), int(reach.starts[start + count]))
    found = np.asarray(reach.source)[np.asarray(reach.positions)[taps]]
    found = found[found >= 0]
    return (int(found.min()), int(found.max()) + 1) if found.size else (0, 1)


def name_of(trace: Trace, step: int, state: TensorState, otherwise: str) -> str:
    """Return the name that a tensor has after a step, or what to call it otherwise."""
    for names in (trace.names_at(step), trace.names):
        found = next((name for name, bound in names.items() if bound.tensor == state.tensor), "")
        if found:
            return found
    return otherwise
