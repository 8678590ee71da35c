"""Checks of terms against what was recorded: terms that do not give it are not shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from explorer.lenses.relations.cells import Indices
from explorer.scene.relations import Array


def sums(values: Array, counts: Indices) -> Array:
    """Return the sum of each element's terms: float and complex ones in double precision, integers in their own."""
    wide = values
    if values.dtype.kind in "fc":
        wide = values.astype(np.float64 if values.dtype.kind == "f" else np.complex128)
    ends = np.cumsum(counts)
    running = np.concatenate([np.zeros(1, wide.dtype), np.cumsum(wide, dtype=wide.dtype)])
    if wide.dtype.kind in "fc" and counts.size and (counts == counts[0]).all():
        # each sum by itself: a running one loses digits, and carries NaN on
        return np.asarray(wide.reshape(counts.size, int(counts[0])).sum(axis=1))
    if wide.dtype.kind in "fc":
        return _one_by_one(wide, ends)
    return np.asarray(running[ends] - running[ends - counts])


def _one_by_one(values: Array, ends: Indices) -> Array:
    parts = np.split(values, ends[:-1]) if ends.size else []
    return np.array([part.sum() for part in parts], values.dtype)


def adds_up(values: Array, counts: Indices, recorded: Array | None, dtype: torch.dtype) -> bool:
    """Tell whether the sums of terms are what was recorded, but for rounding in `dtype`.

    The bound is that of a sum of n products, n·ε·Σ|term| (Higham, Accuracy and Stability of Numerical Algorithms,
    3.1), doubled. Where nothing was recorded there is nothing to contradict.
    """
    if recorded is None:
        return True
    with np.errstate(all="ignore"):
        total: Any = sums(values, counts)
        if not (dtype.is_floating_point or dtype.is_complex):
            return bool(np.array_equal(total.astype(recorded.dtype), recorded))
        size: Any = sums(np.abs(values), counts)
        bound = 2 * (counts + 1) * torch.finfo(dtype).eps * size + torch.finfo(dtype).tiny
        close = np.abs(total - np.asarray(recorded, total.dtype)) <= bound
        beyond = ~np.isfinite(total) | ~np.isfinite(recorded) | ~np.isfinite(size)
        overflow = ~np.isfinite(recorded) & (np.abs(total) >= torch.finfo(dtype).max / 2)
        return bool(np.all(close | (beyond & ~np.isfinite(total)) | (beyond & overflow)))


def same(arrived: Array, recorded: Array | None) -> bool:
    """Tell whether elements that only moved arrived as they were; NaN is the same as NaN."""
    if recorded is None:
        return True
    return bool(np.array_equal(arrived.astype(recorded.dtype), recorded, equal_nan=recorded.dtype.kind in "fc"))
