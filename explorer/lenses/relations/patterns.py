"""Formulas of moved elements, read off from where they came: `x[2 - i, j]`, `x[(i + 1) % 3]`, `x[i // 2]`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.lenses.relations.cells import Indices, Shape, unravel


def pattern(
    sources: Indices, shape: Shape, elements: Indices, onto: Shape, letters: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the index in each dimension of the source, written in the letters of the result.

    Args:
        sources: Flat elements of the source, one for each of `elements`; 1-d.
        shape: Of the source.
        elements: Flat elements of the result.
        onto: Shape of the result.
        letters: Of its dimensions.

    Returns:
        A text for each dimension of the source; () where one of them follows no simple rule for all elements.
    """
    places = unravel(elements, onto)
    texts = []
    for place, size in zip(unravel(sources, shape), shape, strict=True):
        own = zip(places, onto, letters, strict=True)
        found = (text for other, full, letter in own for text, values in _rules(place, size, other, full, letter)
                 if np.array_equal(values, place))  # fmt: skip
        constant = str(int(place[0])) if place.size and (place == place[0]).all() else None
        text = constant if constant is not None else next(found, None)
        if text is None:
            return ()
        texts.append(text)
    return tuple(texts)


def _rules(place: Indices, size: int, other: Indices, full: int, letter: str) -> Iterator[tuple[str, Indices]]:
    """Yield rules that may lead from an index of the result to one of the source, with what they give."""
    shift = int(place[0] - other[0])
    yield letter if not shift else f"{letter} {'+' if shift > 0 else '-'} {abs(shift)}", other + shift
    yield f"{int(place[0] + other[0])} - {letter}", place[0] + other[0] - other
    turned = shift % size
    yield f"({letter} + {turned}) % {size}" if turned else f"{letter} % {size}", (other + turned) % size
    if full % size == 0 and full > size:
        yield f"{letter} // {full // size}", other // (full // size)
