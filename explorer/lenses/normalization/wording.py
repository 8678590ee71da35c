"""Numbers in the sentences and tables of normalisations."""

from __future__ import annotations

import torch

from explorer.lenses.autograd.wording import number_text


def number(value: float | torch.Tensor) -> str:
    """Write a number with at most 4 significant digits and a true minus: `−0.25`, `1.3e−06`, `nan`."""
    return number_text(float(value)).replace("-", "−")
