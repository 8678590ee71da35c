"""Reductions: which dimensions disappear, what `keepdim` leaves of them, and how many elements feed each result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.lenses.tables.operation import Operation
from explorer.lenses.tables.words import count_text, dims_text, list_text, shape_text, words
from explorer.scene.tables import Table

Shape = tuple[int, ...]

# For each operation, the place of `dim` among its positional arguments and of `keepdim`, where it has one.
_DIM_FIRST = words(
    "sum nansum mean nanmean prod amax amin max min argmax argmin all any logsumexp median nanmedian mode"
)
_NOWHERE = 99
_PLACES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(_DIM_FIRST, (1, 2)),
    "count_nonzero": (1, _NOWHERE),
    "aminmax": (_NOWHERE, _NOWHERE),
    **dict.fromkeys(words("norm linalg_norm linalg_vector_norm"), (2, 3)),
    "kthvalue": (2, 3),
    "quantile": (2, 3),
    "nanquantile": (2, 3),
    "std": (1, 3),
    "var": (1, 3),
    "std_mean": (1, 3),
    "var_mean": (1, 3),
}
# These keep the dimension: each slice along it turns into as many results, or into some of them.
_ALONG: dict[str, int] = {
    **dict.fromkeys(words("cumsum cumprod cummax cummin logcumsumexp softmax log_softmax softmin sort argsort"), 1),
    "topk": 2,
}
_LAST_BY_DEFAULT = words("sort argsort topk mode kthvalue")
_PAIRS = words("max min median nanmedian mode kthvalue sort topk cummax cummin")


@dataclass(frozen=True)
class Reduction:
    """What a call reduces.

    Attributes:
        shape: Sizes of what it takes.
        dims: The dimensions, counted from the front, ascending; all of them when it reduces everything.
        written: What the program wrote for them; () when it wrote nothing.
        keepdim: Whether it leaves them with size 1.
        along: Whether it runs along the dimension and keeps it.
    """

    shape: Shape
    dims: tuple[int, ...]
    written: tuple[int, ...]
    keepdim: bool
    along: bool

    @property
    def each(self) -> int:
        """How many elements feed one result."""
        return math.prod(self.shape[dim] for dim in self.dims)

    def result(self, *, keepdim: bool) -> Shape:
        """Return the sizes of what a reduction gives."""
        sizes = ((dim, size) for dim, size in enumerate(self.shape))
        return tuple(1 if dim in self.dims else size for dim, size in sizes if keepdim or dim not in self.dims)


def reduction_of(operation: Operation) -> Reduction | None:
    """Return what a call that succeeded reduces; None when it is no reduction, or its arguments are not known."""
    op, inputs = operation.op, operation.inputs
    if operation.error is not None or len(inputs) != 1 or not operation.arguments or not operation.outputs:
        return None
    if op not in _PLACES and op not in _ALONG:
        return None
    shape = inputs[0].shape
    place, keep_place = (_ALONG[op], _NOWHERE) if op in _ALONG else _PLACES[op]
    given = operation.argument(place, "dim", "axis", default=-1 if op in _LAST_BY_DEFAULT else None)
    if type(given) is bool:  # var(unbiased)
        given = None
    written = _integers(given)
    if written is None or (op in _ALONG and len(written) != 1):
        return None
    dims = tuple(sorted(dim % max(len(shape), 1) for dim in written)) or tuple(range(len(shape)))
    keepdim = bool(operation.argument(keep_place, "keepdim", "keepdims", default=False))
    return Reduction(shape, dims if shape else (), written, keepdim, op in _ALONG)


def reduced(operation: Operation) -> Table | None:
    """Return what a reduction makes of each dimension, without and with `keepdim`."""
    reduction = reduction_of(operation)
    if reduction is None or not reduction.shape:
        return None
    output = operation.outputs[0].shape
    if reduction.along:
        return _along(operation, reduction, output)
    if output != reduction.result(keepdim=reduction.keepdim):
        return None
    rows = [
        ("before", *map(str, reduction.shape), shape_text(reduction.shape)),
        ("after", *_sizes(reduction, keepdim=reduction.keepdim)),
    ]
    if _takes_keepdim(operation.op):
        other = not reduction.keepdim
        rows.append((f"`keepdim={other}`", *_sizes(reduction, keepdim=other)))
    marks = tuple((row, 1 + dim) for row in range(len(rows)) for dim in reduction.dims)
    return Table(_title(reduction), _header(len(reduction.shape)), tuple(rows), marks, _note(operation, reduction))


def _takes_keepdim(op: str) -> bool:
    return _PLACES[op][1] != _NOWHERE or op == "aminmax"


def _sizes(reduction: Reduction, *, keepdim: bool) -> tuple[str, ...]:
    left = "1" if keepdim else "gone"
    sizes = (left if dim in reduction.dims else str(size) for dim, size in enumerate(reduction.shape))
    return *sizes, shape_text(reduction.result(keepdim=keepdim))


def _integers(given: Any) -> tuple[int, ...] | None:  # noqa: ANN401 - whatever the program wrote
    if given is None:
        return ()
    values = given if isinstance(given, tuple | list) else (given,)
    return tuple(values) if all(type(value) is int for value in values) else None


def _title(reduction: Reduction) -> str:
    if not reduction.written:
        return "All dimensions are reduced"
    return f"What happens to {dims_text(reduction.dims)}"


def _header(rank: int) -> tuple[str, ...]:
    return ("", *(f"dim {dim}" for dim in range(rank)), "shape")


def _note(operation: Operation, reduction: Reduction) -> str:
    notes = [_counted(reduction)]
    which = "Each result" if len(reduction.dims) < len(reduction.shape) else "The result"
    notes.append(f"{which} comes from {count_text(reduction.each, 'element')}.")
    if reduction.keepdim:
        notes.append("This call keeps the dimension, so its result broadcasts against what was reduced.")
    elif reduction.written and len(reduction.shape) > 1:
        notes.append("This call drops the dimension: the ones behind it move up.")
    if operation.op in _PAIRS and len(operation.outputs) == 2:
        notes.append(_pair(operation))
    return " ".join(note for note in notes if note)


def _counted(reduction: Reduction) -> str:
    """Say which dimensions negative ones are."""
    rank = len(reduction.shape)
    said = [f"dim={dim} counts from the end: {rank} - {-dim} = {dim + rank}" for dim in reduction.written if dim < 0]
    return f"{list_text(said)}." if said else ""


def _pair(operation: Operation) -> str:
    return (
        f"`{operation.op}` along a dimension returns two tensors of shape {shape_text(operation.outputs[0].shape)}: "
        "`.values`, and in `.indices` where along the dimension they stood."
    )


def _along(operation: Operation, reduction: Reduction, output: Shape) -> Table:
    rank, dim = len(reduction.shape), reduction.dims[0]
    rows = (
        ("before", *map(str, reduction.shape), shape_text(reduction.shape)),
        ("after", *map(str, output), shape_text(output)),
    )
    slices = math.prod(_without(reduction.shape, dim))
    runs = (
        f"{operation.op} runs along dim {dim}, {count_text(slices, 'time')} over "
        f"{count_text(reduction.shape[dim], 'element')}; the dimension stays."
    )
    notes = [_counted(reduction), runs]
    if operation.op in _PAIRS and len(operation.outputs) == 2:
        notes.append(_pair(operation))
    title = f"What happens along dim {dim}"
    return Table(title, _header(rank), rows, ((0, 1 + dim), (1, 1 + dim)), " ".join(note for note in notes if note))


def _without(shape: Sequence[int], dim: int) -> list[int]:
    return [size for place, size in enumerate(shape) if place != dim]
