"""Which dimensions an operation runs along: the `dim` of `sum(dim=…)`, `softmax`, `sort`, read from its call."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.lenses.relations.cells import Indices, Shape, combinations, ravel, unravel
from explorer.lenses.relations.question import Question
from explorer.scene.relations import Combination

# Place of `dim` among the positional arguments, the tensor being number 0.
_REDUCES: dict[str, int] = {
    "all": 1,
    "amax": 1,
    "amin": 1,
    "aminmax": 1,
    "any": 1,
    "argmax": 1,
    "argmin": 1,
    "count_nonzero": 1,
    "kthvalue": 2,
    "logsumexp": 1,
    "max": 1,
    "mean": 1,
    "median": 1,
    "min": 1,
    "mode": 1,
    "nanmean": 1,
    "nanmedian": 1,
    "nanquantile": 2,
    "nansum": 1,
    "norm": 2,
    "prod": 1,
    "quantile": 2,
    "std": 1,
    "std_mean": 1,
    "sum": 1,
    "vector_norm": 2,
    "var": 1,
    "var_mean": 1,
}
_RUNS: dict[str, int] = {
    "argsort": 1,
    "cummax": 1,
    "cummin": 1,
    "cumprod": 1,
    "cumsum": 1,
    "log_softmax": 1,
    "logcumsumexp": 1,
    "normalize": 2,
    "softmax": 1,
    "softmin": 1,
    "sort": 1,
    "topk": 2,
}
_LAST = frozenset({"argsort", "kthvalue", "median", "mode", "nanmedian", "sort", "topk"})
_PREFIXES = frozenset({"cummax", "cummin", "cumprod", "cumsum", "logcumsumexp"})
_COMBINATIONS: dict[str, Combination] = {
    "amax": "max",
    "amin": "min",
    "argmax": "max",
    "argmin": "min",
    "cummax": "max",
    "cummin": "min",
    "cumprod": "product",
    "cumsum": "sum",
    "max": "max",
    "mean": "sum",
    "min": "min",
    "prod": "product",
    "sum": "sum",
}


@dataclass(frozen=True)
class Line:
    """What of its operand an operation puts together.

    Attributes:
        op: The operation, without the name of its module.
        shape: The operand's shape.
        dims: The dimensions that it runs along, not negative, ascending.
        reduces: Whether they disappear (or become 1), rather than being run along.
        keepdim: Whether dimensions that are reduced stay, with size 1.
        prefix: Whether only what comes before an element feeds it (`cumsum`).
        combination: As in `Relation`.
    """

    op: str
    shape: Shape
    dims: tuple[int, ...]
    reduces: bool
    keepdim: bool
    prefix: bool
    combination: Combination

    @property
    def sizes(self) -> Shape:
        """Sizes of the dimensions that it runs along."""
        return tuple(self.shape[dim] for dim in self.dims)

    @property
    def count(self) -> int:
        """Elements in a line."""
        return math.prod(self.sizes)

    @property
    def result(self) -> Shape | None:
        """The result's shape; None where the call says more about it (`topk`)."""
        if not self.reduces:
            return None if self.op == "topk" else self.shape
        if self.keepdim:
            return tuple(1 if dim in self.dims else size for dim, size in enumerate(self.shape))
        return tuple(size for dim, size in enumerate(self.shape) if dim not in self.dims)

    def feeding(self, elements: Indices, shape: Shape) -> Indices:
        """Return the operand's elements in the lines of some elements of the result, shape (elements, count)."""
        places = unravel(elements, shape)
        if self.reduces and not self.keepdim:
            kept = iter(places)
            places = [elements if dim in self.dims else next(kept) for dim in range(len(self.shape))]
        along = dict(zip(self.dims, combinations(self.sizes), strict=True))
        flat = [
            np.tile(along[dim], elements.size) if dim in along else np.repeat(place, self.count)
            for dim, place in enumerate(places)
        ]
        return ravel(flat, self.shape, elements.size * self.count).reshape(elements.size, self.count)


def line_of(question: Question) -> Line | None:
    """Return what an operation runs along; None for one that does not, or whose dimensions are not plain numbers."""
    op = question.op.removeprefix("linalg_").removeprefix("_")
    if (op not in _REDUCES and op not in _RUNS) or len(question.operands) != 1 or question.call is None:
        return None
    shape = question.shape_of(question.operands[0])
    reduces = op in _REDUCES
    dims = _dims(question, op, len(shape))
    if dims is None:
        return None
    keepdim = _keeps(question, op, shape)
    line = Line(op, shape, dims, reduces, keepdim, op in _PREFIXES, _COMBINATIONS.get(op, "depends"))
    return line if line.result in (None, question.shape) else None


def _dims(question: Question, op: str, rank: int) -> tuple[int, ...] | None:
    """Return the dimensions, not negative; None where the call names what is not there."""
    dim = question.given(_REDUCES.get(op, _RUNS.get(op, 1)), "dim", "axis")
    if dim is None and "dim" not in question.keywords and op in ("normalize",):
        dim = 1
    if dim is None and op in _LAST and (op not in ("median", "nanmedian")):
        dim = -1
    if op in ("std", "var", "std_mean", "var_mean") and isinstance(dim, bool):
        dim = None
    if dim is None or dim == ():
        return tuple(range(rank)) if op in _REDUCES else None
    given = (dim,) if isinstance(dim, int) else dim
    if not isinstance(given, tuple | list) or not all(isinstance(one, int) for one in given):
        return None
    if rank == 0:
        return ()
    dims = tuple(sorted({one % rank for one in given}))
    return dims if all(-rank <= one < rank for one in given) else None


def _keeps(question: Question, op: str, shape: Shape) -> bool:
    """Tell whether the result has as many dimensions as the operand, which is what `keepdim=True` leads to."""
    return op in _REDUCES and len(question.shape) == len(shape) and bool(shape)
