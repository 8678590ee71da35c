"""How many numbers share statistics, and what follows from few of them, or from nearly equal ones."""

from __future__ import annotations

import math

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.words import first_name, own_axes, share_of, whole_axes

_MOST_FOR_EPS = 9.0
_FAR_BELOW = 100.0


def shared(layer: Opened) -> str:
    """Say how many numbers are one group."""
    count, groups = layer.moments.counts, layer.moments.mean.shape[0]
    if not groups or count < 2 or layer.call.settings.running:
        return ""
    made_of = whole_axes(layer)
    product = f": {made_of}" if made_of else ""
    more = f" There are {groups:,} groups." if groups > 1 else ""
    return f"{count:,} numbers share the {share_of(layer.call.kind)} of {first_name(layer)}{product}.{more}"


def alone(layer: Opened) -> str:
    """Say what becomes of a group of one number."""
    if layer.moments.counts != 1 or layer.moments.used_mean is None or layer.call.settings.running:
        return ""
    end = "β" if layer.call.bias is not None else "0"
    return f"Each group has one number, which is its own mean: x − μ is 0 everywhere, so each result is {end}."


def learned(layer: Opened) -> str:
    """Say what γ and β vary along, where that is not what the groups go by."""
    call, settings = layer.call, layer.call.settings
    if call.weight is None or call.kind not in ("layer", "rms", "group", "instance"):
        return ""
    both = "γ and β have" if call.bias is not None else "γ has"
    along = " × ".join(f"{layer.axes[place] or f'dim {place}'} {call.input.shape[place]}" for place in settings.affine)
    numbers = f"{call.weight.numel:,} number{'' if call.weight.numel == 1 else 's'}"
    each = " each" if call.bias is not None else ""
    own = own_axes(layer)
    if not own:
        return ""
    return (
        f"Statistics go by {own}, learned numbers do not: {both} {numbers}{each} ({along}), the same for all samples."
    )


def constant(layer: Opened) -> str:
    """Say what ε does where the numbers of a group are nearly equal."""
    variance, eps = layer.moments.used_variance, layer.call.settings.eps
    if variance is None or not eps or layer.moments.counts < 2:
        return ""
    least, number = torch.min(variance, 0)
    name = _name(layer, int(number))
    if float(least) < 0:
        return f"The running variance of {name} is {number_text(float(least))}: it has no root, so its results are NaN."
    if layer.call.kind != "rms" and float(least) == 0.0:
        return f"All numbers of {name} are equal: σ² is 0, and ε = {eps:g} alone keeps 0 / 0 away, so x̂ is 0."
    if not float(least) < _MOST_FOR_EPS * eps:
        return ""
    found = float((least / (least + eps)).sqrt())
    beside = "of the size of" if float(least) * _FAR_BELOW > eps else "far below"
    return (
        f"σ² of {name} is {number_text(float(least))}, {beside} ε = {eps:g}: there √(σ² + ε) is "
        f"{number_text(float((least + eps).sqrt()))}, and x̂ gets the deviation {number_text(found)}, not 1."
    )


def not_finite(layer: Opened) -> str:
    """Say what one NaN or infinity in x makes of its group."""
    blocks = layer.call.settings.blocks
    if not blocks or layer.call.settings.running or layer.call.kind in ("weight", "standard"):
        return ""
    if bool(layer.moments.mean.isfinite().all()):  # one number that is not would have spoiled its group's mean
        return ""
    wrong = ~by_group(layer.values.given(), blocks).isfinite()
    spoiled, count = wrong.any(1), int(wrong.sum())
    if not count:
        return ""
    name, others = _name(layer, int(spoiled.nonzero()[0])), int(spoiled.sum()) - 1
    more = f" and {others:,} more" if others else ""
    left = len(spoiled) - others - 1
    end = f" The other {left:,} {'is' if left == 1 else 'are'} as before." if left else ""
    are = "number of x is" if count == 1 else "numbers of x are"
    return f"{count:,} {are} NaN or infinite: that spoils the statistics of {name}{more}, and all results there.{end}"


def _name(layer: Opened, number: int) -> str:
    return layer.names[number] if number < len(layer.names) else f"group {number}"


def not_a_number(layer: Opened) -> str:
    """Say what an ε that is NaN makes of all results."""
    if layer.moments.used_variance is None or not math.isnan(layer.call.settings.eps):
        return ""
    return "ε is NaN, and so is the root that each number is divided by: all results are NaN. torch's own is 1e-5."


def two_values(layer: Opened) -> str:
    """Say what becomes of a group that is half one number and half another: −1 and 1."""
    settings = layer.call.settings
    if layer.call.kind not in ("batch", "layer", "instance", "group") or settings.running:
        return ""
    cells = by_group(layer.values.given(), settings.blocks)[0]
    low, high = (float(end) for end in torch.aminmax(cells))
    if not low < high or any(2 * int((cells == end).sum()) != cells.numel() for end in (low, high)):
        return ""
    mean, variance = (number_text(float(one[0])) for one in (layer.moments.mean, layer.moments.variance))
    root = number_text(float(layer.moments.variance[0].sqrt()))
    return (
        f"Half of {first_name(layer)} is {low:g}, the other half {high:g}: E[x] = {mean}, Var = {variance}, so each "
        f"number becomes (x − {mean}) / √({variance} + ε) = −1 or 1. {root} is σ, the root of Var: to write it for Var "
        "and take the root once more is a common slip."
    )


REMARKS = (shared, alone, learned, constant, not_finite, not_a_number, two_values)
