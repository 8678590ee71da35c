"""What a remark is, and what the rules that make them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.lenses.tables.operation import Operation


@dataclass(frozen=True)
class Remark:
    """What an operation did with the numbers of this case, in a sentence, and why it matters, or ""."""

    what: str
    why: str = ""


Rule = Callable[["Operation"], Remark | None]


def dim_of(operation: Operation, place: int = 1, default: int | None = None, rank: int | None = None) -> int | None:
    """Return the dimension that a call was given, counted from the front; None when it was given none, or several.

    Args:
        operation: The call.
        place: Its place among the positional arguments.
        default: What it is when it is not given.
        rank: How many dimensions there are to count; those of the first input when None.
    """
    dim = operation.argument(place, "dim", "axis", default=default)
    rank = len(operation.inputs[0].shape) if rank is None else rank
    if isinstance(dim, list | tuple) and len(dim) == 1:
        dim = dim[0]
    if not isinstance(dim, int) or isinstance(dim, bool) or rank == 0:
        return None
    return dim % rank
