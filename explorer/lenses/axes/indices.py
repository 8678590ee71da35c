"""Names of dimensions through the index operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from explorer.lenses.axes.carry import Names
    from explorer.trace.calls import Call


def through_index(call: Call, names: Names) -> Names:
    """Carry names through `x[…]`: slices keep a dimension, numbers take one out, None adds one without a name.

    One list or 1-d tensor of indices keeps the dimension that it picks from; several indices, masks, and tensors of
    other ranks carry nothing.
    """
    if len(call.arguments) != 2:
        return ()
    index = call.arguments[1]
    items = list(index) if isinstance(index, tuple) else [index]
    picks = [item for item in items if _picks(item)]
    if len(picks) > 1 or any(_rank(item) != 1 for item in picks):
        return ()
    return _walk(_spelled_out(items, len(names)), names)


def _walk(items: list[Any], names: Names) -> Names:
    found: list[str] = []
    left = list(names)
    for item in items:
        if item is None:
            found.append("")
        elif not left:
            return ()
        elif isinstance(item, slice) or _picks(item):
            found.append(left.pop(0))
        else:
            left.pop(0)
    return (*found, *left)


def _spelled_out(items: list[Any], rank: int) -> list[Any]:
    """Return the items with whole slices in place of `...`."""
    place = next((n for n, item in enumerate(items) if item is Ellipsis), None)
    if place is None:
        return items
    missing = rank - sum(item is not None and item is not Ellipsis for item in items)
    return [*items[:place], *[slice(None)] * missing, *items[place + 1 :]]


def _picks(item: object) -> bool:
    """Tell whether an item picks several indices; a tensor of rank 0 is a number."""
    return isinstance(item, bool | list | tuple | range) or (isinstance(item, torch.Tensor) and item.dim() > 0)


def _rank(item: object) -> int:
    """Return the rank of a picking item; -1 for masks and for what is not known."""
    if isinstance(item, torch.Tensor):
        return -1 if item.dtype == torch.bool else item.dim()
    if isinstance(item, list | tuple | range):
        return 1 if all(isinstance(one, int) and not isinstance(one, bool) for one in item) else -1
    return -1
