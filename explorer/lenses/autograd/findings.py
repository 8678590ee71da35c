"""What is wrong or remarkable: found in the trace, drawn on the nodes where it happened, told in their frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.lenses.autograd.first_broken import first_broken, has_fractions, has_nan, joined
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.runs import COMPARISONS
from explorer.lenses.autograd.wording import told, values_text
from explorer.scene.graphs import Tone
from explorer.scene.relations import Array
from explorer.trace import Step
from explorer.trace.model import BackwardEvent, GraphNode, SavedTensor

# Relative size of the differences that four digits do not show.
_WRITTEN_DIGITS = 1e-4


@dataclass(frozen=True)
class Finding:
    """One thing to be drawn.

    Attributes:
        node: Number of the drawn node.
        words: What stands on it.
        tone: How bad it is.
        note: What it means, in a sentence.
        event: The number in `Trace.backward` whose frame tells it, or -1.
        step: The index of the step whose frame tells it, or -1.
    """

    node: int
    words: str
    tone: Tone
    note: str
    event: int = -1
    step: int = -1


def findings(naming: Naming, memory: Memory) -> Iterator[Finding]:
    """Yield all that is found, in no particular order."""
    yield from _changed_saves(naming, memory)
    yield from _first_nan_forward(naming)
    yield from _first_broken_backward(naming)
    yield from _hooks(naming, memory)
    yield from _recomputed(naming)
    yield from _frozen(naming)


def _changed_saves(naming: Naming, memory: Memory) -> Iterator[Finding]:
    """Find saved tensors that were written to before the engine used them."""
    sources = naming.sources
    for number, event in enumerate(sources.trace.backward):
        frame = sources.timeline.frame_of_event.get(number)
        if frame is None or event.index < 0:
            continue
        node = sources.trace.graph.nodes[event.index]
        for saved in node.saved:
            if not _is_read(node, saved):
                continue
            if not memory.is_as_saved(saved, frame) and memory.version_now(saved, frame) == saved.version:
                now = memory.values_now(saved, frame)
                then = None if saved.state is None else saved.state.values
                if now is not None and then is not None and _visibly_differ(then, now):
                    yield _behind(naming, event, saved, (then, now), number)


def _is_read(node: GraphNode, saved: SavedTensor) -> bool:
    """Tell whether backward reads a saved tensor: batch norm saves running statistics, and reads them in eval mode."""
    return saved.name not in ("running_mean", "running_var") or ("training", "True") not in node.constants


def _behind(
    naming: Naming, event: BackwardEvent, saved: SavedTensor, values: tuple[Array, Array], number: int
) -> Finding:
    """Tell of a saved tensor whose values changed while its version did not: `x.data` was written to."""
    name = "" if saved.state is None else naming.sources.name(saved.state.tensor)
    then, now = (values_text(value, saved.shape, "values of norm ") for value in values)
    note = (
        f"{event.node} saved {name or saved.name} when it held {then}; it holds {now} now, and its version is the same:"
        " it was changed behind the graph (.data), so this gradient is wrong."
    )
    return Finding(naming.number(event), f"{name or saved.name} changed unseen", "error", note, number)


def _visibly_differ(one: Array, other: Array) -> bool:
    """Tell whether values differ in the digits that are written: gradcheck moves its inputs by less."""
    return _differ(one, other) and not np.allclose(one, other, _WRITTEN_DIGITS, 0.0, equal_nan=True)


def _differ(one: Array, other: Array) -> bool:
    if one is other or (one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()):
        return False
    return one.shape != other.shape or not np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")


def _first_nan_forward(naming: Naming) -> Iterator[Finding]:
    """Find the first step that made NaN of numbers that were none."""
    sources = naming.sources
    if not _may_have_nan(sources.trace.steps):
        return
    for step in sources.trace.steps:
        if any(has_nan(state.values) for state in step.outputs):
            keys = [sources.key_of(state) for state in step.outputs]
            made = next((naming.canvas.numbers[key] for key in keys if key in naming.canvas.numbers), None)
            if made is not None and not any(has_nan(state.values) for state in step.inputs):
                note = f"The first NaN appeared here, in forward on line {step.line}."
                yield Finding(made, "first NaN", "warning", note, step=step.index)
            return


def _may_have_nan(steps: Sequence[Step]) -> bool:
    """Tell whether the memory that the results of steps lie in has NaN: that of several results is looked at once."""
    kept = (state.contents for step in steps for state in step.outputs)
    memory = {id(contents.flat): contents.flat for contents in kept if contents is not None}
    return any(np.isnan(part).any() for part in joined([one for one in memory.values() if has_fractions(one)]))


def _first_broken_backward(naming: Naming) -> Iterator[Finding]:
    """Find the first nodes that sent infinity, and NaN, without having received it."""
    for found in first_broken(naming):
        place = naming.number(naming.sources.trace.backward[found.event])
        yield Finding(place, f"first {found.word} gradient", "warning", found.note, found.event)


def _hooks(naming: Naming, memory: Memory) -> Iterator[Finding]:
    """Find tensors with hooks, and the gradients that those changed."""
    canvas, sources = naming.canvas, naming.sources
    for tensor, history in memory.tensors.items():
        most = max((state.hooks for state in history.states), default=0)
        if most:
            number = canvas.numbers.get(sources.key_of(history.states[-1]))
            name = sources.name(tensor) or "this tensor"
            if number is not None:
                note = f"{name} has a hook: it sees the gradient of {name}, and may change it."
                yield Finding(number, f"hook ×{most}" if most > 1 else "hook", "plain", note)
    for number, (before, after) in changed_by_hooks(naming).items():
        event = sources.trace.backward[number]
        note = f"A hook changed the gradient before the node received it: {before} was sent, {after} arrived."
        yield Finding(naming.number(event), "hook changed the gradient", "warning", note, number)


def changed_by_hooks(naming: Naming) -> dict[int, tuple[str, str]]:
    """Return (what was sent, what arrived) of the events that received another gradient than the one sender sent."""
    trace = naming.sources.trace
    sent = _sent_once(naming)
    found: dict[int, tuple[str, str]] = {}
    for number, event in enumerate(trace.backward):
        for slot, arrived in enumerate(event.gradients_in):
            before = sent.get((event.run, event.index, slot))
            if before is None or arrived is None or before is arrived:
                continue
            if before.shape == arrived.shape and _differ(before, arrived):
                found.setdefault(number, (told(before), told(arrived)))
    return found


def _sent_once(naming: Naming) -> dict[tuple[int, int, int], Array]:
    """Return the gradients for (run, node, result) that a single one was sent for: sums are not looked at."""
    edges = naming.edges
    sent: dict[tuple[int, int, int], Array] = {}
    several: set[tuple[int, int, int]] = set()
    for event in naming.sources.trace.backward:
        for slot, gradient in enumerate(event.gradients_out):
            to = edges.get((event.index, slot))
            if to is None:
                continue
            key = (event.run, *to)
            if key in sent or gradient is None:
                several.add(key)
            else:
                sent[key] = gradient
    return {key: gradient for key, gradient in sent.items() if key not in several}


def _recomputed(naming: Naming) -> Iterator[Finding]:
    """Find nodes that the program's own steps made while the engine ran: a checkpoint ran forward again."""
    sources = naming.sources
    for number, node in enumerate(sources.trace.graph.nodes):
        if node.step >= 0 and node.run < 0 and sources.runs.during(node.step) >= 0:
            call = sources.runs.calls[sources.runs.during(node.step)]
            compares = call is not None and sources.trace.steps[call].op in COMPARISONS
            if call != node.step and not compares:
                note = "Made again while backward ran: a checkpoint kept no values, and runs forward once more."
                yield Finding(naming.canvas.places[number], "recomputed", "plain", note, step=node.step)


def _frozen(naming: Naming) -> Iterator[Finding]:
    for number, draft in enumerate(naming.canvas.drafts):
        if draft.key.what == "plain" and draft.kind == "parameter":
            yield Finding(number, "frozen", "plain", draft.note)
