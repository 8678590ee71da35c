"""The program of permute, reshape and matmul that computes an einsum."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from explorer.lenses.einsum import Equation, Letters, Shape


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
