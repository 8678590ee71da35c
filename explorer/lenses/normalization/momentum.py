"""How one call of batch or instance norm wrote its running statistics, in the numbers of one channel."""

from __future__ import annotations

import math

import torch

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.history import Batch, batch_of, channel_of
from explorer.lenses.normalization.values import Values
from explorer.lenses.normalization.wording import number
from explorer.scene.tables import Table

_NAMES = ("running_mean", "running_var")


def momentum_table(call: NormCall, group: int, values: Values | None = None) -> Table | None:
    """Return how a call of batch or instance norm made its new running statistics of the old.

    torch's momentum m is the weight of the new value; the textbook's β is that of the old, so β = 1 − m. The new
    variance is the unbiased one.

    Args:
        call: The call.
        group: The group in focus, whose channel is meant.
        values: The tensors of the call, where they are known.

    Returns:
        A table; None where the call wrote none, or the batch was too large to be kept.
    """
    if call.kind not in ("batch", "instance") or not call.settings.factor:
        return None
    channel = channel_of(call, group)
    batch = batch_of(call, channel, values)
    if batch.rows is None or math.isnan(batch.before[0]):
        return None
    new = (batch.mean, batch.unbiased)
    columns = [_column(place, batch, new[place]) for place in range(len(_NAMES))]
    heads = (f"torch, m = {number(batch.factor)}", f"textbook, β = {number(1 - batch.factor)}")
    rows = zip((*heads, "result", "kept by the module"), *columns, strict=True)
    header = ("momentum", *(f"`{name}`" for name in _NAMES))
    title = " ".join(("Momentum", *(["of", call.label] if call.label else []), f"in the numbers of channel {channel}"))
    return Table(title, header, tuple(rows), note=_note(call, batch))


def _column(place: int, batch: Batch, new: torch.Tensor) -> tuple[str, ...]:
    """Return one of the two statistics: in torch's way, in the textbook's, what comes out, and what was kept."""
    old, factor = torch.tensor(batch.before[place], dtype=new.dtype), batch.factor
    m, rest, before, after = number(factor), number(1 - factor), _factor(old), _factor(new)
    return (
        f"(1 − {m}) · {before} + {m} · {after}",
        f"{rest} · {before} + (1 − {rest}) · {after}",
        number((1 - factor) * old + factor * new),
        "not known" if math.isnan(batch.after[place]) else number(batch.after[place]),
    )


def _factor(value: torch.Tensor) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _note(call: NormCall, batch: Batch) -> str:
    cells = 0 if batch.rows is None else batch.rows.shape[1]
    asked = getattr(call.module, "momentum", batch.factor)
    averaged = f" `momentum=None` averages: m = 1 / {round(1 / batch.factor)} in this call." if asked is None else ""
    variance = (
        f"The new variance is the unbiased one, {number(batch.unbiased)} (÷ {cells - 1}); the batch is "
        f"normalised with the biased one, {number(batch.biased)} (÷ {cells})."
    )
    weights = (
        "torch's momentum m is the weight of the new value: (1 − m) · old + m · new. The textbook's β = 1 − m is that "
        "of the old: β · old + (1 − β) · new."
    )
    return f"{weights}{averaged} {variance}"
