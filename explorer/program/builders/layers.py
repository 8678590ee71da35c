"""The layers that a chip can be, with the parameters of torch's constructors.

>>> LAYERS["Conv2d"].render({"in_channels": "2", "out_channels": "4", "kernel_size": "3", "stride": "2"})
'nn.Conv2d(2, 4, 3, stride=2)'
>>> LAYERS["MaxPool2d"].defaults((1, 4, 9, 9))["kernel_size"]
'2'
"""

from __future__ import annotations

import ast

from explorer.program.builders.calls import Fields
from explorer.program.builders.groups.convolutions import CONVOLUTION_TABLE
from explorer.program.builders.groups.normalizations import NORMALIZATION_TABLE
from explorer.program.builders.groups.pools import POOL_TABLE
from explorer.program.builders.groups.recurrents import RECURRENT_TABLE
from explorer.program.builders.groups.stacks import STACK_TABLE
from explorer.program.builders.layer import LayerType, layer_name

__all__ = ["LAYERS", "LayerType", "is_sequential", "match_layer"]

_TABLE = (*CONVOLUTION_TABLE, *POOL_TABLE, *STACK_TABLE, *NORMALIZATION_TABLE, *RECURRENT_TABLE)
LAYERS: dict[str, LayerType] = {layer.name: layer for layer in _TABLE}


def match_layer(node: ast.expr) -> tuple[LayerType, Fields] | None:
    """Return the layer that an expression makes, with its fields; None where none is understood."""
    layer = LAYERS.get(layer_name(node))
    fields = layer.parse(node) if layer else None
    return (layer, fields) if layer is not None and fields is not None else None


def is_sequential(node: ast.expr) -> bool:
    """Tell `nn.Sequential(a, b, …)`, with each layer an argument of its own."""
    if layer_name(node) != "Sequential" or not isinstance(node, ast.Call) or node.keywords:
        return False
    return bool(node.args) and not any(isinstance(argument, ast.Starred) for argument in node.args)
