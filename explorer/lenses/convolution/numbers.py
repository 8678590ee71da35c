"""What a layer costs, with the arithmetic."""

from __future__ import annotations

import math

from explorer.lenses.convolution.opened import Opened
from explorer.scene.tables import Table


def costs_of(layer: Opened) -> Table:
    """Return what a layer costs: numbers that it learns, multiply-adds, bytes."""
    rows = (
        _parameters(layer),
        _multiply_adds(layer),
        _weight_bytes(layer),
        _output_bytes(layer),
        _columns_bytes(layer),
    )
    return Table("Cost", ("what", "arithmetic", "number"), tuple(row for row in rows if row is not None))


def _parameters(layer: Opened) -> tuple[str, str, str] | None:
    weight, bias = layer.call.weight, layer.call.bias
    if weight is None:
        return ("parameters", "nothing is learned", "0")
    added = f" + {bias.numel:,}" if bias is not None else ""
    total = weight.numel + (0 if bias is None else bias.numel)
    return ("parameters", f"{_product(weight.shape)}{added}", f"{total:,}")


def _multiply_adds(layer: Opened) -> tuple[str, str, str] | None:
    """Return the products: torch's own count, which takes those with zeros of the padding along."""
    weight, call = layer.call.weight, layer.call
    if weight is None:
        return None
    cells = (call.input if layer.operation == "transposed" else call.output).numel
    sizes = (cells, *weight.shape[1:])
    return ("multiply-adds", _product(sizes), f"{math.prod(sizes):,}")


def _weight_bytes(layer: Opened) -> tuple[str, str, str] | None:
    weight, bias = layer.call.weight, layer.call.bias
    if weight is None:
        return None
    numbers = weight.numel + (0 if bias is None else bias.numel)
    return ("bytes of weight and bias", f"{numbers:,} · {weight.itemsize}", f"{numbers * weight.itemsize:,}")


def _output_bytes(layer: Opened) -> tuple[str, str, str]:
    made = layer.call.output
    return ("bytes of the output", f"{_product((*made.shape, made.itemsize))}", f"{made.numel * made.itemsize:,}")


def _columns_bytes(layer: Opened) -> tuple[str, str, str] | None:
    """Return what the columns of the layer take, as one matmul needs or makes them."""
    if not layer.convolves:
        return None
    given = layer.call.input
    batch = given.shape[0] if layer.call.batched else 1
    if layer.operation == "transposed":
        what, channels, windows = "bytes of the columns before they are folded", layer.channels[1], layer.call.sizes
    else:
        what, channels = "bytes of the input unfolded (im2col)", layer.channels[0]
        windows = tuple(reach.output for reach in layer.reaches)
    sizes = (batch, channels, layer.kernel_cells, math.prod(windows), given.itemsize)
    return (what, _product(sizes), f"{math.prod(sizes):,}")


def _product(sizes: tuple[int, ...]) -> str:
    return " · ".join(f"{size:,}" for size in sizes)
