"""An einsum equation: which letter stands on which dimension of what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Shape = tuple[int, ...]
Letters = tuple[str, ...]

_DOTS = "..."
_TERM = re.compile(r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*")


@dataclass(frozen=True)
class Equation:
    """A parsed equation with the shapes that it is applied to.

    Attributes:
        terms: For each operand, the letters of its dimensions. What `...` covers has letters of its own: `...-1` is
            its last dimension, `...-2` the one before.
        shapes: The operands' sizes.
        output: Letters of the result.
    """

    terms: tuple[Letters, ...]
    shapes: tuple[Shape, ...]
    output: Letters

    @property
    def letters(self) -> Letters:
        """All letters, in the order of their appearance."""
        return tuple(dict.fromkeys(letter for term in self.terms for letter in term))

    @property
    def covered(self) -> Letters:
        """The letters of what `...` covers, where it covers most."""
        every = [tuple(letter for letter in term if letter.startswith(_DOTS)) for term in self.terms]
        return max(every, key=len)

    @property
    def summed(self) -> Letters:
        """The letters that the result lacks."""
        return tuple(letter for letter in self.letters if letter not in self.output)

    def sizes(self, letter: str) -> tuple[int, ...]:
        """Return the different sizes of a letter, ascending; a 1 beside another size is stretched to it."""
        letters = (one for term in self.terms for one in term)
        sizes = (size for shape in self.shapes for size in shape)
        return tuple(sorted({size for one, size in zip(letters, sizes, strict=True) if one == letter}))

    def size(self, letter: str) -> int | None:
        """Return the size of a letter; None when its sizes disagree."""
        sizes = self.sizes(letter)
        wide = [size for size in sizes if size != 1]
        return None if len(wide) > 1 else (wide or [1])[0]


def parse(text: str, shapes: Sequence[Shape]) -> Equation | None:
    """Parse an equation; None when it does not fit the operands' ranks, or is none."""
    left, arrow, right = text.replace(" ", "").partition("->")
    written = left.split(",")
    if len(written) != len(shapes) or not all(_TERM.fullmatch(term) for term in (*written, right)):
        return None
    terms = []
    for term, shape in zip(written, shapes, strict=True):
        covered = len(shape) - len(term.replace(_DOTS, ""))
        if covered < 0 or (covered and _DOTS not in term):
            return None
        terms.append(_letters(term, covered))
    covered = max(sum(letter.startswith(_DOTS) for letter in term) for term in terms)
    output = _letters(right, covered if _DOTS in right else 0) if arrow else _implied(terms, covered)
    known = {letter for term in terms for letter in term}
    if len(set(output)) != len(output) or not set(output) <= known:
        return None
    return Equation(tuple(terms), tuple(shapes), output)


def _letters(term: str, covered: int) -> Letters:
    before, dots, after = term.partition(_DOTS)
    inner = [f"{_DOTS}{place - covered}" for place in range(covered)] if dots else []
    return (*before, *inner, *after)


def _implied(terms: Sequence[Letters], covered: int) -> Letters:
    """Return the result's letters where no arrow tells them: what `...` covers, then what appears once, sorted."""
    every = [letter for term in terms for letter in term if not letter.startswith(_DOTS)]
    return (*_letters(_DOTS, covered), *sorted(letter for letter in every if every.count(letter) == 1))
