"""Why a program stopped, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.trace.tensor_state import TensorState


@dataclass(frozen=True)
class Fix:
    """A change of the program that would mend an error: what its button says, and the program after it."""

    label: str
    source: str


@dataclass(frozen=True)
class ProgramError:
    """Why a program stopped.

    Attributes:
        kind: The exception's class name, or `syntax`, `policy` (something programs may not use), `limit`,
            `interrupted` by whoever waited for it.
        message: What is wrong, in the field's words, with the numbers of this case.
        line, column, end_line, end_column: Where in the text, as in `Position`.
        hint: What to try; may be "".
        detail: torch's or Python's own words.
        fixes: Changed programs that mend it.
        op: Name of the failing torch call, or "".
        operands: The failing call's tensor arguments.
        dimensions: (operand number, dimension) pairs that disagree.
        alignment: Lines to be shown in type of equal width, such as two shapes written under each other; or "".
        node: Number in `Trace.graph` of the node at which the backward engine stopped, or -1.
    """

    kind: str
    message: str
    line: int
    column: int
    hint: str
    end_line: int = 0
    end_column: int = 0
    detail: str = ""
    fixes: tuple[Fix, ...] = ()
    op: str = ""
    operands: tuple[TensorState, ...] = ()
    dimensions: tuple[tuple[int, int], ...] = ()
    alignment: str = ""
    node: int = -1
