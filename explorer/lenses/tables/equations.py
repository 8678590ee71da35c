"""An einsum equation: which letter stands on which dimension of what, and the same as a matmul program."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
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
    covered = max(map(_count_dots, terms))
    output = _letters(right, covered if _DOTS in right else 0) if arrow else _implied(terms, covered)
    known = {letter for term in terms for letter in term}
    if len(set(output)) != len(output) or not set(output) <= known:
        return None
    return Equation(tuple(terms), tuple(shapes), output)


def _letters(term: str, covered: int) -> Letters:
    before, dots, after = term.partition(_DOTS)
    inner = [f"{_DOTS}{place - covered}" for place in range(covered)] if dots else []
    return (*before, *inner, *after)


def _count_dots(letters: Letters) -> int:
    return sum(letter.startswith(_DOTS) for letter in letters)


def _implied(terms: Sequence[Letters], covered: int) -> Letters:
    """Return the result's letters where no arrow tells them: what `...` covers, then what appears once, sorted."""
    every = [letter for term in terms for letter in term if not letter.startswith(_DOTS)]
    return (*_letters(_DOTS, covered), *sorted(letter for letter in every if every.count(letter) == 1))


@dataclass(frozen=True)
class Line:
    """A line of a program, and the shape of what it makes."""

    code: str
    shape: Shape


@dataclass
class _Value:
    """An expression under construction, and the letters of its dimensions."""

    code: str
    letters: Letters
    whole: bool = True

    def call(self, method: str) -> None:
        """Put a method call behind it."""
        self.code = f"{self.code}.{method}" if self.whole else f"({self.code}).{method}"
        self.whole = True


def program(equation: Equation, names: Sequence[str]) -> tuple[Line, ...] | None:
    """Return lines of permute, reshape and matmul that end with `out`, the einsum's result.

    Operands are contracted two at a time, from the left, as torch does it.

    Args:
        equation: The equation with its shapes.
        names: Names of the operands in the program.

    Returns:
        The lines, or None where a size of 1 is stretched, which matmul does not do inside a matrix.
    """
    if any(len(equation.sizes(letter)) > 1 for letter in equation.letters):
        return None
    return _Writer(equation).write(names)


class _Writer:
    """Writes the program of one equation whose sizes all agree."""

    def __init__(self, equation: Equation) -> None:
        self._equation = equation
        self._size = {letter: equation.sizes(letter)[0] for letter in equation.letters}
        self._lines: list[Line] = []

    def write(self, names: Sequence[str]) -> tuple[Line, ...]:
        terms, output = self._equation.terms, self._equation.output
        values = [_Value(name, term) for name, term in zip(names, terms, strict=True)]
        for place, value in enumerate(values):
            elsewhere = {letter for term in (*terms[:place], *terms[place + 1 :]) for letter in term}
            self._reduce(value, elsewhere.union(output))
        total = values[0]
        for place, right in enumerate(values[1:], start=1):
            later = {letter for term in terms[place + 1 :] for letter in term}
            total = self._product(total, right, later.union(output))
            if place < len(values) - 1:
                total = self._assigned("part", total)
        self._permute(total, output)
        self._assigned("out", total)
        return tuple(self._lines)

    def _shape(self, letters: Iterable[str]) -> Shape:
        return tuple(self._size[letter] for letter in letters)

    def _assigned(self, name: str, value: _Value, shape: Shape | None = None) -> _Value:
        self._lines.append(Line(f"{name} = {value.code}", self._shape(value.letters) if shape is None else shape))
        return _Value(name, value.letters)

    def _reduce(self, value: _Value, wanted: Collection[str]) -> None:
        """Take diagonals of letters that stand twice, and sums over those that nothing else needs."""
        for letter in dict.fromkeys(value.letters):
            while value.letters.count(letter) > 1:
                first = value.letters.index(letter)
                second = value.letters.index(letter, first + 1)
                value.call(f"diagonal(0, {first}, {second})")
                rest = [one for place, one in enumerate(value.letters) if place not in (first, second)]
                value.letters = (*rest, letter)
        dims = [dim for dim, letter in enumerate(value.letters) if letter not in wanted]
        if dims:
            value.call(f"sum({dims[0] if len(dims) == 1 else tuple(dims)})")
            value.letters = tuple(letter for letter in value.letters if letter in wanted)

    def _permute(self, value: _Value, letters: Letters) -> None:
        if value.letters != letters:
            value.call(f"permute({', '.join(str(value.letters.index(letter)) for letter in letters)})")
            value.letters = letters

    def _product(self, left: _Value, right: _Value, wanted: Collection[str]) -> _Value:
        """Contract two values into one that has a dimension for each letter that is left."""
        common = [letter for letter in left.letters if letter in right.letters]
        batch = tuple(letter for letter in common if letter in wanted)
        inner = tuple(letter for letter in common if letter not in wanted)
        rows = tuple(letter for letter in left.letters if letter not in common)
        columns = tuple(letter for letter in right.letters if letter not in common)
        if not (inner or rows or columns):
            self._permute(right, left.letters)
            return _Value(f"{left.code} * {right.code}", left.letters, whole=False)
        one = self._matrices("left", left, (batch, rows, inner), vector=not (batch or rows))
        other = self._matrices("right", right, (batch, inner, columns), vector=not (batch or columns))
        result = _Value(f"{one} @ {other}", (*batch, *rows, *columns), whole=False)
        natural = [bool(batch) or len(inner) != 1 or side for side in (rows, columns)]
        if any(len(side) != 1 for side, matrix in zip((rows, columns), natural, strict=True) if matrix):
            result.call(_reshape(self._shape(result.letters)))
        return result

    def _matrices(self, name: str, value: _Value, groups: tuple[Letters, Letters, Letters], *, vector: bool) -> str:
        """Return the name of a value turned into a batch of matrices; of a plain vector where matmul takes one."""
        batch, first, second = groups
        self._permute(value, (*batch, *first, *second))
        shape = self._shape(value.letters)
        if not (len(first) == len(second) == 1 or (vector and len(value.letters) == 1)):
            shape = (*self._shape(batch), math.prod(self._shape(first)), math.prod(self._shape(second)))
            value.call(_reshape(shape))
        return value.code if value.code.isidentifier() else self._assigned(name, value, shape).code


def _reshape(shape: Shape) -> str:
    return f"reshape({', '.join(map(str, shape)) if shape else '()'})"
