"""Where the gradients of a run first are infinite, where they first are NaN, and how 0 and inf made it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.lenses.autograd.naming import Naming, node_text
from explorer.lenses.autograd.nodes import bare_name
from explorer.lenses.autograd.rules import rule_of
from explorer.scene.relations import Array
from explorer.trace.model import BackwardEvent

# So many arrays are looked through at once.
_AT_ONCE = 512
# Nodes that send 0 for the elements that they did not take.
_CHOOSING = ("WhereBackward", "MaskedFillBackward")


@dataclass(frozen=True)
class Broken:
    """A node that sent what it had not received: its number in `Trace.backward`, `inf` or `NaN`, and a sentence."""

    event: int
    word: str
    note: str


def first_broken(naming: Naming) -> Iterator[Broken]:
    """Yield the first node that made numbers infinite, if any did before there was a NaN, and the first with a NaN."""
    events = naming.sources.trace.backward
    if not has_broken([gradient for event in events for gradient in event.gradients_out if gradient is not None]):
        return
    infinite = False
    for number, event in enumerate(events):
        if any(map(has_nan, event.gradients_out)):
            if event.index >= 0 and not any(map(has_nan, event.gradients_in)):
                yield Broken(number, "NaN", _nan_note(naming, number))
            return
        if not infinite and any(map(_is_broken, event.gradients_out)):
            infinite = True
            if event.index >= 0 and not any(map(_is_broken, event.gradients_in)):
                note = f"The first inf of backward appeared here: {event.node} received finite numbers."
                yield Broken(number, "inf", note)


def has_broken(arrays: Sequence[Array]) -> bool:
    """Tell whether any of these arrays has NaN or infinity: many at once, since each is small."""
    flat = [array.ravel() for array in arrays if has_fractions(array)]
    return not all(np.isfinite(part).all() for part in joined(flat))


def joined(arrays: Sequence[Array]) -> Iterator[Array]:
    """Yield 1-d arrays, many joined into one: a call for each would cost more than the looking."""
    for first in range(0, len(arrays), _AT_ONCE):
        yield np.concatenate(arrays[first : first + _AT_ONCE])


def has_fractions(values: Array) -> bool:
    """Tell whether an array is of a dtype that knows NaN."""
    return values.dtype.kind in "fc"


def has_nan(values: Array | None) -> bool:
    """Tell whether an array has a NaN."""
    return values is not None and has_fractions(values) and bool(np.isnan(values).any())


def _is_broken(values: Array | None) -> bool:
    return values is not None and has_fractions(values) and not bool(np.isfinite(values).all())


def _nan_note(naming: Naming, number: int) -> str:
    """Say that a node sent the first NaN, and which product it is, where that can be told."""
    event = naming.sources.trace.backward[number]
    given = "infinity, but no NaN" if any(map(_is_broken, event.gradients_in)) else "finite numbers"
    note = f"The first NaN of backward appeared here: {event.node} received {given}."
    where = _elements(naming, event)
    if where is None:
        return note
    arrived = event.gradients_in[0]
    assert arrived is not None  # noqa: S101 - the elements are elements of it
    if np.isinf(arrived[where]).all():
        return f"{note} Where it received infinity its slope is 0, or no number itself: their product is NaN."
    if arrived[where].any():
        return note
    chooser = _chooser(naming, event, where)
    if chooser is None:
        return f"{note} Where it received 0 its slope is no finite number: their product is NaN."
    return f"{note} {_not_taken(naming, event, chooser)}"


def _elements(naming: Naming, event: BackwardEvent) -> Array | None:
    """Return which elements are NaN, of a node that multiplies element by element; else None."""
    rule = rule_of(naming.sources.trace.graph.nodes[event.index])
    arrived = event.gradients_in[0] if len(event.gradients_in) == 1 else None
    if rule is None or arrived is None or not rule.formula or "∂L/" in rule.formula:
        return None
    sent = next((one for one in event.gradients_out if has_nan(one)), None)
    return np.isnan(sent) if sent is not None and sent.shape == arrived.shape else None


def _chooser(naming: Naming, event: BackwardEvent, where: Array) -> BackwardEvent | None:
    """Return the node that did not take these elements, and sent 0 for them, through others of the same shape."""
    events, here = naming.sources.trace.backward, event.index
    for _ in events:
        found = naming.senders.get((event.run, here), [])
        if len(found) != 1:
            return None
        number, slot = found[0]
        sender = events[number]
        sent = sender.gradients_out[slot]
        if sent is None or sent.shape != where.shape or sent[where].any():
            return None
        if sender.node.startswith(_CHOOSING):
            given = sender.gradients_in[0]
            return sender if given is not None and given.shape == where.shape and given[where].all() else None
        here = sender.index
    return None


def _not_taken(naming: Naming, event: BackwardEvent, chooser: BackwardEvent) -> str:
    """Say that a branch that was not taken was differentiated all the same, and what helps."""
    own = bare_name(event.node)
    return (
        f"{node_text(naming.draft(chooser))} sent 0 for the elements that it did not take, but a branch that is not "
        f"taken is differentiated all the same: the slope of {own} there is no finite number, and 0 times that is NaN. "
        f"Mask the input before {own}, not only the result: torch.where(condition, u, 1) in the place of the input u."
    )
