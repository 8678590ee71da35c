"""The terms that the gradients a node sends on are made of: local derivative × upstream."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from explorer.lenses.autograd.structure import Probe, entries_of
from explorer.lenses.relations.cells import Indices, Shape, unravel
from explorer.scene.relations import Array
from explorer.trace.revival import Gradients, Twin

_MOST_WRITTEN = 4


@dataclass(frozen=True, eq=False)
class GradientTerms:
    """The terms of one gradient that goes out. Parallel 1-d arrays; numbers in float64.

    Attributes:
        shape: Its shape.
        outgoing: Flat element of it that the term is added to.
        source: Which gradient that comes in the term reads.
        incoming: Flat element of that.
        slopes: Local derivative.
        upstream: What was read.
        values: Their product, rounded as the node rounds.
    """

    shape: Shape
    outgoing: Indices
    source: Indices
    incoming: Indices
    slopes: Array
    upstream: Array
    values: Array


@dataclass(frozen=True)
class Room:
    """How many terms there may be, and when to give up (`time.thread_time`)."""

    terms: int
    deadline: float


def terms_of(twin: Twin, given: Gradients, asked: int, room: Room) -> GradientTerms | None:
    """Return the terms of a node's gradient number `asked`; None where finding them would take too long.

    Args:
        twin: The node.
        given: The gradients that came in.
        asked: Which gradient that goes out.
        room: How much that may take.

    Raises:
        CannotReplayError: The node does not take such gradients.
    """
    fit = twin.inputs[asked]
    sources = [source for source, gradient in enumerate(given) if gradient is not None]
    parts = [entries_of(Probe(twin, given, source, asked, room.deadline)) for source in sources]
    entries = [part for part in parts if part is not None]
    if fit is None or not entries or len(entries) != len(parts) or sum(e.outgoing.size for e in entries) > room.terms:
        return None
    read = [_read(given[source], part.incoming) for source, part in zip(sources, entries, strict=True)]
    return GradientTerms(
        shape=fit[0],
        outgoing=np.concatenate([part.outgoing for part in entries]),
        source=np.concatenate([np.full(part.outgoing.size, s) for s, part in zip(sources, entries, strict=True)]),
        incoming=np.concatenate([part.incoming for part in entries]),
        slopes=np.concatenate([part.derivatives.double().numpy() for part in entries]),
        upstream=np.concatenate([one.double().numpy() for one in read]),
        values=np.concatenate([(p.derivatives * one).double().numpy() for p, one in zip(entries, read, strict=True)]),
    )


def _read(gradient: torch.Tensor | None, elements: Indices) -> torch.Tensor:
    if gradient is None:
        raise ValueError("no gradient came in there")
    return gradient.reshape(-1)[torch.from_numpy(elements)]


def adds_up(terms: GradientTerms, sent: torch.Tensor) -> bool:
    """Tell whether the terms give the gradient that was sent, but for rounding: the node is linear in the gradient."""
    total = np.bincount(terms.outgoing, terms.values, minlength=sent.numel())
    size = np.bincount(terms.outgoing, np.abs(terms.values), minlength=sent.numel())
    wanted = sent.reshape(-1).double().numpy()
    tolerance = torch.finfo(sent.dtype).eps ** 0.5
    with np.errstate(invalid="ignore"):
        near = np.abs(total - wanted) <= tolerance * size
    return bool((near | (total == wanted) | (np.isnan(total) & np.isnan(wanted))).all())


@dataclass(frozen=True)
class Example:
    """One element of a gradient that goes out, written out.

    Attributes:
        text: `4 · 0.25 = 1`; of several terms `2 · 1 + 3 · 1 = 5`.
        output: Which gradient that goes out.
        index: Where in it.
    """

    text: str
    output: int
    index: tuple[int, ...]


def example_of(outputs: dict[int, GradientTerms]) -> Example | None:
    """Return the element with the largest finite gradient among those with few terms; None when all have many."""
    best: tuple[float, int, int] | None = None
    for output, terms in outputs.items():
        count = math.prod(terms.shape)
        counts = np.bincount(terms.outgoing, minlength=count)
        size = np.abs(np.bincount(terms.outgoing, terms.values, minlength=count))
        fit = (counts > 0) & (counts <= _MOST_WRITTEN) & np.isfinite(size)
        if fit.any():
            element = int(np.argmax(np.where(fit, size, -1.0)))
            if best is None or size[element] > best[0]:
                best = (float(size[element]), output, element)
    return None if best is None else _written(outputs[best[1]], best[1], best[2])


def _written(terms: GradientTerms, output: int, element: int) -> Example:
    chosen = np.flatnonzero(terms.outgoing == element)
    products = [f"{_number(terms.slopes[n])} · {_number(terms.upstream[n])}" for n in chosen]
    total = float(terms.values[chosen].sum())
    index = tuple(int(place[0]) for place in unravel(np.array([element]), terms.shape))
    return Example(f"{' + '.join(products)} = {total:.6g}", output, index)


def _number(value: float) -> str:
    return f"({value:.6g})" if value < 0 else f"{value:.6g}"
