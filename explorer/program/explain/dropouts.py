"""Dropout with a p that is no share of the cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.model import Explanation

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_REFUSED = r"dropout probability has to be between 0 and 1, but got (-?[\d.]+(?:e[+-]?\d+)?|-?inf|nan)"
_LEAST_PERCENT = 5  # nobody means 2 % by p=2
_COMPARED = r"'<' not supported between instances of '(\w+)' and 'int'"


def explain_dropout(fault: Fault) -> Explanation | None:
    """Explain a p that is no number from 0 to 1; None for anything else."""
    layer = layer_of(fault)
    dropout = layer if layer is not None and isinstance(layer.module, nn.modules.dropout._DropoutNd) else None
    refused = fault.matches(_REFUSED)
    if refused is None and (dropout is None or fault.matches(_COMPARED) is None):
        return None
    given = made_with(dropout).get("p") if dropout is not None else None
    shown = repr(given) if refused is None else refused[1]
    number = float(refused[1]) if refused is not None else _number(given)
    title = _title(fault, dropout)
    what = "is no number" if refused is None else "lies outside"
    percent = f" {number:g} % is {number / 100:g}." if number is not None and _is_percentage(number) else ""
    return Explanation(
        f"{title} gets p={shown}. p is the share of the cells that are set to 0, a number from 0 to 1, and "
        f"{shown} {what}.{percent}",
        "p=0.5 sets half of the cells to 0, p=0 none.",
        fault.fixes(lambda: _changes(fault, dropout, number)),
    )


def _is_percentage(number: float) -> bool:
    return _LEAST_PERCENT <= number <= 100


def _title(fault: Fault, dropout: Layer | None) -> str:
    if dropout is not None:
        return type(dropout.module).__name__ if made_with(dropout) else dropout.title
    return fault.text.text(fault.call.func) if fault.call is not None else "dropout"


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _changes(fault: Fault, dropout: Layer | None, number: float | None) -> Iterator[Change]:
    """Yield the program with the share that was probably meant, then with one half."""
    meant = [] if number is None else [number / 100 if _is_percentage(number) else abs(number)]
    for share in dict.fromkeys([*(one for one in meant if 0 <= one <= 1), 0.5]):
        if dropout is not None:
            yield from with_arguments(dropout, {"p": f"{share:g}"})
            continue
        written = fault.argument(1, "p")
        if isinstance(written, ast.expr):
            yield f"p={share:g}", fault.text.replaced((fault.text.span(written), f"{share:g}"))
