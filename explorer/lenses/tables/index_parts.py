"""What each part of an index does to the dimensions: NumPy's rules as torch follows them."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch

from explorer.lenses.tables.words import count_text, list_text, shape_text

Shape = tuple[int, ...]
PartKind = Literal["pick", "slice", "new", "rest", "array", "mask"]

_LISTED = 4


@dataclass(frozen=True, eq=False)
class IndexArray:
    """A tensor, list or array in an index.

    Attributes:
        shape: Its sizes.
        is_mask: Whether it holds booleans.
        values: What it holds; None where that was not recorded.
        trues: Of a mask, how many are True; None where that is not known.
    """

    shape: Shape
    is_mask: bool
    values: torch.Tensor | None
    trues: int | None = None


@dataclass(frozen=True)
class Part:
    """One part of an index.

    Attributes:
        kind: What sort of part it is.
        dims: The dimensions that it applies to; () for `None`.
        before: Their sizes.
        after: The dimensions that it gives the result by itself; () for a number, and for arrays, which give theirs
            together.
        what: What it does, in words.
        wrong: Whether it cannot be done.
    """

    kind: PartKind
    dims: tuple[int, ...]
    before: Shape
    after: Shape
    what: str
    wrong: bool = False

    @property
    def joins(self) -> bool:
        """Whether it is an array, whose dimensions are made together with those of the other arrays."""
        return self.kind in ("array", "mask")


@dataclass(frozen=True)
class Resolved:
    """An index with the dimensions that it gives the result.

    Attributes:
        parts: Its parts, and one more for what it leaves out at the end.
        arrays: Shapes of its arrays, masks as the 1-d list of their True places.
        joint: Sizes that the arrays give together; () without arrays, None when they do not broadcast.
        in_front: Whether the joint dimensions come first, because something stands between the arrays.
    """

    parts: tuple[Part, ...]
    arrays: tuple[Shape, ...]
    joint: Shape | None
    in_front: bool

    @property
    def wrong(self) -> bool:
        """Whether the index cannot be used."""
        return self.joint is None or any(part.wrong for part in self.parts)

    @property
    def shape(self) -> Shape:
        """Sizes of what is selected; only where nothing is wrong."""
        joint = self.joint or ()
        sizes: list[int] = [*joint] if self.in_front else []
        placed = self.in_front
        for part in self.parts:
            if part.joins and not placed:
                sizes += joint
                placed = True
            sizes += part.after
        return tuple(sizes)


def resolve(shape: Shape, values: Sequence[Any]) -> Resolved:
    """Work out what an index does.

    Args:
        shape: Sizes of what is indexed.
        values: The parts: integers, slices, None, Ellipsis and IndexArray.
    """
    used = sum(_consumed(value) for value in values)
    rest = max(len(shape) - used, 0)
    if Ellipsis not in [value for value in values if not isinstance(value, IndexArray)]:
        values = (*values, Ellipsis) if rest else values
    parts, dim = [], 0
    for value in values:
        taken = rest if value is Ellipsis else _consumed(value)
        parts.append(_part(value, tuple(range(dim, dim + taken)), shape))
        dim += taken
    arrays = tuple(
        (value.trues or 0,) if value.is_mask else value.shape for value in values if isinstance(value, IndexArray)
    )
    resolved = Resolved(tuple(parts), arrays, _joint(arrays), _separated(parts))
    if resolved.joint is not None and 0 in resolved.shape:
        return replace(resolved, parts=tuple(_unread(part, resolved.joint) for part in parts))
    return resolved


def _unread(part: Part, joint: Shape) -> Part:
    """Return a part of an index that selects nothing: torch looks at no index, but refuses some into size 0."""
    refused = part.before == () or (part.before == (0,) and 0 not in joint)
    if part.kind != "array" or not part.wrong or refused:
        return part
    return replace(part, wrong=False, what=f"{part.what}, but nothing is selected")


def _consumed(value: object) -> int:
    if value is None or value is Ellipsis:
        return 0
    return len(value.shape) if isinstance(value, IndexArray) and value.is_mask else 1


def _part(value: Any, dims: tuple[int, ...], shape: Shape) -> Part:  # noqa: ANN401 - any part of an index
    if value is None:
        return Part("new", (), (), (1,), "adds a dimension of size 1")
    if dims and dims[-1] >= len(shape):
        kind: PartKind = "array" if isinstance(value, IndexArray) else "pick"
        return Part(kind, dims, (), (), f"has no dimension left: there are {len(shape)}", wrong=True)
    sizes = tuple(shape[dim] for dim in dims)
    if value is Ellipsis:
        return Part("rest", dims, sizes, sizes, "keeps all that is left" if dims else "keeps nothing more")
    if isinstance(value, slice):
        return _slice(value, dims, sizes)
    if isinstance(value, IndexArray):
        return _mask(value, dims, sizes) if value.is_mask else _array(value, dims, sizes)
    return _pick(operator.index(value), dims, sizes)


def _pick(index: int, dims: tuple[int, ...], sizes: Shape) -> Part:
    size = sizes[0]
    if not -size <= index < size:
        what = f"{index} is outside of 0 … {size - 1}" if size else f"{index}: there is no index at all"
        return Part("pick", dims, sizes, (), what, wrong=True)
    resolved = f"{index % size} ({index} + {size})" if index < 0 else str(index)
    return Part("pick", dims, sizes, (), f"picks index {resolved}; the dimension goes")


def _slice(value: slice, dims: tuple[int, ...], sizes: Shape) -> Part:
    size = sizes[0]
    if value.step is not None and value.step < 1:
        return Part("slice", dims, sizes, (), f"step {value.step}: torch steps forwards only", wrong=True)
    kept = range(*value.indices(size))
    negative = [f"{bound} is {max(bound + size, 0)}" for bound in (value.start, value.stop) if bound and bound < 0]
    if len(kept) == size:
        what = "keeps all"
    elif not kept:
        what = "keeps none"
    else:
        what = f"keeps {_listed(kept)}"
    return Part("slice", dims, sizes, (len(kept),), what + (f" ({list_text(negative)})" if negative else ""))


def _array(value: IndexArray, dims: tuple[int, ...], sizes: Shape) -> Part:
    what = f"picks {shape_text(value.shape)} places"
    if value.values is None:
        return Part("array", dims, sizes, (), what)
    numbers = [int(number) for number in value.values.reshape(-1)[:_LISTED].tolist()]
    count = math.prod(value.shape)
    outside = value.values[(value.values >= sizes[0]) | (value.values < -sizes[0])]
    if outside.numel():
        what = f"{int(outside.reshape(-1)[0])} is outside of 0 … {sizes[0] - 1}"
        return Part("array", dims, sizes, (), what, wrong=True)
    negative = dict.fromkeys(f"{number} is {number + sizes[0]}" for number in numbers if number < 0)
    more = ", …" if count > _LISTED else ""
    told = f": {', '.join(map(str, numbers))}{more}" if numbers else ""
    resolved = f" ({list_text(negative)})" if negative else ""
    return Part("array", dims, sizes, (), f"picks {count_text(count, 'place')}{told}{resolved}")


def _mask(value: IndexArray, dims: tuple[int, ...], sizes: Shape) -> Part:
    if value.shape != sizes:
        return Part("mask", dims, sizes, (), f"a mask of shape {shape_text(value.shape)} does not fit", wrong=True)
    total = math.prod(sizes)
    trues = "some" if value.trues is None else f"{value.trues:,}"
    return Part("mask", dims, sizes, (), f"picks where the mask is True: {trues} of {total:,}")


def _listed(kept: range) -> str:
    if len(kept) <= _LISTED:
        return list_text(kept)
    return f"{kept[0]}, {kept[1]}, …, {kept[-1]}"


def _joint(arrays: Sequence[Shape]) -> Shape | None:
    try:
        return tuple(np.broadcast_shapes(*arrays))
    except ValueError:
        return None


def _separated(parts: Iterable[Part]) -> bool:
    """Tell whether kept or added dimensions stand between arrays; picked ones are gone before torch looks."""
    row = [part.joins for part in parts if part.joins or part.after]
    first = row.index(True) if True in row else 0
    last = len(row) - row[::-1].index(True) if True in row else 0
    return not all(row[first:last])
