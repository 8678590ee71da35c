"""What a layer is, in words: `BatchNorm2d(4, momentum=None)`."""

from __future__ import annotations

import torch
from torch import nn

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.handmade import Root

_DEFAULTS: dict[str, object] = {
    "eps": 1e-5,
    "momentum": 0.1,
    "affine": True,
    "track_running_stats": True,
    "elementwise_affine": True,
}
_OWN: dict[str, dict[str, object]] = {
    "InstanceNorm": {"affine": False, "track_running_stats": False},
    "RMSNorm": {"eps": None},
    "LocalResponseNorm": {"alpha": 1e-4, "beta": 0.75, "k": 1.0},
}


def layer_text(call: NormCall) -> str:
    """Return what a layer is, with the parameters that are not torch's own defaults."""
    module = call.module
    if call.by_hand is not None:
        return _by_hand(call.by_hand.root)
    if module is None:
        return getattr(call.call.function, "__name__", call.kind).strip("_")
    name = type(module).__name__
    if call.kind == "weight" and call.owner is not None:
        return f"weight_norm({_owner(call.owner)})"
    return f"{name}({', '.join((_first(module), *_options(module, name)))})"


def _by_hand(root: Root) -> str:
    """Return what was written by hand as a formula: `(x − mean) / √(var + 1e-05)`."""
    variance = "var" if root.variance is not None else ""
    inside = f"√({variance} + {root.eps:g})" if root.eps else f"√{variance}"
    deviation = "std" if not variance else inside if root.inside else f"√{variance}"
    return f"(x − mean) / ({deviation} + {root.eps:g})" if not root.inside else f"(x − mean) / {deviation}"


def _owner(module: nn.Module) -> str:
    """Return the module whose weight is normalised: `Linear(5, 3)`, `Conv2d(1, 6, 5)`."""
    names = ("in_features", "out_features", "in_channels", "out_channels", "kernel_size")
    found = [getattr(module, name) for name in names if hasattr(module, name)]
    short = [one[0] if isinstance(one, tuple) and len(set(one)) == 1 else one for one in found]
    return f"{type(module).__name__.removeprefix('Parametrized')}({', '.join(map(str, short))})"


def _first(module: nn.Module) -> str:
    """Return the positional parameters of a layer."""
    for names in (("num_features",), ("num_groups", "num_channels"), ("normalized_shape",), ("size",)):
        if hasattr(module, names[0]):
            return ", ".join(_text(getattr(module, name)) for name in names)
    return ""


def _options(module: nn.Module, name: str) -> list[str]:
    """Return the keyword parameters that differ from their defaults."""
    own = next((values for start, values in _OWN.items() if name.startswith(start)), {})
    known = {**_DEFAULTS, **own}
    found = [
        f"{key}={_text(getattr(module, key))}"
        for key, default in known.items()
        if hasattr(module, key) and getattr(module, key) != default
    ]
    scaled = isinstance(getattr(module, "weight", None), torch.Tensor)
    without_bias = isinstance(module, nn.LayerNorm) and scaled and module.bias is None
    return [*found, "bias=False"] if without_bias else found


def _text(value: object) -> str:
    """Return a parameter as the program would write it: `[4, 3]`, and a tuple of one as its number."""
    if isinstance(value, tuple):
        return str(value[0]) if len(value) == 1 else str(list(value))
    return f"{value:g}" if isinstance(value, float) else str(value)
