"""What is particular to a kind of layer."""

from __future__ import annotations

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.words import first_name

_CLOSE = 1e-4


def group_norm(layer: Opened) -> str:
    """Say which other layer groups of one channel, or one group, are."""
    if layer.call.kind != "group":
        return ""
    channels, each = layer.call.input.shape[1], layer.call.settings.blocks[1]
    if each == channels:
        return (
            "One group a sample: the statistics are those of LayerNorm over all but the batch; γ and β go by channel."
        )
    return "One channel a group: the statistics are those of InstanceNorm." if each == 1 else ""


def instance_norm(layer: Opened) -> str:
    """Say that nothing is kept by default."""
    if layer.call.kind != "instance" or layer.call.running_mean is not None:
        return ""
    return "No running statistics are kept (`track_running_stats=False`): train and eval mode do the same."


def root_mean_square(layer: Opened) -> str:
    """Say what no subtraction means."""
    way = layer.way
    if layer.call.kind != "rms" or way is None:
        return ""
    mean = float(way.normalised.mean())
    return f"Nothing is subtracted: the mean of x̂ is {number_text(mean)}, not 0; only the mean of its squares is 1."


def default_eps(layer: Opened) -> str:
    """Say which ε RMSNorm takes where none is given."""
    if layer.call.kind != "rms" or layer.call.given.get("eps") is not None:
        return ""
    dtype = "float64" if layer.call.input.dtype == torch.float64 else "float32"
    return f"No eps is given: torch takes that of {dtype}, {layer.call.settings.eps:g}."


def weight_norm(layer: Opened) -> str:
    """Say what magnitude and direction are."""
    magnitude = layer.values.weight
    if layer.call.kind != "weight" or magnitude is None or not magnitude.numel():
        return ""
    g, norm = float(magnitude.reshape(-1)[0]), float(layer.moments.divisor[0])
    same = (
        " They are equal, so w = v: weight_norm starts from the weight that there was."
        if abs(g - norm) < _CLOSE
        else ""
    )
    return (
        f"The direction v / ‖v‖ has length 1, the magnitude is learned by itself: for {first_name(layer)} ‖v‖ is "
        f"{number_text(norm)} and g is {number_text(g)}.{same}"
    )


def normalize(layer: Opened) -> str:
    """Say what `F.normalize` divides by."""
    if layer.call.kind != "weight" or layer.call.weight is not None:
        return ""
    power, norm = layer.call.settings.power, number_text(float(layer.moments.divisor[0]))
    return f"Each vector is divided by its {power:g}-norm, {norm} for {first_name(layer)}."


def response(layer: Opened) -> str:
    """Say what a cell of LocalResponseNorm is divided by."""
    settings, way = layer.call.settings, layer.way
    if layer.call.kind != "response" or way is None or way.scales is None:
        return ""
    least, most = (f"{float(end):.7g}" for end in torch.aminmax(way.scales))
    before, after = settings.size // 2, (settings.size - 1) // 2
    return (
        f"Each cell is divided by (k + α · mean of squares)^β over channels c − {before} … c + {after}; the mean "
        f"divides by {settings.size} also where channels are missing at the border. With α = {settings.alpha:g} the "
        f"divisors lie between {least} and {most}."
    )


def handmade(layer: Opened) -> str:
    """Say whose mean and which variance a normalisation written by hand takes."""
    call, found = layer.call, layer.moments
    if call.kind != "standard" or found.used_mean is None:
        return ""
    if call.settings.running:
        return "Mean and deviation are those of another tensor, as of training data: the result's own are not 0 and 1."
    if not torch.allclose(found.used_mean, found.mean, rtol=1e-3, atol=1e-5, equal_nan=True):
        used, own = number_text(float(found.used_mean[0])), number_text(float(found.mean[0]))
        return (
            f"What is subtracted from {first_name(layer)} is {used}, and its mean is {own}: the means line up with "
            "another dimension. `keepdim=True` keeps them in place."
        )
    count, correction = found.counts, call.settings.correction
    if correction and count > correction:
        what = "the result" if call.weight is None else "what is multiplied by γ"
        return (
            f"The deviation divides by n − {correction} = {count - correction}: {what} has std() 1, and the biased "
            f"variance {number_text((count - correction) / count)}. Layers of torch divide by n."
        )
    return ""


def outside(layer: Opened) -> str:
    """Say where ε stands."""
    outer = layer.call.settings.outside
    if not outer:
        return ""
    return f"{outer:g} is added to the deviation itself; layers of torch add ε to the variance, under the root."


REMARKS = (
    *(group_norm, instance_norm, root_mean_square, default_eps, weight_norm, normalize, response, handmade, outside),
)
