"""How the gradients that a node sends on are made of those that it receives, as relations between drawn cells."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from explorer.lenses.autograd.equations import Equation, equation_of
from explorer.lenses.autograd.terms import Example, GradientTerms, Room, adds_up, example_of, terms_of
from explorer.lenses.relations.cells import window_cells
from explorer.scene.relations import Array, Operand, Relation
from explorer.trace.replay import CannotReplayError, undisturbed
from explorer.trace.revival import Gradients, Revival, Twin, close

if TYPE_CHECKING:
    from explorer.trace import Trace
    from explorer.trace.model import BackwardEvent

MAX_TERMS = 100_000
MAX_ALL_TERMS = 400_000
# For all events of a scene together, and which part of that one may take.
MAX_SECONDS = 0.4
_EVENT_SHARE = 0.3
# What torch raises for layouts and dtypes that an operation does not take: no unusual node costs the picture.
_REFUSALS = (ValueError, TypeError, IndexError, RuntimeError)


@dataclass(frozen=True)
class Place:
    """Where a gradient is drawn: the id of its grid, and how many indices of each dimension that shows."""

    grid: int
    window: tuple[int, ...]


Side = Literal["in", "out"]
GridOf = Callable[[int, Side, int], Place | None]
"""(number in `Trace.backward`, side, which gradient of that side) → where it is drawn."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """How one node's gradients were made.

    Attributes:
        relations: One for each gradient that is sent on and drawn.
        example: One element in numbers: `4 · 0.25 = 1`; None where each has many terms, or nothing is known.
        reason: Why there are no relations, in a sentence; or "".
        differs: Whether the node, made again, gives another gradient than the engine sent.
    """

    relations: tuple[Relation, ...] = ()
    example: Example | None = None
    reason: str = ""
    differs: bool = False


def gradients_related(
    trace: Trace, events: Sequence[int], grid_of: GridOf, seconds: float = MAX_SECONDS
) -> dict[int, Slopes]:
    """Return how the gradients of some events were made, by the number of the event.

    Args:
        trace: The run, with its live calls; without them every answer is a reason.
        events: Numbers in `Trace.backward`, the most important first: time and terms are bounded.
        grid_of: Where the gradients are drawn.
        seconds: How long all of it may take.
    """
    revival = Revival(trace)
    deadline, left = time.thread_time() + seconds, MAX_ALL_TERMS
    found: dict[int, Slopes] = {}
    with undisturbed(plain=False), torch.no_grad(), _one_thread():
        for number in events:
            now = time.thread_time()
            if now > deadline or left <= 0:
                found[number] = Slopes(reason="Working it out for so many nodes would take too long.")
                continue
            room = Room(min(left, MAX_TERMS), min(deadline, now + seconds * _EVENT_SHARE))
            try:
                found[number] = _slopes(trace.backward[number], number, revival, grid_of, room)
            except CannotReplayError as error:
                found[number] = Slopes(reason=f"The local derivative is not known: {error}.")
            except _REFUSALS:
                found[number] = Slopes(reason="The local derivative is not known: torch does not take such gradients.")
            left -= sum(int(relation.starts[-1]) for relation in found[number].relations)
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch compute in this thread: waking others for gradients of a few elements takes longer."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _slopes(event: BackwardEvent, number: int, revival: Revival, grid_of: GridOf, room: Room) -> Slopes:
    if event.node == "AccumulateGrad":
        return Slopes()
    if event.index < 0:
        raise CannotReplayError("the node was not recorded")
    for array, shape in zip(event.gradients_in, event.shapes_in, strict=False):
        if shape is not None and (array is None or array.shape != shape):
            raise CannotReplayError(f"a gradient of shape {shape} is too large to be kept whole")
    twin = revival.twin(event.index, event.run)
    given = _received(event, twin)
    sent = twin(given)
    unlike = _unlike(event, given, sent)
    if unlike:
        return Slopes(reason=unlike, differs=True)
    terms = _terms(twin, given, sent, room)
    relations = []
    for slot, one in terms.items():
        place = grid_of(number, "out", slot)
        drawn = {source: where for source in range(len(given)) if (where := grid_of(number, "in", source)) is not None}
        if place is not None and drawn:
            relations.append(_relation(one, twin, place, drawn))
    return Slopes(tuple(relations), example_of(terms), "" if terms else _why_none(given, sent))


def _why_none(given: Gradients, sent: Gradients) -> str:
    """Say why no terms are known."""
    made = [gradient for gradient in sent if gradient is not None]
    if not made:
        return "It sends no gradient on."
    if any(gradient.layout != torch.strided for gradient in made):
        return "The gradient that it sends is sparse: it keeps only the rows that were read."
    if any(gradient is not None and gradient.is_complex() for gradient in (*given, *made)):
        return "The gradient is complex: its local derivative is no single number."
    return "Working out its local derivative would take too long."


def _received(event: BackwardEvent, twin: Twin) -> Gradients:
    """Return the gradients that the node received, as tensors."""
    found: list[torch.Tensor | None] = []
    for place, (_, dtype) in enumerate(twin.results):
        array = event.gradients_in[place] if place < len(event.gradients_in) else None
        found.append(None if array is None else torch.from_numpy(np.array(array)).to(dtype))
    return tuple(found)


def _unlike(event: BackwardEvent, given: Gradients, sent: Gradients) -> str:
    """Say where the node, made again, gives something else than was recorded; "" when it does not."""
    finite = [one[one.isfinite()].abs() for one in given if one is not None]
    scale = max((float(one.max()) for one in finite if one.numel()), default=0.0)
    for recorded, again in zip(event.gradients_out, sent, strict=False):
        if recorded is None or again is None or again.layout != torch.strided or recorded.shape != tuple(again.shape):
            continue
        then = torch.from_numpy(np.array(recorded)).to(again.dtype)
        if not close(again, then, scale):
            worst = int((again - then).abs().nan_to_num(torch.inf).argmax())
            one, other = again.reshape(-1)[worst].item(), then.reshape(-1)[worst].item()
            return (
                f"With the values that it was given when it ran forward, {event.node} would send {one:.6g} where "
                f"{other:.6g} was sent: a hook changed the gradient, or a saved value was changed behind the graph."
            )
    return ""


def _terms(twin: Twin, given: Gradients, sent: Gradients, room: Room) -> dict[int, GradientTerms]:
    """Return the terms of each gradient that goes out, as far as they are known and fit.

    Terms of complex gradients are no products of two numbers that are shown: the real and the imaginary part mix.
    """
    found: dict[int, GradientTerms] = {}
    if any(gradient is not None and gradient.is_complex() for gradient in (*given, *sent)):
        return found
    for slot, gradient in enumerate(sent):
        if gradient is None or gradient.layout != torch.strided:
            continue
        terms = terms_of(twin, given, slot, room)
        if terms is not None and adds_up(terms, gradient):
            found[slot] = terms
            room = replace(room, terms=room.terms - terms.outgoing.size)
    return found


def _relation(terms: GradientTerms, twin: Twin, place: Place, drawn: dict[int, Place]) -> Relation:
    """Sort the terms by the cell that they are added to, and say where what they read is drawn."""
    cells = window_cells(terms.outgoing, terms.shape, place.window)
    order = np.argsort(cells, kind="stable")
    order = order[cells[order] >= 0]
    counts = np.bincount(cells[order], minlength=math.prod(place.window))
    shapes = [shape for shape, _ in twin.results]
    alone = len(set(terms.source.tolist())) == 1
    equation = Equation()
    if alone:
        pairs = (terms.shape, shapes[int(terms.source[0])])
        equation = equation_of((terms.outgoing, terms.incoming), terms.slopes, pairs)
    operands = []
    for source, where in drawn.items():
        read = window_cells(terms.incoming, shapes[source], where.window)
        here = np.where(terms.source == source, read, -1)[order]
        operands.append(Operand(where.grid, here, axes=equation.incoming if alone else ()))
    return Relation(
        result=place.grid,
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        operands=tuple(operands),
        combination="sum",
        sign="·",
        formula=equation.formula,
        letters=equation.letters,
        terms=_kept(terms.values[order]),
        derivatives=_kept(terms.slopes[order]),
    )


def _kept(numbers: Array) -> Array:
    """Return numbers in single precision where that says the same."""
    with np.errstate(over="ignore"):
        small = numbers.astype(np.float32)
    return small if np.array_equal(small.astype(np.float64), numbers, equal_nan=True) else numbers
