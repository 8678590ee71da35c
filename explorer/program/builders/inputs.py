r"""Inputs for layers: patterns as nested lists, and pictures and series brought into torch's layout.

>>> pattern("checkerboard", 2)
'[[[[0, 1], [1, 0]]]]'
>>> with_layout("x = torch.tensor(data)\n", 0, "[None, None] / 255")
'x = torch.tensor(data)[None, None] / 255\n'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from explorer.program.builders.links import read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.source import Edit

LARGEST = 64
_SMALLEST = 2
# seven rows of five cells each, from above; a bit is a cell, the highest one at the left
_DIGITS = (
    (14, 17, 19, 21, 25, 17, 14),
    (4, 12, 4, 4, 4, 4, 14),
    (14, 17, 1, 2, 4, 8, 31),
    (31, 2, 4, 2, 1, 17, 14),
    (2, 6, 10, 18, 31, 2, 2),
    (31, 16, 30, 1, 1, 17, 14),
    (6, 8, 16, 30, 17, 17, 14),
    (31, 1, 2, 4, 8, 8, 8),
    (14, 17, 17, 14, 17, 17, 14),
    (14, 17, 17, 15, 1, 2, 12),
)
_BITS = 5


def _digit(number: int, size: int) -> Any:  # noqa: ANN401 - an array of whole numbers
    """Return a digit in the middle of a square, as large as it fits; below 8 cells only its upper left part."""
    glyph = np.array([[row >> (_BITS - 1 - place) & 1 for place in range(_BITS)] for row in _DIGITS[number]])
    large = np.kron(glyph, np.ones((max(1, size // 8),) * 2, dtype=int))[:size, :size]
    picture = np.zeros((size, size), dtype=int)
    top, left = ((size - count) // 2 for count in large.shape)
    picture[top : top + large.shape[0], left : left + large.shape[1]] = large
    return picture


def _line(size: int) -> Any:  # noqa: ANN401
    return np.arange(size)


def _bump(size: int) -> Any:  # noqa: ANN401
    place = np.linspace(-2, 2, size)
    return np.exp(-(place[:, None] ** 2 + place**2)).round(2)


def _noise(size: int) -> Any:  # noqa: ANN401
    return np.random.default_rng(0).normal(size=size).round(2)


_PICTURES: Mapping[str, Callable[[int], Any]] = {
    **{f"digit {number}": lambda size, number=number: _digit(number, size) for number in range(10)},  # type: ignore[misc]
    "upright stripes": lambda size: np.tile(_line(size) // 2 % 2, (size, 1)),
    "level stripes": lambda size: np.tile(_line(size)[:, None] // 2 % 2, (1, size)),
    "checkerboard": lambda size: (_line(size)[:, None] + _line(size)) % 2,
    "gradient": lambda size: np.tile(np.linspace(0, 1, size).round(2), (size, 1)),
    "bump": _bump,
    "one cell": lambda size: np.eye(1, size * size, size * (size // 2) + size // 2, dtype=int).reshape(size, size),
}
_SERIES: Mapping[str, Callable[[int], Any]] = {
    "series: sine": lambda size: np.sin(_line(size) * np.pi / 6).round(2),
    "series: steps": lambda size: _line(size) // 6 % 3,
    "series: noise": _noise,
    "series: one cell": lambda size: np.eye(1, size, size // 2, dtype=int)[0],
}
PATTERNS = (*_PICTURES, *_SERIES)
"""Names of patterns: pictures of one channel, and series."""

LAYOUTS: Mapping[int, Mapping[str, str]] = {
    1: {"as it is": "", "series, 1 × 1 × L": "[None, None].float()"},
    2: {
        "as it is": "",
        "grey picture, 1 × 1 × H × W": "[None, None] / 255",
        "columns are channels, 1 × C × L": ".T[None].float()",
        "a table, N × features": ".float()",
    },
    3: {
        "as it is": "",
        "colour, 1 × 3 × H × W": "[..., :3].permute(2, 0, 1)[None] / 255",
        "grey, 1 × 1 × H × W": "[..., :3].float().mean(2)[None, None] / 255",
    },
    4: {
        "as it is": "",
        "colour, N × 3 × H × W": "[..., :3].permute(0, 3, 1, 2) / 255",
        "grey, N × 1 × H × W": "[..., :3].float().mean(3)[:, None] / 255",
    },
}
"""By the dimensions of an upload: what to call a layout, and what follows `torch.tensor(data)` in the program."""


def pattern(name: str, size: int) -> str:
    """Return a pattern as a nested list of shape (1, 1, size, size), of a series (1, 1, size).

    Raises:
        ArgumentProblem: There is no such pattern, or none of this size.
    """
    make = {**_PICTURES, **_SERIES}.get(name)
    if make is None or not _SMALLEST <= size <= LARGEST:
        raise ArgumentProblem(f"There is no pattern '{name}' of size {size}: sizes go from {_SMALLEST} to {LARGEST}.")
    return str([[make(size).tolist()]])


def layout_of(source: str, index: int, dimensions: int) -> str:
    """Return the name of the layout that a program brings an upload into, or ""."""
    rest = _behind(source, index)[1]
    fitting = [name for name, tail in LAYOUTS.get(dimensions, {}).items() if tail and rest.startswith(tail)]
    return next(iter(fitting), "" if rest[:1] in (".", "[", " ") and rest.strip() else "as it is")


def with_layout(source: str, index: int, tail: str) -> str:
    """Return the program with another layout of the upload that chip `index` makes.

    Raises:
        EditProblem: There is no such chip.
    """
    end, rest = _behind(source, index)
    known = [known for layouts in LAYOUTS.values() for known in layouts.values() if known and rest.startswith(known)]
    program = read(source)
    if program is None:
        raise EditProblem("The program has a syntax error. Correct its text first.")
    return program.text.edited([Edit(end, end + max(map(len, known), default=0), tail)])


def _behind(source: str, index: int) -> tuple[int, str]:
    """Return where a chip's call ends, and what follows on its line."""
    program = read(source)
    if program is None:
        raise EditProblem("The program has a syntax error. Correct its text first.")
    statement, place = program.find(index)
    end = program.text.end(statement.links[place].node)
    return end, source[end : program.text.line_end(end)]
