"""What an explanation consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from explorer.trace.model import Fix


@dataclass(frozen=True)
class Explanation:
    """An error in the field's words.

    Attributes:
        message: What is wrong, with the numbers of this case; a few short sentences of plain text.
        hint: What to try; may be "".
        fixes: Whole programs that mend the failing call, best first.
        dimensions: (operand number, dimension) pairs that disagree, dimensions counted from the front.
        alignment: Lines to be shown in type of equal width, such as two shapes under each other; or "".
        operands: Tensors that it is about, where no torch call failed: a module refused them before.
    """

    message: str
    hint: str = ""
    fixes: tuple[Fix, ...] = ()
    dimensions: tuple[tuple[int, int], ...] = ()
    alignment: str = ""
    operands: tuple[torch.Tensor, ...] = ()
