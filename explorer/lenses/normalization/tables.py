"""The statistics of each group as a table."""

from __future__ import annotations

import math

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.scene.tables import Table

MOST_ROWS = 48
_HEADS = {
    "count": "numbers",
    "mean": "μ",
    "variance": "σ² biased (÷ n)",
    "unbiased": "σ² unbiased (÷ (n − 1))",
    "divisor": "√(σ² + ε)",
}


def statistics_table(layer: Opened) -> Table | None:
    """Return the statistics of each group; None of a layer without groups.

    Args:
        layer: The call.
    """
    groups = layer.moments.mean.shape[0]
    if not groups or layer.way is None:
        return None
    columns = _columns(layer)
    rows = tuple(
        (
            layer.names[number] if number < len(layer.names) else f"group {number}",
            *(text[number] for text in columns.values()),
        )
        for number in range(min(groups, MOST_ROWS))
    )
    more = f" The first {MOST_ROWS} of {groups:,} groups are listed." if groups > MOST_ROWS else ""
    return Table(f"Statistics of {layer.call.label}", ("group", *columns), rows, note=f"{_note(layer)}{more}".strip())


def _columns(layer: Opened) -> dict[str, list[str]]:
    """Return the columns beside the group's name: their heads, and their texts."""
    found, kind = layer.moments, layer.call.kind
    columns = {
        _HEADS["count"]: [f"{found.counts:,}"] * MOST_ROWS,
        _HEADS["mean"]: _texts(found.mean),
        _HEADS["variance"]: _texts(found.variance),
        _HEADS["unbiased"]: _texts(found.unbiased),
    }
    if kind == "rms":
        columns["mean of squares"] = _texts(found.used_variance)
    if kind == "weight":
        columns["norm ‖v‖"] = _texts(found.divisor)
    elif layer.call.settings.running:
        columns |= {"mean used": _texts(found.used_mean), "divisor used": _texts(found.divisor)}
    else:
        columns[_HEADS["divisor"] if kind != "rms" else "√(mean of squares + ε)"] = _texts(found.divisor)
    return columns | _of_results(layer) | _kept(layer)


def _of_results(layer: Opened) -> dict[str, list[str]]:
    """Return mean and variance of the cells of each group after the layer."""
    made = layer.values.output
    if made is None or layer.call.kind == "weight" or not made.numel():
        return {}
    variance, mean = torch.var_mean(by_group(made.double(), layer.call.settings.blocks)[:MOST_ROWS], 1, correction=0)
    return {"mean of y": _texts(mean), "σ² of y (÷ n)": _texts(variance)}


def _kept(layer: Opened) -> dict[str, list[str]]:
    """Return the running statistics before and after; of instance norm all samples share those of a channel."""
    values = layer.values
    columns = {}
    for head, before, after in (
        ("running_mean", values.running_mean, values.next_mean),
        ("running_var", values.running_var, values.next_var),
    ):
        if before is not None and after is not None:
            times = -(-layer.moments.mean.shape[0] // max(before.shape[0], 1))
            pairs = zip(_texts(before.repeat(times)), _texts(after.repeat(times)), strict=True)
            columns[head] = [one if one == other else f"{one} → {other}" for one, other in pairs]
    return columns


def _texts(values: torch.Tensor | None) -> list[str]:
    """Return the first numbers as texts."""
    if values is None:
        return ["—"] * MOST_ROWS
    return ["—" if math.isnan(number) else number_text(number) for number in values[:MOST_ROWS].tolist()]


def _note(layer: Opened) -> str:
    """Say which of the variances is used for what."""
    kind, running = layer.call.kind, layer.call.settings.running
    if kind in ("batch", "instance") and running:
        return "Eval mode: the running statistics are used; those of this tensor are listed to compare."
    if kind in ("batch", "instance") and layer.call.settings.factor:
        return "The biased variance normalises this tensor; the unbiased one goes into running_var."
    if kind in ("batch", "instance", "layer", "group"):
        return "The biased variance normalises."
    return ""
