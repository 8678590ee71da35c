"""Variance and standard deviation: the correction, and what it does to this tensor."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch

from explorer.lenses.tables.operation import Operation, recorded
from explorer.lenses.tables.reductions import Reduction, reduction_of
from explorer.lenses.tables.slices import first_slices, slices_left_out
from explorer.lenses.tables.words import count_text, number_text
from explorer.scene.tables import Table

_FUNCTIONS: dict[str, Callable[..., torch.Tensor]] = {
    "var": torch.var,
    "std": torch.std,
    "var_mean": torch.var,
    "std_mean": torch.std,
}


def correction_of(operation: Operation) -> float:
    """Return the correction that a call asked for: what is subtracted from the number of elements; 1 by default."""
    keywords = operation.keywords
    if keywords.get("correction") is not None:
        return float(keywords["correction"])
    unbiased = keywords.get("unbiased")
    if unbiased is None:
        unbiased = next((value for value in operation.arguments[1:3] if type(value) is bool), True)
    return float(unbiased)


def corrected(operation: Operation) -> Table | None:
    """Return variance or deviation of the first slices with correction 1 and 0, as torch computes them.

    The factor between them, n / (n - 1), follows from dividing the same sum of squares by n - 1 or by n (Bessel's
    correction).
    """
    reduction = reduction_of(operation)
    if operation.op not in _FUNCTIONS or reduction is None or reduction.each == 0:
        return None
    tensor = recorded(operation.inputs[0])
    if tensor is None:
        return None
    own = correction_of(operation)
    corrections = sorted({1.0, 0.0, own}, reverse=True)
    spreads = [_spread(operation.op, tensor, reduction.dims, correction) for correction in corrections]
    rows = tuple(
        (f"`{index}`", *(number_text(spread[place]) for spread in spreads))
        for index, place in first_slices(tensor.shape, reduction.dims)
    )
    title = f"{operation.op.removesuffix('_mean')} with and without correction"
    header = ("slice", *(_head(correction, own) for correction in corrections))
    column = 1 + corrections.index(own)
    marks = tuple((row, column) for row in range(len(rows)))
    return Table(title, header, rows, marks, _note(operation, reduction, tensor))


def _spread(op: str, tensor: torch.Tensor, dims: tuple[int, ...], correction: float) -> torch.Tensor:
    with warnings.catch_warnings():
        # of a correction that leaves nothing to divide by; the nan says it
        warnings.simplefilter("ignore")
        return _FUNCTIONS[op](tensor, dims, correction=correction, keepdim=True)


def _head(correction: float, own: float) -> str:
    return f"correction={correction:g}" + (" (this call)" if correction == own else "")


def _note(operation: Operation, reduction: Reduction, tensor: torch.Tensor) -> str:
    n = reduction.each
    left = slices_left_out(tensor.shape, reduction.dims)
    more = f" The other {count_text(left, 'slice')} are not listed." if left else ""
    if n == 1:
        return f"A slice of 1 element: correction 1 divides by 1 - 1 = 0, which is nan.{more}"
    root = operation.op.startswith("std")
    factor = torch.tensor(n / (n - 1), dtype=torch.float64)
    factor = factor.sqrt() if root else factor
    written = f"√({n:,}/{n - 1:,})" if root else f"{n:,}/{n - 1:,}"
    return (
        f"n = {count_text(n, 'element')}: the sum of squares is divided by n - correction. Correction 1 gives "
        f"{written} = {factor.item():.6g} times what correction 0 gives.{more}"
    )
