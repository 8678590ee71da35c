"""What can be read off the results: their variance, and that the scale of x is forgotten."""

from __future__ import annotations

import torch

from explorer.lenses.convolution.checks import compared
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.replay import again
from explorer.lenses.normalization.words import first_name

_MOST_SHOWN = 500
_MOST_CELLS = 32_768
_TEN = 10.0
_SMALL = 0.01


def variance_read(layer: Opened) -> str:
    """Say why `var()` of the results is not 1."""
    made, count, settings = layer.values.output, layer.moments.counts, layer.call.settings
    subtracts = layer.call.kind in ("batch", "layer", "instance", "group") and not settings.running
    if made is None or not subtracts or not 1 < count <= _MOST_SHOWN or not _unchanged(layer):
        return ""
    cells = by_group(made.double(), settings.blocks)[0]
    read, ratio = float(cells.var(correction=1)), count / (count - 1)
    if not abs(read - ratio) <= 1e-3:  # also where it is NaN
        return ""
    reason = f"it divides by {count - 1}, the layer by {count}, and {count}/{count - 1} = {ratio:.4f}"
    return f"{_written(layer)} reads {read:.4f} for {first_name(layer)}, not 1: {reason}."


def _written(layer: Opened) -> str:
    """Return how that variance is written: `y.var((0, 2, 3))`, where a group goes over whole dimensions."""
    blocks, shape = layer.call.settings.blocks, layer.call.input.shape
    along = [place for place, (block, size) in enumerate(zip(blocks, shape, strict=True)) if block == size and size > 1]
    if any(1 < block < size for block, size in zip(blocks, shape, strict=True)) or not along or not layer.result:
        return "`var()` of the result"
    dims = str(along[0]) if len(along) == 1 else f"({', '.join(map(str, along))})"
    return f"`{layer.result}.var({dims})`"


def _unchanged(layer: Opened) -> bool:
    """Tell whether γ and β change nothing."""
    weight, bias = layer.values.weight, layer.values.bias
    return not (weight is not None and bool((weight != 1).any())) and not (bias is not None and bool(bias.any()))


def scale_forgotten(layer: Opened) -> str:
    """Say by how much the results differ for ten times the input."""
    values, call = layer.values, layer.call
    normalises = call.kind in ("batch", "layer", "instance", "group", "rms", "weight") and not call.settings.running
    if not normalises or values.input is None or values.output is None or call.input.numel > _MOST_CELLS:
        return ""
    with torch.no_grad():
        result = again(call, values, _TEN * values.input)
    if result is None:
        return ""
    if not bool(values.output.isfinite().all()) or not bool(values.output.any()):
        return ""
    gap = compared("", result, values.output, "").difference
    weighs = call.kind == "weight" and call.weight is not None
    end = "" if call.kind == "weight" else ": the scale of the weights before it does not matter"
    if gap > _SMALL * float(values.output.abs().max()):
        return f"Ten times x gives another result, by up to {gap:.2g}: ε = {call.settings.eps:g} is not small here."
    same = "exactly the same result" if gap == 0.0 else f"the same result but for {gap:.2g}"
    return f"Ten times {'v' if weighs else 'x'} gives {same}{end}."


def precision(layer: Opened) -> str:
    """Say in which dtype torch computes."""
    dtype = layer.call.input.dtype
    if dtype not in (torch.float16, torch.bfloat16):
        return ""
    name = str(dtype).removeprefix("torch.")
    return f"The input is {name}; statistics and steps are computed in float32, as torch does."


REMARKS = (variance_read, scale_forgotten, precision)
