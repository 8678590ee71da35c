"""How gradients, nodes and lines are written: short, with the numbers of the case."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable
from functools import cache

import numpy as np
import torch

from explorer.scene.relations import Array
from explorer.trace.gradients import whole_of

LONGEST_LABEL = 44
# Characters beside a line.
LONGEST_BESIDE = 26
# Norms that are remembered, and texts.
MOST_NORMS = 4_000
MOST_TEXTS = 10_000
# A gradient of this many elements is written out; of a larger one its norm.
MOST_ELEMENTS = 4
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def flat(text: str, longest: int = LONGEST_LABEL) -> str:
    """Write a piece of a program on one line, cut when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def ordinal(number: int) -> str:
    """Write 2 as `second`, and 11 as `11th`."""
    if 0 < number < len(_ORDINALS):
        return _ORDINALS[number]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def number_text(value: object) -> str:
    """Write a number with at most 4 significant digits: `0.25`, `1.3e-06`, `nan`."""
    if isinstance(value, float):
        return f"{value:.4g}"
    plain = np.asarray(value)
    return f"{complex(plain[()]):.4g}" if np.iscomplexobj(plain) else f"{float(plain[()]):.4g}"


def values_text(values: Array | None, shape: tuple[int, ...] | None = None, norm: str = "‖g‖ = ") -> str:
    """Write a gradient in a few characters.

    Args:
        values: Its elements, or the window of a large one; None where it has none that are known.
        shape: Its whole shape, when `values` may be a window.
        norm: What stands before the norm of one with many elements.

    Returns:
        `0.25`; `0.25 (all 4)` where all elements are equal; `[0.1, 0.2]`, `[[1, 2], [3, 4]]` of a few; `‖g‖ = 1.3` of
        many; of a window, where the rest is not known, its first elements.
    """
    if values is None:
        return "None" if shape is None else f"shape {shape}"
    key = (id(values), shape)
    known = _texts.get(key)
    if known is None or known[0]() is not values:
        if len(_texts) >= MOST_TEXTS:
            _texts.clear()
        known = _texts[key] = (weakref.ref(values), *_written(values, shape))
    _, is_norm, text = known
    return norm + text if is_norm else text


# what is written of a gradient: on the line that it leaves by, where it arrives, and in both sentences
_texts: dict[tuple[int, tuple[int, ...] | None], tuple[weakref.ref[Array], bool, str]] = {}


def _written(values: Array, shape: tuple[int, ...] | None) -> tuple[bool, str]:
    """Return whether it is the norm of a gradient that is written, and what is written, as `values_text` does."""
    if values.ndim == 0:
        return False, number_text(values[()])
    elements = values.reshape(-1)
    if not elements.size:
        return False, "no elements"
    if shape is not None and math.prod(shape) != values.size:
        whole = whole_of(values, shape)
        if whole is None:
            return False, f"[{', '.join(map(number_text, elements[:MOST_ELEMENTS].tolist()))}, …]"
        return True, number_text(_norm_of_many(whole))
    if elements.size == 1:
        return False, number_text(elements[0])
    if _all_same(elements):
        return False, f"{number_text(elements[0])} (all {elements.size:,})"
    return (False, _nested(values)) if elements.size <= MOST_ELEMENTS else (True, number_text(norm_of(elements)))


def line_text(values: Array | None, shape: tuple[int, ...] | None) -> str:
    """Write a gradient beside a line of the graph, as `values_text` does: so short that it stands clear of the rest."""
    text = values_text(values, shape)
    if len(text) <= LONGEST_BESIDE or values is None:
        return text
    if shape is not None and math.prod(shape) != values.size:
        return f"[{number_text(values.reshape(-1)[0])}, …]"
    return f"‖g‖ = {number_text(norm_of(values))}"


def _all_same(elements: Array) -> bool:
    first = elements[0]
    return bool(np.isnan(elements).all()) if first != first else bool((elements == first).all())  # noqa: PLR0124 - NaN


def _nested(values: Array) -> str:
    """Write all elements, in as many brackets as there are dimensions."""
    return number_text(values[()]) if values.ndim == 0 else f"[{', '.join(_nested(row) for row in values)}]"


def told(values: Array | None, shape: tuple[int, ...] | None = None) -> str:
    """Write a gradient as a sentence names it: `0.25 (all 4)`; of many elements `a gradient of norm 1.3`."""
    if values is None and shape is not None:
        return f"a gradient of shape {shape}"
    if values is not None and not values.size:
        return f"an empty gradient of shape {tuple(values.shape)}"
    return values_text(values, shape, "a gradient of norm ")


def norm_of(values: Array) -> float:
    """Return the Euclidean norm of all elements, as torch computes it in double precision."""
    wide = np.array(values, np.complex128 if np.iscomplexobj(values) else np.float64)
    return float(torch.linalg.vector_norm(torch.from_numpy(wide)))


# of many elements
_norms: dict[int, tuple[weakref.ref[Array], float]] = {}


def _norm_of_many(values: Array) -> float:
    """Return the Euclidean norm as `norm_of` does, of single precision in that."""
    known = _norms.get(id(values))
    if known is not None and known[0]() is values:
        return known[1]
    single = values.dtype == np.float32
    norm = float(torch.linalg.vector_norm(torch.from_numpy(values))) if single else norm_of(values)
    if len(_norms) >= MOST_NORMS:
        _norms.clear()
    _norms[id(values)] = (weakref.ref(values), norm)
    return norm


def and_text(words: Iterable[str]) -> str:
    """Write `a`, `a and b`, `a, b and c`."""
    listed = list(words)
    return "".join(listed) if len(listed) < 2 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def count_text(count: int, noun: str) -> str:
    """Write a number with its noun: `1 node`, `2,400 nodes`."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


@cache
def shapes_text(shapes: tuple[tuple[int, ...], ...]) -> str:
    """Write the shapes of a node's results: `(2, 2)`, or `(2,) · (2,)` of several, the same ones counted."""
    listed = [str(tuple(shape)) for shape in shapes]
    if len(listed) > 2 and len(set(listed)) == 1:
        return f"{len(listed)} × {listed[0]}"
    return " · ".join(listed[:4]) + (" · …" if len(listed) > 4 else "")
