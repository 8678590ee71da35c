"""A row of the tables of rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What one class of nodes does.

    u, v and w are the inputs of the operation in the order of the node's gradients, G is the gradient of its result,
    `·` multiplies element by element and `@` matrices; σ is the sigmoid, Φ and φ are the normal distribution and its
    density. Words in braces are filled in: the node's constants by torch's names, `n` (how many elements each result
    was made of), `sizes` (of the input).

    Attributes:
        parts: A formula for each gradient that the node gives, in order; gradients without a part have no formula.
        sentence: What that does to the gradient.
    """

    parts: tuple[str, ...]
    sentence: str
