"""Remarks on products, reductions and what runs along a dimension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from explorer.lenses.shapes.remarks.remark import Remark, Rule, dim_of
from explorer.lenses.tables.words import count_text, list_text

if TYPE_CHECKING:
    from explorer.lenses.tables.operation import Operation


def _product(operation: Operation) -> Remark | None:
    if len(operation.inputs) < 2 or not operation.inputs[0].shape:
        return None
    inner = operation.inputs[0].shape[-1]
    count = operation.outputs[0].numel
    subject = "The one element" if count == 1 else f"Each of {count:,} elements"
    return Remark(
        f"{subject} is the sum of {count_text(inner, 'product')}: a row times a column.",
        f"{count * inner:,} multiplications in all.",
    )


def _einsum(operation: Operation) -> Remark | None:
    equation = operation.argument(0, "equation")
    if not isinstance(equation, str) or "->" not in equation or "." in equation:
        return None
    left, _, right = equation.replace(" ", "").partition("->")
    summed = [letter for letter in dict.fromkeys(left.replace(",", "")) if letter not in right]
    if not summed:
        return Remark("No letter is summed: the elements are multiplied and put in order.")
    sizes = {
        letter: size
        for letters, state in zip(left.split(","), operation.inputs, strict=False)
        for letter, size in zip(letters, state.shape, strict=False)
    }
    count = math.prod(sizes.get(letter, 1) for letter in summed)
    return Remark(
        f"{list_text([f'`{letter}`' for letter in summed])} {'is' if len(summed) == 1 else 'are'} missing on the right"
        f" and summed: {count_text(count, 'term')} for each element of the result."
    )


def _reduced(operation: Operation) -> Remark | None:
    given, made = operation.inputs[0], operation.outputs[0]
    if len(operation.inputs) > 1 or given.numel < 2 or made.numel == 0 or made.numel > given.numel:
        return None
    each = given.numel // made.numel
    if made.numel == 1:
        return Remark(f"All {count_text(given.numel, 'element')} go into one number.")
    dim = dim_of(operation)
    gone = "The reduced dimensions" if dim is None else f"Dimension {dim} of size {given.shape[dim]}"
    kept = len(made.shape) == len(given.shape)
    verb = "stay" if dim is None else "stays"
    said = f"{gone} {f'{verb} with size 1' if kept else 'disappear' if dim is None else 'disappears'}"
    return Remark(
        f"{said}: each of {count_text(made.numel, 'element')} is made from {count_text(each, 'element')}.",
        ""
        if dim is None
        else f"dim={dim} names the dimension that the numbers are taken along, not the one that is kept.",
    )


def _running(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None:
        return None
    word = {"cumsum": "sum", "cumprod": "product", "cummax": "largest", "cummin": "smallest"}.get(operation.op, "total")
    return Remark(f"Each element is the {word} of all up to it along dimension {dim}; the last one is that of all.")


def _sorted(operation: Operation) -> Remark | None:
    dim = dim_of(operation, default=-1)
    if dim is None:
        return None
    return Remark(
        f"Along dimension {dim} the {operation.inputs[0].shape[dim]} elements of each slice are put in order.",
        "The indices say where each of them stood; unless stable=True, equal elements may change places.",
    )


def _top(operation: Operation) -> Remark | None:
    dim = dim_of(operation, place=2, default=-1)
    if dim is None:
        return None
    given, made = operation.inputs[0].shape, operation.outputs[0].shape
    which = "largest" if operation.argument(3, "largest", default=True) else "smallest"
    return Remark(
        f"Along dimension {dim} the {made[dim]} {which} of {given[dim]} elements are picked.",
        "The indices say where they stood.",
    )


def _softmax(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None:
        return None
    size = operation.inputs[0].shape[dim]
    what = f"Along dimension {dim} each of {size} elements becomes exp(element) / the sum of all their exp"
    if operation.op == "log_softmax":
        return Remark(f"{what}, and its logarithm is taken.", "exp of the result sums to 1 along that dimension.")
    return Remark(f"{what}.", "The results are between 0 and 1, and sum to 1 along that dimension.")


_REDUCTIONS = (
    "sum", "mean", "prod", "max", "min", "amax", "amin", "argmax", "argmin", "std", "var", "norm", "logsumexp", "all",
    "any", "median", "nansum", "nanmean", "count_nonzero",
)  # fmt: skip
COMPUTATIONS: dict[str, Rule] = {
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot"), _product),
    **dict.fromkeys(_REDUCTIONS, _reduced),
    **dict.fromkeys(("cumsum", "cumprod", "cummax", "cummin"), _running),
    **dict.fromkeys(("softmax", "log_softmax"), _softmax),
    **dict.fromkeys(("sort", "argsort", "msort"), _sorted),
    "einsum": _einsum,
    "topk": _top,
}
