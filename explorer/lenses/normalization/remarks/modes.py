"""Train against eval: whose statistics are used, what is kept of them, and how much they vary."""

from __future__ import annotations

import math

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.statistics import plain_moments
from explorer.lenses.normalization.words import first_name


def two_variances(layer: Opened) -> str:
    """Say which variance is used for what."""
    count, found = layer.moments.counts, layer.moments
    if not layer.call.settings.factor or count < 2 or not bool(found.variance[:1].isfinite().all()):
        return ""
    biased, unbiased = (number_text(float(one[0])) for one in (found.variance, found.unbiased))
    return (
        f"Two variances: {first_name(layer)} is normalised with the biased one, {biased} (÷ {count:,}), and "
        f"running_var takes the unbiased one, {unbiased} (÷ {count - 1:,}). torch documents both; it is often reported "
        "as a bug."
    )


def momentum(layer: Opened) -> str:
    """Say what the weight of the new value is."""
    factor, kept = layer.call.settings.factor, layer.values.running_mean
    if not factor or math.isnan(factor) or kept is None or not kept.numel():
        return ""
    if getattr(layer.call.module, "momentum", factor) is None:
        batch = round(1 / factor)
        said = "`momentum=None`: the running statistics are plain averages"
        return f"{said}; this batch, number {batch}, weighs 1/{batch}."
    rest, weight = (f"({text})" if text.startswith("-") else text for text in (number_text(1 - factor), f"{factor:g}"))
    return (
        f"torch's momentum {factor:g} is the weight of the new value, the textbook's that of the old one, "
        f"{number_text(1 - factor)}: running ← {rest} · running + {weight} · new."
    )


def odd_momentum(layer: Opened) -> str:
    """Say what a momentum does that is no weight of an average: torch takes any number."""
    call, after = layer.call, layer.values.next_var
    weight = getattr(call.module, "momentum", None)
    if not call.training or call.running_var is None or weight is None or 0 < weight <= 1:
        return ""
    if weight == 0:
        return "With momentum 0 nothing of a batch is kept: running_mean and running_var stay as they are."
    if math.isnan(weight):
        return "With momentum NaN the running statistics are NaN from now on, and so is every result in eval mode."
    said = (
        f"An average needs a momentum from 0 to 1; {weight:g} gives the old value the weight {number_text(1 - weight)}"
    )
    least = None if after is None or not after.numel() else torch.min(after, 0)
    if least is None or not float(least.values) < 0:
        return f"{said}: the running statistics swing, and running_var can fall below 0, where eval mode gives NaN."
    found = f"{number_text(float(least.values))} in channel {int(least.indices)}"
    return f"{said}, and running_var is {found}: it has no root, so eval mode gives NaN there."


def evaluated(layer: Opened) -> str:
    """Say what running statistics leave of mean 0 and variance 1."""
    call, made = layer.call, layer.way
    if not call.settings.running or call.kind == "standard" or made is None or layer.moments.counts < 2:
        return ""
    mean, variance, _ = plain_moments(by_group(made.normalised, call.settings.blocks)[:1])
    return (
        f"Eval mode: the running statistics are used, not those of this tensor. In {first_name(layer)}, x̂ has the mean "
        f"{number_text(float(mean[0]))} and the variance {number_text(float(variance[0]))}, not 0 and 1."
    )


def untrained(layer: Opened) -> str:
    """Say what eval mode does before any batch was seen."""
    mean, variance = layer.values.running_mean, layer.values.running_var
    if not layer.call.settings.running or layer.trained or mean is None or variance is None:
        return ""
    if bool((mean != 0).any()) or bool((variance != 1).any()):
        return ""
    return (
        "No batch was seen in training mode before: running_mean is 0 and running_var 1, so x̂ is x / √(1 + ε), and "
        "nothing is normalised."
    )


def frozen(layer: Opened) -> str:
    """Say what backward does where the statistics are constants."""
    if not layer.call.settings.running or layer.gradients is None:
        return ""
    return (
        "The statistics are frozen: backward takes them for constants, so both mean terms are missing, and the layer "
        "is a scale and a shift."
    )


def noise(layer: Opened) -> str:
    """Say how far a batch's mean lies from the true one."""
    count = layer.moments.counts
    if (
        layer.call.kind != "batch"
        or layer.call.settings.running
        or count < 2
        or not bool(layer.moments.unbiased[0].isfinite())
    ):
        return ""
    error = number_text(float(layer.moments.unbiased[0].sqrt()) / math.sqrt(count))
    return (
        f"A mean of {count:,} numbers scatters from batch to batch: by about σ / √{count:,} = {error} in "
        f"{first_name(layer)}, if the numbers are independent. Larger batches have less of this noise."
    )


def padded(layer: Opened) -> str:
    """Say what padding does to the statistics of a text batch."""
    if layer.padding is None:
        return ""
    hidden = layer.padding.hidden
    share = f"{int(hidden.sum())} of {hidden.numel()} positions are padding ({layer.padding.known})"
    if layer.call.kind != "batch":
        whole = layer.axes and layer.axes[-1] == "E" and all(block == 1 for block in layer.call.settings.blocks[:-1])
        return f"{share}. Each token has statistics of its own, so they change nothing for the others." if whole else ""
    rows = layer.values.given().movedim(1, -1).reshape(-1, layer.call.input.shape[1])
    kept = rows[~hidden.reshape(-1)][:, :1].T
    if not kept.numel():
        return f"{share}."
    mean, variance, _ = plain_moments(kept)
    found = layer.moments
    every, words = (
        [number_text(float(one[0])) for one in pair] for pair in ((found.mean, found.variance), (mean, variance))
    )
    return (
        f"{share}, and they count: μ of {first_name(layer)} is {every[0]} and σ² is {every[1]}; of the words alone "
        f"they are {words[0]} and {words[1]}."
    )


REMARKS = (evaluated, untrained, frozen, two_variances, momentum, odd_momentum, noise, padded)
