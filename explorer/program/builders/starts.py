"""Arguments that an operation starts with: they run for a tensor of a shape, and change it visibly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from explorer.program.builders.numerals import joined
from explorer.program.builders.operation import RECEIVER

if TYPE_CHECKING:
    from explorer.program.builders.calls import Fields

Shape = tuple[int, ...]


def sizes(shape: Shape) -> str:
    """Return a shape as a field shows it."""
    return joined([str(size) for size in shape])


def factors(count: int) -> tuple[int, int]:
    """Return the two factors of a count that are closest to each other, the smaller one first."""
    if count < 1:
        return (count, 1)
    small = next(factor for factor in range(math.isqrt(count), 0, -1) if count % factor == 0)
    return (small, count // small)


def other_shape(shape: Shape) -> Shape:
    """Return another shape with as many elements: (4, 6) gives (6, 4), (24,) gives (4, 6)."""
    if len(shape) > 1 and shape != shape[::-1]:
        return shape[::-1]
    return factors(math.prod(shape)) if len(shape) == 1 else (math.prod(shape),)


def reshaped(shape: Shape) -> Fields:
    """Start for view and reshape."""
    return {"shape": sizes(other_shape(shape))}


def swapped(first: str, second: str, shape: Shape) -> Fields:
    """Start for transpose and its kin: dimensions 0 and 1."""
    return {first: "0", second: "1" if len(shape) > 1 else "0"}


def unflattened(shape: Shape) -> Fields:
    """Start for unflatten: the last dimension in two factors."""
    return {"dim": "-1", "sizes": sizes(factors(shape[-1] if shape else 1))}


def narrowed(shape: Shape) -> Fields:
    """Start for narrow: the first half of dimension 0."""
    size = shape[0] if shape else 0
    return {"dim": "0", "start": "0", "length": str(min(size, max(1, size // 2)))}


def selected(shape: Shape) -> Fields:
    """Start for select: index 0 of the first dimension that has one."""
    return {"dim": str(next((dim for dim, size in enumerate(shape) if size), 0)), "index": "0"}


def unfolded(shape: Shape) -> Fields:
    """Start for unfold: windows of two along the last dimension, overlapping by one."""
    return {"dimension": "-1", "size": str(min(2, shape[-1] if shape else 1)), "step": "1"}


def tuple_text(shape: Shape) -> str:
    """Return a shape as a call takes it: `(4, 6)`, `(24,)`, `()`."""
    return str(tuple(shape))


def strided(shape: Shape) -> Fields:
    """Start for as_strided: windows of up to three elements, each one further on."""
    count = math.prod(shape)
    window = min(3, count)
    return {"size": sizes((max(0, count - window + 1), window)), "stride": "1, 1"}


def some_indices(shape: Shape) -> str:
    """Return a tensor of indices into dimension 0: its last one, then its first."""
    if 0 in shape[:1]:
        return _no_indices((0,))
    return f"torch.tensor([{shape[0] - 1}, 0])" if shape else "torch.tensor([0])"


def index_literal(shape: Shape) -> str:
    """Return an index for gather and its kin along dimension 0: small, and different from column to column."""
    picked = [min(size, 2 if place == 0 else 4 if place > len(shape) - 3 else 1) for place, size in enumerate(shape)]
    if 0 in picked:
        return _no_indices(tuple(picked))
    places = np.indices(picked).sum(axis=0) if shape else np.zeros((), dtype=int)
    return f"torch.tensor({((places + 1) % (*shape, 1)[0]).tolist()})"


def scattered(shape: Shape) -> Fields:
    """Start for scatter_add: ones at every index."""
    index = index_literal(shape)
    return {"index": index, "src": f"torch.ones_like({index}, dtype={RECEIVER}.dtype)"}


def doubled(_shape: Shape) -> Fields:
    """Start for what joins tensors: the tensor with itself."""
    return {"tensors": f"{RECEIVER}, {RECEIVER}"}


def slices_added(shape: Shape) -> Fields:
    """Start for index_add: slices of ones, two of them to the same index."""
    count = 0 if 0 in shape[:1] else 2
    index = "torch.tensor([0, 0])" if count else _no_indices((0,))
    return {"index": index, "source": f"torch.ones({(count, *shape[1:])}, dtype={RECEIVER}.dtype)"}


def one_row(shape: Shape) -> Fields:
    """Start for a product with a vector: as many ones as a row has elements."""
    return {"vec": f"torch.ones({shape[-1] if shape else 1}, dtype={RECEIVER}.dtype)"}


def multiplied(shape: Shape) -> Fields:
    """Start for a product: the tensor itself, its matrices transposed."""
    return {"other": f"{RECEIVER}.mT" if len(shape) > 1 else RECEIVER}


def summed(shape: Shape) -> Fields:
    """Start for einsum: the products of all rows with all rows."""
    equation = "...ij,...kj->...ik" if len(shape) > 1 else "i,i->" if shape else ",->"
    return {"equation": equation, "tensors": f"{RECEIVER}, {RECEIVER}"}


def reduced(shape: Shape) -> Fields:
    """Start for a reduction: along dimension 0."""
    return {"dim": "0" if shape else ""}


def ones_unless_single(shape: Shape) -> str:
    """Return the gradient that backward starts from: ones, or "" for a single number, which needs none."""
    return "" if math.prod(shape) == 1 else f"torch.ones_like({RECEIVER})"


def squeezed(shape: Shape) -> Fields:
    """Start for squeeze: the first dimension of size 1, or all of them."""
    return {"dim": next((str(dim) for dim, size in enumerate(shape) if size == 1), "")}


def needs(count: int, shape: Shape) -> str:
    """Say that a tensor has too few dimensions, or ""."""
    if len(shape) >= count:
        return ""
    return f"It needs at least {_dimensions(count)}; this tensor has {len(shape)}."


def allows(count: int, shape: Shape) -> str:
    """Say that a tensor has too many dimensions, or ""."""
    if len(shape) <= count:
        return ""
    return f"It takes at most {_dimensions(count)}; this tensor has {len(shape)}."


def exactly(count: int, shape: Shape) -> str:
    """Say that a tensor has another number of dimensions, or ""."""
    if len(shape) == count:
        return ""
    return f"It needs {_dimensions(count)}; this tensor has {len(shape)}."


def filled(shape: Shape) -> str:
    """Say that a tensor has no elements, or ""."""
    return "This tensor has no elements." if 0 in shape else ""


def shufflable(shape: Shape) -> str:
    """Say why pixels cannot be shuffled, or ""."""
    return needs(3, shape) or filled(shape)


def selectable(shape: Shape) -> str:
    """Say why nothing can be selected, or ""."""
    return needs(1, shape) or ("" if any(shape) else "Every dimension of this tensor has size 0.")


def _no_indices(shape: Shape) -> str:
    return f"torch.empty({shape}, dtype=torch.int64)"


def _dimensions(count: int) -> str:
    return "1 dimension" if count == 1 else f"{count} dimensions"
