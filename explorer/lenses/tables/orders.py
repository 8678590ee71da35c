"""What softmax, argmax, sort and topk leave to know: sums, flat indices and equal values."""

from __future__ import annotations

import torch

from explorer.lenses.tables.operation import Operation, recorded
from explorer.lenses.tables.reductions import reduction_of
from explorer.lenses.tables.slices import first_slices, slices_left_out
from explorer.lenses.tables.words import count_text, number_text, shape_text
from explorer.scene.tables import Table

_MOST_ROWS = 6


def normalised(operation: Operation) -> Table | None:
    """Return torch's sums of the first slices of a softmax along its dimension: 1, up to rounding."""
    reduction = reduction_of(operation)
    if operation.op != "softmax" or reduction is None:
        return None
    output = recorded(operation.outputs[0])
    if output is None or not output.numel() or not output.dim():
        return None
    sums = output.sum(reduction.dims, keepdim=True)
    rows = tuple(
        (f"`{index}`", number_text(sums[place])) for index, place in first_slices(output.shape, reduction.dims)
    )
    left = slices_left_out(output.shape, reduction.dims)
    more = f" The other {count_text(left, 'slice')} are not listed." if left else ""
    note = f"Each slice along dim {reduction.dims[0]} sums to 1, up to rounding.{more}"
    return Table("Sums of the result", ("slice", "sum"), rows, (), note)


def unravelled(operation: Operation) -> Table | None:
    """Return what the flat index of `argmax()` without a dimension stands for."""
    reduction = reduction_of(operation)
    if operation.op not in ("argmax", "argmin") or reduction is None or reduction.written:
        return None
    flat, shape = recorded(operation.outputs[0]), reduction.shape
    if flat is None or len(shape) < 2:
        return None
    number = int(flat.item())
    index = [int(part) for part in torch.unravel_index(flat.reshape(()), shape)]
    parts, rest = [], number
    for dim, size in enumerate(shape):
        step = torch.Size(shape[dim + 1 :]).numel()
        parts.append((f"dim {dim}", str(size), f"{rest:,} // {step:,} = {index[dim]}", str(index[dim])))
        rest -= index[dim] * step
    written = f"[{', '.join(map(str, index))}]"
    note = (
        f"Without `dim`, {operation.op} counts through the tensor in row-major order: {number:,} in shape "
        f"{shape_text(shape)} is `{written}`, as `torch.unravel_index` says."
    )
    return Table("The index behind the flat one", ("", "size", "arithmetic", "index"), tuple(parts), (), note)


def ties(operation: Operation) -> Table | None:
    """Return the slices of what was sorted that hold equal values, with what torch promises of their order."""
    reduction = reduction_of(operation)
    if operation.op not in ("sort", "argsort", "topk") or reduction is None:
        return None
    tensor = recorded(operation.inputs[0])
    if tensor is None or not tensor.dim():
        return None
    rows = []
    for index, place in first_slices(tensor.shape, reduction.dims):
        found, counts = torch.unique(tensor[place], return_counts=True)
        rows += [
            (f"`{index}`", number_text(value), count_text(int(count), "time"))
            for value, count in zip(found[counts > 1], counts[counts > 1], strict=True)
        ]
    if not rows:
        return None
    return Table("Equal values", ("slice", "value", "occurs"), tuple(rows[:_MOST_ROWS]), (), _promise(operation))


def _promise(operation: Operation) -> str:
    if operation.op == "topk":
        return "Which of equal values topk takes, and in which order, torch does not promise."
    if operation.keywords.get("stable"):
        return "With `stable=True` equal values keep the order that they had: their indices ascend."
    return "torch promises the order of equal values, and so their indices, only with `stable=True`."
