"""The relations of the steps that are shown, within a budget of terms and time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from explorer.lenses.relations.cells import window_cells, window_elements
from explorer.lenses.relations.gathers import gathers
from explorer.lenses.relations.letters import NoLettersError
from explorer.lenses.relations.others import dependences, moves
from explorer.lenses.relations.pointwise import pointwise, stretched_operands
from explorer.lenses.relations.products import products
from explorer.lenses.relations.question import Question, Terms, TooManyTermsError
from explorer.lenses.relations.reductions import reductions
from explorer.lenses.relations.scatters import scatters
from explorer.lenses.shapes.elements import shown_window
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import Moment
from explorer.scene.relations import Operand, Relation
from explorer.trace import Step, TensorState, Trace

MAX_TERMS = 200_000
MAX_ALL_TERMS = 1_000_000
MAX_OUTPUTS = 4
# No more relations are made after so many seconds.
MAX_SECONDS = 0.5

Rule = Callable[[Question], Terms | None]
_RULES: tuple[Rule, ...] = (scatters, gathers, products, reductions, pointwise)
_SILENT = frozenset({"view", "create", "backward", "other"})


@dataclass(frozen=True)
class Related:
    """The relations of a scene.

    Attributes:
        relations: All of them.
        frames: For each frame, the numbers of its own.
        stretched: For each frame, (grid, shape) of the inputs that are read as if they had a larger shape.
        notes: Sentences about what was left out.
    """

    relations: tuple[Relation, ...]
    frames: tuple[tuple[int, ...], ...]
    stretched: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
    notes: tuple[str, ...]


def relate(trace: Trace, moments: tuple[Moment, ...], panels: Panels) -> Related:
    """Return how the results of the steps that are shown were made.

    Args:
        trace: The run, with its live calls; without them there are no relations.
        moments: What is shown.
        panels: The grids that there are.
    """
    relations: list[Relation] = []
    frames: list[tuple[int, ...]] = []
    stretched: list[tuple[tuple[int, tuple[int, ...]], ...]] = []
    left, late = MAX_ALL_TERMS, 0
    end = time.monotonic() + MAX_SECONDS
    for moment in moments:
        made: list[Relation] = []
        wider: tuple[tuple[int, tuple[int, ...]], ...] = ()
        step = moment.step
        if step is not None and trace.calls is not None and step.kind not in _SILENT:
            if time.monotonic() > end:
                late += 1
            else:
                made = list(_relations_of(trace, step, panels, left))
                wider = _stretched(trace, step, panels)
        left -= sum(_size(relation) for relation in made)
        frames.append(tuple(range(len(relations), len(relations) + len(made))))
        relations += made
        stretched.append(wider)
    note = f"Where the cells of {late:,} later steps came from is not shown: finding that out would take too long."
    return Related(tuple(relations), tuple(frames), tuple(stretched), (note,) if late else ())


def terms_of(question: Question) -> Terms | None:
    """Return the terms of a step's output by the first rule that knows the operation; None where none does."""
    rules = _RULES if question.step.kind != "copy" else (*_RULES, moves)
    try:
        for rule in rules:
            terms = rule(question)
            if terms is not None:
                return terms
        return dependences(question)
    except (NoLettersError, TooManyTermsError):
        return None


def _relations_of(trace: Trace, step: Step, panels: Panels, left: int) -> Iterator[Relation]:
    for output, state in enumerate(step.outputs[:MAX_OUTPUTS]):
        grid = panels.grid_of(state)
        if grid is None or left <= 0:
            continue
        question = question_of(trace, step, output, min(MAX_TERMS, left))
        terms = terms_of(question)
        relation = None if terms is None else _relation(question, terms, grid, panels)
        if relation is not None:
            left -= _size(relation)
            yield relation


def question_of(trace: Trace, step: Step, output: int, limit: int = MAX_TERMS) -> Question:
    """Ask for the terms of the elements that the window of a step's output shows."""
    state = step.outputs[output]
    names = tuple(_name(trace, step, given) for given in step.inputs)
    result = _name(trace, step, state, after=True)
    if result in names and names.index(result) != _place(step, state):
        result = ""
    call = None if trace.calls is None else trace.calls[step.index]
    elements = window_elements(state.shape, shown_window(state))
    return Question(trace, step, call, output, elements, names, result or "out", limit)


def _place(step: Step, state: TensorState) -> int:
    return next((n for n, given in enumerate(step.inputs) if given.tensor == state.tensor), -1)


def _name(trace: Trace, step: Step, state: TensorState, *, after: bool = False) -> str:
    """Return what the program calls a tensor before (or after) a step; "" when it has no name."""
    places = [step.index] if after or step.index == 0 else [step.index - 1, step.index]
    for place in places:
        for binding in reversed(trace.bindings[place]):
            if binding.state.tensor == state.tensor and binding.activation in (0, step.activation):
                return binding.name
    return ""


def _relation(question: Question, terms: Terms, grid: int, panels: Panels) -> Relation | None:
    """Return terms as cells of grids; None when no operand is drawn."""
    operands = []
    for factor in terms.factors:
        state = question.step.inputs[factor.argument]
        number = panels.grid_of(state)
        if number is not None:
            cells = window_cells(factor.elements, state.shape, shown_window(state))
            operands.append(Operand(number, cells, factor.role, factor.axes))
    if not operands:
        return None
    cells = question.elements.size
    counts = np.zeros(cells, np.int64)
    counts[: terms.counts.size] = terms.counts
    return Relation(
        result=grid,
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        operands=tuple(operands),
        combination=terms.combination,
        sign=terms.sign,
        formula=terms.formula,
        letters=terms.letters,
        terms=terms.values,
        derivatives=terms.derivatives,
        dims=terms.dims,
        complete=terms.counts.size == cells,
    )


def _size(relation: Relation) -> int:
    return int(relation.starts[-1])


def _stretched(trace: Trace, step: Step, panels: Panels) -> tuple[tuple[int, tuple[int, ...]], ...]:
    question = question_of(trace, step, 0)
    pairs = [(panels.grid_of(step.inputs[number]), question.shape) for number in stretched_operands(question)]
    return tuple((grid, shape) for grid, shape in pairs if grid is not None)
