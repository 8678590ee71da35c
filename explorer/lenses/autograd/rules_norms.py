"""Local derivatives of layers that normalise: each has the means of the gradient in it, of the group's cells.

Source: `tools/autograd/derivatives.yaml`, `torch/csrc/autograd/FunctionsManual.cpp` and `aten/src/ATen/native` of
PyTorch (`batch_norm`, `layer_norm`, `group_norm`, `WeightNorm`).
"""

from __future__ import annotations

from explorer.lenses.autograd.rules_row import Row

_TWO_MEANS = "∂L/∂u = ({g} − mean({g}) − x̂ · mean({g} · x̂)) / √(var + ε){with g}"
_LEARNED = ("∂L/∂weight = sum(G · x̂)", "∂L/∂bias = sum(G)")
_ZERO = (
    "Mean and variance depend on all elements of a {group}: the two means are taken off, so along it the gradients add "
    "up to 0; so do, but for ε, their products with x̂."
)

NORMS: dict[str, Row] = {
    "NativeBatchNorm": Row((_TWO_MEANS, *_LEARNED), _ZERO.replace("{group}", "channel")),
    "NativeBatchNorm eval": Row(
        (
            "∂L/∂u = {g} / √(running_var + ε){with g}",
            "∂L/∂weight = sum(G · (u − running_mean) / √(running_var + ε))",
            "∂L/∂bias = sum(G)",
        ),
        "In eval mode mean and variance are constants: each element has a gradient of its own, no means are taken off.",
    ),
    "NativeLayerNorm": Row((_TWO_MEANS, *_LEARNED), _ZERO.replace("{group}", "row")),
    "NativeGroupNorm": Row((_TWO_MEANS, *_LEARNED), _ZERO.replace("{group}", "sample's group of channels")),
    "FusedRmsNorm": Row(
        ("∂L/∂u = ({g} − x̂ · mean({g} · x̂)) / √(mean(u²) + ε){with g}", _LEARNED[0]),
        "Only the mean square depends on all elements of a row: one mean is taken off, since none was subtracted.",
    ),
    "WeightNormInterface": Row(
        ("∂L/∂u = v / ‖u‖ · (G − u · sum(G · u) / ‖u‖²)", "∂L/∂v = sum(G · u) / ‖u‖"),
        "u is the direction, v the magnitude of each output's weights. What lies along u is taken off: the gradient of "
        "the direction stands at a right angle to it.",
    ),
}
