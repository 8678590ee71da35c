"""Columns that `Fold` cannot put together: too many numbers in one, or not one for each window."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import torch
from torch import nn

from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.sliding import Sliding, number_text, spread, times_text
from explorer.program.explain.text import count_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_WINDOW: Final = ("kernel_size", "dilation", "padding", "stride")
_PLAIN: Final = {"kernel_size": 1, "dilation": 1, "padding": 0, "stride": 1}
# on the CPU, on meta
_BLOCKS = (
    r"calculated number of sliding blocks|shape of the array of sliding blocks (as|is)"
    r"|expected input\.size\(-1\) to be \d+ but got"
)


def explain_fold_dimensions(sliding: Sliding) -> Explanation | None:
    """Explain columns with too few or too many dimensions."""
    given = len(sliding.shape)
    if sliding.kind.lower() != "fold" or given in (2, 3) or not sliding.shape:
        return None
    data = sliding.fault.argument(0, "input")
    changes = [f".flatten({given - 2})", ".squeeze(1)", ".squeeze(0)"] if given > 3 else [".unsqueeze(1)"]
    return Explanation(
        f"{sliding.title} reads columns: a batch, the numbers of a column, the columns, 3 dimensions, or without the "
        f"batch, 2. {sliding.has_shape()}: {count_text(given, 'dimension')}.",
        "Unfold gives columns of that shape; `.squeeze(1)` removes a dimension of size 1."
        if given > 3
        else "Unfold gives columns of that shape; `.unsqueeze(1)` adds a dimension of size 1.",
        sliding.fault.fixes(lambda: sliding.fault.with_methods(data, *changes)),
    )


def explain_fold(sliding: Sliding) -> Explanation | None:
    """Explain columns that are not as many as the windows of the folded result."""
    if sliding.kind.lower() != "fold" or not sliding.fault.matches(_BLOCKS):
        return None
    size, columns = sliding.each("output_size"), sliding.shape[-1]
    kernel, dilation, padding, stride = (sliding.each(name) for name in _WINDOW)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    counts = [(n + 2 * p - e) // s + 1 for n, p, e, s in zip(size, padding, spans, stride, strict=True)]

    def changes() -> Iterator[Change]:
        yield from _as_unfolded(sliding)
        factors = [(rows, columns // rows) for rows in range(1, columns + 1) if columns % rows == 0]
        for wanted in sorted(factors, key=lambda pair: abs(pair[0] - pair[1])):
            sizes = [(c - 1) * s + e - 2 * p for c, e, p, s in zip(wanted, spans, padding, stride, strict=True)]
            yield from sliding.with_setting("output_size", number_text(sizes))

    spanned = f" (with dilation {number_text(dilation)}: {times_text(spans)})" if spans != kernel else ""
    there_are = (
        f"with kernel {times_text(kernel)}{spanned} and stride {number_text(stride)} that is {times_text(counts)} = "
        f"{count_text(math.prod(counts), 'window')}, a column for each"
        if min(counts) > 0
        else f"its window of {times_text(kernel)}{spanned} does not fit into that"
    )
    return Explanation(
        f"{sliding.title} makes {times_text(size)}: {there_are}. {sliding.has_shape()}: "
        f"{count_text(columns, 'column')}.",
        f"output_size must be one with {count_text(columns, 'window')}.",
        sliding.fault.fixes(changes),
        ((0, len(sliding.shape) - 1),),
    )


def explain_columns(sliding: Sliding) -> Explanation | None:
    """Explain columns that no number of channels times a window has."""
    if sliding.kind.lower() != "fold" or not sliding.fault.matches("divisible by the product of kernel_size"):
        return None
    kernel, rows = sliding.each("kernel_size"), sliding.shape[-2]
    cells = math.prod(kernel)
    return Explanation(
        f"{sliding.title} makes a window of {times_text(kernel)} = {cells} cells of each column, for each channel. "
        f"{sliding.has_shape()}: {count_text(rows, 'number')} a column, and {rows} / {cells} leaves {rows % cells}.",
        f"The input must have a multiple of {cells} in dimension {len(sliding.shape) - 2}.",
        sliding.fault.fixes(lambda: _as_unfolded(sliding)),
        dimensions=((0, len(sliding.shape) - 2),),
    )


def _as_unfolded(sliding: Sliding) -> Iterator[Change]:
    """Yield the program with the window of an unfolding of its own, which may have made the columns."""
    own = {name: sliding.each(name) for name in _WINDOW}
    for theirs in _unfoldings(sliding.fault):
        yield from sliding.change({n: number_text(theirs[n]) for n in _WINDOW if theirs[n] != own[n]})


def _unfoldings(fault: Fault) -> Iterator[Mapping[str, list[int]]]:
    """Yield the windows of the program's `nn.Unfold` layers and of its calls of `F.unfold`."""
    for module in dict.fromkeys(one for one in fault.names.values() if isinstance(one, nn.Unfold)):
        yield {name: spread(getattr(module, name), 2) for name in _WINDOW}
    for call in (node for node in ast.walk(fault.text.tree) if isinstance(node, ast.Call)):
        if fault.value(call.func) is torch.nn.functional.unfold:
            given = {key.arg: key.value for key in call.keywords if key.arg}
            given.update(zip(_WINDOW, call.args[1:], strict=False))
            values = {name: fault.value(given[name]) for name in _WINDOW if name in given}
            if UNKNOWN not in values.values():
                yield {name: spread(values.get(name, _PLAIN[name]), 2) for name in _WINDOW}


FOLDING = (explain_fold_dimensions, explain_fold, explain_columns)
"""What explains columns that do not fit."""
