"""How one call of batch or instance norm wrote its running statistics, in the numbers of one channel."""

from __future__ import annotations

import math

import torch

from explorer.lenses.autograd.wording import number_text
from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.history import Batch, batch_of, channel_of
from explorer.scene.tables import Table

_HEADER = ("", "torch: (1 − m) · old + m · new", "textbook: β · old + (1 − β) · new", "result", "kept by the module")


def momentum_table(call: NormCall, group: int) -> Table | None:
    """Return how a call of batch or instance norm made its new running statistics of the old.

    torch's momentum m is the weight of the new value; the textbook's β is that of the old, so β = 1 − m. The new
    variance is the unbiased one.

    Args:
        call: The call.
        group: The group in focus, whose channel is meant.

    Returns:
        A table; None where the call wrote none, or the batch was too large to be kept.
    """
    if call.kind not in ("batch", "instance") or not call.settings.factor:
        return None
    channel = channel_of(call, group)
    batch = batch_of(call, channel)
    if batch.rows is None or math.isnan(batch.before[0]):
        return None
    new = (batch.mean, batch.unbiased)
    rows = [_row(name, place, batch, new[place]) for place, name in enumerate(("running_mean", "running_var"))]
    return Table(f"Momentum in the numbers of channel {channel}", _HEADER, tuple(rows), note=_note(call, batch))


def _row(name: str, place: int, batch: Batch, new: torch.Tensor) -> tuple[str, ...]:
    old, factor = torch.tensor(batch.before[place], dtype=new.dtype), batch.factor
    result = (1 - factor) * old + factor * new
    a, b = number_text(float(old)), number_text(float(new))
    after = batch.after[place]
    return (
        f"`{name}`",
        f"(1 − {number_text(factor)}) · {a} + {number_text(factor)} · {b}",
        f"{number_text(1 - factor)} · {a} + (1 − {number_text(1 - factor)}) · {b}",
        number_text(float(result)),
        "not known" if math.isnan(after) else number_text(after),
    )


def _note(call: NormCall, batch: Batch) -> str:
    weight, cells = number_text(batch.factor), 0 if batch.rows is None else batch.rows.shape[1]
    asked = getattr(call.module, "momentum", batch.factor)
    averaged = f" `momentum=None` averages: m = 1 / {round(1 / batch.factor)} in this call." if asked is None else ""
    variance = (
        f"The new variance is the unbiased one, {number_text(float(batch.unbiased))} (÷ {cells - 1}); the batch is "
        f"normalised with the biased one, {number_text(float(batch.biased))} (÷ {cells})."
    )
    return f"torch's momentum m = {weight} is the weight of the new value.{averaged} {variance}"
