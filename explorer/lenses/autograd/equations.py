"""The formula of a gradient in index letters, read off its terms.

Of a matrix product: `downstream[i, j] = Σₖ local[k, j] · upstream[i, k]`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.lenses.relations.cells import Indices, Shape, unravel
from explorer.lenses.relations.letters import NoLettersError, at, letters_for, summed
from explorer.scene.relations import Array

_MOST_ENTRIES = 1 << 17
# With fewer terms the pattern is another one, such as the places of the largest elements.
_LEAST_FILLED = 0.2


@dataclass(frozen=True)
class Equation:
    """A formula with its letters; all empty where the terms follow no such pattern.

    Attributes:
        formula: For all elements.
        letters: Index letters of the gradient that goes out.
        incoming: Of the gradient that comes in.
    """

    formula: str = ""
    letters: tuple[str, ...] = ()
    incoming: tuple[str, ...] = ()


def equation_of(places: tuple[Indices, Indices], slopes: Array, shapes: tuple[Shape, Shape]) -> Equation:
    """Return the formula that these terms follow.

    A dimension of both gradients gets one letter where all terms have the same index in both. There is a formula if
    the terms are most of what these letters can name; the others have the derivative 0.

    Args:
        places: For each term the flat element that goes out, and the one that comes in; 1-d.
        slopes: The local derivative of each term; 1-d.
        shapes: Shapes of the gradient that goes out, and of the one that comes in.
    """
    if not 0 < slopes.size <= _MOST_ENTRIES:
        return Equation()
    try:
        return _equation(places, slopes, shapes)
    except NoLettersError:
        return Equation()


def _equation(places: tuple[Indices, Indices], slopes: Array, shapes: tuple[Shape, Shape]) -> Equation:
    out, into = (unravel(elements, shape) for elements, shape in zip(places, shapes, strict=True))
    partners = _partners(out, into, shapes)
    alone = [d for d, size in enumerate(shapes[1]) if size > 1 and d not in partners.values()]
    pool = letters_for(len(shapes[0]) + len(alone))
    letters = tuple("0" if size == 1 else pool[d] for d, size in enumerate(shapes[0]))
    back = {into_dim: letters[out_dim] for out_dim, into_dim in partners.items()}
    back |= {dim: pool[len(shapes[0]) + n] for n, dim in enumerate(alone)}
    incoming = tuple("0" if size == 1 else back[d] for d, size in enumerate(shapes[1]))
    named = [(letters[d], shapes[0][d], out[d]) for d, size in enumerate(shapes[0]) if size > 1]
    named += [(back[d], shapes[1][d], into[d]) for d in alone]
    room = math.prod(size for _, size, _ in named)
    if not room >= slopes.size >= _LEAST_FILLED * room:
        return Equation()
    local = _local(named, slopes)
    sums = summed([back[d] for d in alone])
    return Equation(f"{at('downstream', letters)} = {sums}{local}{at('upstream', incoming)}", letters, incoming)


def _partners(out: list[Indices], into: list[Indices], shapes: tuple[Shape, Shape]) -> dict[int, int]:
    """Return, for dimensions of the gradient that goes out, the one of the other in which all terms agree."""
    found: dict[int, int] = {}
    for d, size in enumerate(shapes[0]):
        free = [e for e, other in enumerate(shapes[1]) if other == size > 1 and e not in found.values()]
        same = next((e for e in free if np.array_equal(out[d], into[e])), None)
        if same is not None:
            found[d] = same
    return found


def _local(named: list[tuple[str, int, Indices]], slopes: Array) -> str:
    """Write the local derivative with the letters that it depends on; a number where it is one, nothing for 1."""
    cube = np.zeros([size for _, size, _ in named], slopes.dtype)
    if cube.size == slopes.size and (not named or np.all(slopes == slopes[0])):
        return "" if slopes[0] == 1 else f"{slopes[0]:.6g} · "
    cube[tuple(index for _, _, index in named)] = slopes
    depends = [letter for axis, (letter, _, _) in enumerate(named) if not np.all(cube == cube.take([0], axis=axis))]
    return f"{at('local', depends)} · "
