"""From which cells each cell of a result was made: what the stage lights, draws as arrows and writes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]

Role = Literal["value", "index", "mask"]
Combination = Literal["", "sum", "product", "max", "min", "depends"]


@dataclass(frozen=True)
class Operand:
    """One factor of every term of a relation.

    Attributes:
        grid: Id of the grid that it is read from.
        cells: For each term, the cell of that grid's window (row-major in the window); -1: none, or not drawn.
            1-d integers.
        role: `value`; or `index` or `mask` where the cell says which one is taken.
        axes: Index letters of its dimensions, as in the formula (`("i", "k")`); () when they have none.
    """

    grid: int
    cells: Array
    role: Role = "value"
    axes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Relation:
    """How the cells of one result come from the cells of the operands: each from a number of terms.

    Cell c of the result's window (row-major in the window) has the terms `starts[c]` to `starts[c + 1]`, exclusive.

    Attributes:
        result: Id of the grid that the step made or wrote into.
        starts: 1-d integers, one more than the result's window has cells.
        operands: What each term takes, in the order in which the formula names them.
        combination: How the terms of a cell become its value: `""` (one term at most, taken as it is or computed
            from its factors), `sum` (of a mean: the formula divides it), `product`, `max`, `min`, or `depends` (it
            depends on them, in no simple way).
        sign: What is written between the factors of a term (`·`, `+`), or "".
        formula: For all cells, in index letters: `out[i, j] = Σₖ a[i, k] · b[k, j]`; or "".
        letters: Index letters of the result's dimensions, for writing the formula with the numbers of a cell.
        terms: The value of each term as torch computed it (a product before it is summed), or None. 1-d.
        derivatives: Local derivative of the result's cell by the first operand's cell of each term, or None. 1-d.
        dims: Dimensions of the first operand that disappear into the result or along which it runs (`dim=1`).
        complete: False when the relation is too large to be kept in full: the first cells have their terms.
    """

    result: int
    starts: Array
    operands: tuple[Operand, ...]
    combination: Combination = ""
    sign: str = ""
    formula: str = ""
    letters: tuple[str, ...] = ()
    terms: Array | None = None
    derivatives: Array | None = None
    dims: tuple[int, ...] = ()
    complete: bool = True
