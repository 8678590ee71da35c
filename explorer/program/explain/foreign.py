"""Arguments of other libraries' layers that no layer of torch has: an activation, the shape of the input."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from explorer.program.explain.places import last_name

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_ACTIVATIONS: Final = {
    "relu": "ReLU()", "tanh": "Tanh()", "sigmoid": "Sigmoid()", "gelu": "GELU()", "elu": "ELU()", "selu": "SELU()",
    "leaky_relu": "LeakyReLU()", "softplus": "Softplus()", "swish": "SiLU()", "silu": "SiLU()",
    "softmax": "Softmax(dim=1)",
}  # fmt: skip
_HINTS: Final = {
    "activation": "A layer of torch has no activation in it: `nn.ReLU()` is a layer of its own, behind this one.",
    "input_shape": "torch reads the other sizes from the input; the constructor takes channels or features only.",
    "data_format": "torch's layers read N×C×H×W: the channels stand before rows and columns.",
    "kernel_initializer": "nn.init writes numbers into a weight: `nn.init.xavier_uniform_(layer.weight)`.",
    "name": "A layer's name is the attribute or the place in a stack that holds it.",
}


def without_equal(name: str) -> str:
    """Return what stands for an argument that no layer of torch has, or ""."""
    return _HINTS.get("input_shape" if name == "batch_input_shape" else name, "")


def with_activation(fault: Fault, call: ast.Call, key: ast.keyword) -> Iterator[Change]:
    """Yield the program with the activation that a constructor was asked for as a layer behind it."""
    value = fault.value(key.value)
    layer = _ACTIVATIONS.get(value.lower(), "") if isinstance(value, str) else ""
    name = fault.text.text(call.func)
    if key.arg != "activation" or not layer:
        return
    prefix = name.removesuffix(last_name(call.func))
    start, end = fault.text.span(key)
    before = fault.source[:start].rstrip()
    cut = len(before.removesuffix(",")) if before.endswith(",") else start
    own, stop = fault.text.span(call)
    plain = fault.source[own:cut] + fault.source[end:stop]
    around = fault.text.parents.get(call)
    stacked = isinstance(around, ast.Call) and last_name(around.func) == "Sequential"
    code = f"{plain}, {prefix}{layer}"
    code = code if stacked else f"{prefix}Sequential({code})"
    yield f"…, {prefix}{layer}", fault.text.replaced(((own, stop), code))
