"""What stands between convolutions in a stack: padding, activations, flattening, linear layers."""

from __future__ import annotations

from explorer.program.builders.groups.convolutions import count, extent, switch
from explorer.program.builders.layer import LayerType
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape

GROUP = "Layer"
_INPLACE = switch("inplace", "Whether the input itself is changed.")
_PADS = {
    "ZeroPad2d": "Zeros on each side.",
    "ReflectionPad2d": "The picture mirrored at its edges.",
    "ReplicationPad2d": "The cells of the edges repeated.",
    "CircularPad2d": "The cells of the opposite edge.",
}
_ACTIVATIONS = {
    "Sigmoid": "From 0 to 1: 1 / (1 + exp(-x)).",
    "Tanh": "From -1 to 1.",
    "Identity": "Everything as it is.",
}


def _nothing(_shape: Shape) -> dict[str, str]:
    return {}


def _pad(name: str, summary: str) -> LayerType:
    sides = extent("padding", "padding", "Cells: for all sides, or left, right, top, bottom.", 4, "1", required=True)
    return LayerType(name, GROUP, summary, (sides,), _nothing, "pad")


def _dim(name: str, text: str, default: str) -> Parameter:
    return Parameter(name, name, "dim", text, default, required=False, keyword=True)


STACK_TABLE = (
    LayerType("ReLU", GROUP, "0 for what is negative, the rest as it is.", (_INPLACE,), _nothing, "relu"),
    *(LayerType(name, GROUP, summary, (), _nothing, "act") for name, summary in _ACTIVATIONS.items()),
    LayerType(
        "Dropout",
        GROUP,
        "In training each element becomes 0 with a probability; the rest grows to make up for it.",
        (Parameter("p", "p", "number", "The probability.", "0.5", required=False), _INPLACE),
        _nothing,
        "drop",
    ),
    LayerType(
        "Flatten",
        GROUP,
        "All dimensions but the first become one.",
        (_dim("start_dim", "The first of them.", "1"), _dim("end_dim", "The last of them.", "-1")),
        _nothing,
        "flat",
    ),
    LayerType(
        "Linear",
        GROUP,
        "Each output is a sum of all inputs times weights, plus a bias.",
        (
            count("in_features", "in", "The last size of the input."),
            count("out_features", "out", "The last size of the result.", "10"),
            switch("bias", "Whether one number is added to each output.", "True"),
        ),
        lambda shape: {"in_features": str(shape[-1] if shape else 1)},
        "linear",
        ("in_features", "out_features"),
    ),
    *(_pad(name, summary) for name, summary in _PADS.items()),
)
