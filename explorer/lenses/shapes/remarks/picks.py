"""Remarks on operations that pick elements by index or mask, or write to the places that an index names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explorer.lenses.shapes.remarks.remark import Remark, Rule, dim_of
from explorer.lenses.tables.operation import recorded
from explorer.lenses.tables.words import count_text

if TYPE_CHECKING:
    from explorer.lenses.tables.operation import Operation

_LAST_WINS = "Where an index names one place twice, one of the two values stays: torch does not say which."
_SUMS = "Where an index names one place several times, all of them are added there."


def _gathered(operation: Operation) -> Remark | None:
    dim = dim_of(operation, place=2 if operation.op == "take_along_dim" else 1)
    if dim is None:
        return Remark("The index counts through all elements of the input as if it were flat.")
    letters = "ijklmn"[: len(operation.outputs[0].shape)]
    inside = ", ".join("index" if d == dim else letter for d, letter in enumerate(letters))
    return Remark(
        f"Cell [{', '.join(letters)}] is read from place [{inside}]: the index decides in dimension {dim} alone.",
        "The result has the shape of the index, not of the input.",
    )


def _scattered(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None:
        return None
    adds = "add" in operation.op or operation.argument(4, "reduce") is not None
    done = "is combined with what stands at" if adds else "is written to"
    count = operation.inputs[1].numel if len(operation.inputs) > 1 else 0
    said = f"Each of {count_text(count, 'value')} {done} the place that its index names in dimension {dim}."
    return Remark(said, _SUMS if "add" in operation.op else "" if adds else _LAST_WINS)


def _index_added(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None or len(operation.inputs) < 2:
        return None
    count = operation.inputs[1].numel
    return Remark(
        f"{count_text(count, 'slice')} are added to the slices of dimension {dim} that the index names.", _SUMS
    )


def _index_selected(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None:
        return None
    given, made = operation.inputs[0].shape, operation.outputs[0].shape
    return Remark(f"In dimension {dim} the index picks {made[dim]} of {given[dim]} slices; they may repeat.")


def _taken(operation: Operation) -> Remark:
    count = operation.inputs[0].numel
    return Remark(f"The index counts through the {count_text(count, 'element')} as if the input were flat.")


def _masked(operation: Operation) -> Remark:
    rank = max(len(state.shape) for state in operation.inputs)
    aligned = [(1,) * (rank - len(state.shape)) + state.shape for state in operation.inputs]
    places = math.prod(max(sizes) if min(sizes) else 0 for sizes in zip(*aligned, strict=True))
    return Remark(
        f"The mask is True in {operation.outputs[0].numel:,} of {places:,} places.",
        "The result has one dimension: how many elements are True depends on the values.",
    )


def _where(operation: Operation) -> Remark | None:
    if len(operation.arguments) + len(operation.keywords) < 2:
        return _nonzero(operation)
    mask = recorded(operation.inputs[0])
    if mask is None:
        return None
    picked = int(mask.count_nonzero())
    return Remark(
        f"The condition is True in {picked:,} of {mask.numel():,} places: they take the first value, others the other.",
        "Both values are computed everywhere; where only picks.",
    )


def _nonzero(operation: Operation) -> Remark | None:
    mask = recorded(operation.inputs[0])
    if mask is None:
        return None
    found, rank = int(mask.count_nonzero()), len(operation.inputs[0].shape)
    what = f"{count_text(found, 'element')} of {mask.numel():,} {'is' if found == 1 else 'are'} not zero"
    if len(operation.outputs) > 1 or operation.op == "where":
        return Remark(f"{what}; there is one tensor of indices for each of {count_text(rank, 'dimension')}.")
    return Remark(f"{what}; each row of the result is one index, with {count_text(rank, 'number')}.")


PICKS: dict[str, Rule] = {
    **dict.fromkeys(("gather", "take_along_dim"), _gathered),
    **dict.fromkeys(("scatter", "scatter_add", "scatter_reduce"), _scattered),
    "index_add": _index_added,
    "index_select": _index_selected,
    "take": _taken,
    "masked_select": _masked,
    "where": _where,
    "nonzero": _nonzero,
    "argwhere": _nonzero,
}
