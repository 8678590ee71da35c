"""The relations of the steps that are shown, within a budget of terms and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from explorer.lenses.relations.cells import window_cells, window_elements
from explorer.lenses.relations.gathers import gathers
from explorer.lenses.relations.naming import names_of, result_of
from explorer.lenses.relations.others import dependences, moves
from explorer.lenses.relations.pointwise import pointwise, stretched_operands
from explorer.lenses.relations.products import products
from explorer.lenses.relations.question import Question, Terms
from explorer.lenses.relations.reductions import reductions
from explorer.lenses.relations.scatters import scatters
from explorer.lenses.shapes.elements import shown_window
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import Moment
from explorer.scene.relations import Operand, Relation
from explorer.trace import Step, Trace

MAX_TERMS = 200_000
MAX_ALL_TERMS = 1_000_000
MAX_OUTPUTS = 4
# Seconds for all operations that have a rule, and for trying the elements of all others.
MAX_SECONDS = 0.5
MAX_TRYING = 0.3

Rule = Callable[[Question], Terms | None]
_RULES: tuple[Rule, ...] = (scatters, gathers, products, reductions, pointwise)
_SILENT = frozenset({"view", "create", "backward", "other"})
# What rules and torch raise for layouts, dtypes and arguments that they do not take; too many terms or dimensions.
_REFUSALS = (ValueError, TypeError, IndexError, RuntimeError)
# These change what a tensor looks at, not what is there.
_REARRANGING = frozenset({"resize_", "resize_as_", "set_", "requires_grad_", "data"})


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

    Operations with a rule come first: trying the elements of the others takes longer, and may have no time left. Of
    those the last come first, which the page opens on.

    Args:
        trace: The run, with its live calls; without them there are no relations.
        moments: What is shown.
        panels: The grids that there are.
    """
    asked = [_questions(trace, moment.step, panels) for moment in moments]
    work = _Work()
    ruled = [[work.do(question, by_rule, MAX_SECONDS) for question in questions] for questions in asked]
    answered = [_tried(work, questions, found) for questions, found in zip(asked[::-1], ruled[::-1], strict=True)][::-1]
    relations: list[Relation] = []
    frames = []
    for questions, answers in zip(asked, answered, strict=True):
        first = len(relations)
        for question, answer in zip(questions, answers, strict=True):
            made = None if answer is None else _relation(question, answer, panels)
            relations += [] if made is None else [made]
        frames.append(tuple(range(first, len(relations))))
    stretched = tuple(_stretched(questions, panels) for questions in asked)
    note = (
        f"Where the cells of {len(work.late):,} results came from is not shown: finding that out would take too long."
    )
    return Related(tuple(relations), tuple(frames), stretched, (note,) if work.late else ())


def _tried(work: _Work, questions: tuple[Question, ...], found: list[Terms | None]) -> list[Terms | None]:
    """Find by trying what no rule has found."""
    return [
        work.do(question, dependences, MAX_TRYING) if terms is None else terms
        for question, terms in zip(questions, found, strict=True)
    ]


class _Work:
    """What is left of the budget of terms, how long the work has taken, and which outputs it was too late for."""

    def __init__(self) -> None:
        self.late: set[tuple[int, int]] = set()
        self._terms = MAX_ALL_TERMS
        self._seconds: dict[Rule, float] = {}

    def do(self, question: Question, rule: Rule, seconds: float) -> Terms | None:
        """Answer a question by a rule that may take so many seconds for all questions together."""
        begin = time.perf_counter()
        spent = self._seconds.get(rule, 0.0)
        key = (question.step.index, question.output)
        if spent > seconds:
            self.late.add(key)
            return None
        try:
            terms = rule(replace(question, limit=min(question.limit, self._terms)))
        except _REFUSALS:
            terms = None
        self._seconds[rule] = spent + time.perf_counter() - begin
        if terms is not None:
            self.late.discard(key)
            self._terms -= int(terms.counts.sum())
        return terms


def by_rule(question: Question) -> Terms | None:
    """Return the terms of a step's output by the first rule that knows the operation; None where none does."""
    rules = _RULES if question.step.kind != "copy" else (*_RULES, moves)
    return next((terms for rule in rules if (terms := rule(question)) is not None), None)


def _questions(trace: Trace, step: Step | None, panels: Panels) -> tuple[Question, ...]:
    if step is None or trace.calls is None or (step.kind in _SILENT and not _is_subscript(step)):
        return ()
    if step.op in _REARRANGING:
        return ()
    drawn = [n for n, state in enumerate(step.outputs[:MAX_OUTPUTS]) if panels.grid_of(state) is not None]
    return tuple(question_of(trace, step, output) for output in drawn)


def _is_subscript(step: Step) -> bool:
    """Tell whether it is an index expression that makes a view: drawn like other views, but with a formula."""
    return step.op == "__getitem__" and step.kind == "view"


def question_of(trace: Trace, step: Step, output: int, limit: int = MAX_TERMS) -> Question:
    """Ask for the terms of the elements that the window of a step's output shows."""
    state = step.outputs[output]
    names = names_of(trace, step)
    call = None if trace.calls is None else trace.calls[step.index]
    elements = window_elements(state.shape, shown_window(state))
    return Question(trace, step, call, output, elements, names, result_of(trace, step, output, names), limit)


def _relation(question: Question, terms: Terms, panels: Panels) -> Relation | None:
    """Return terms as cells of grids; None when no operand is drawn."""
    grid = panels.grid_of(question.state)
    operands = []
    for factor in terms.factors:
        state = question.step.inputs[factor.argument]
        number = panels.grid_of(state)
        if number is not None:
            cells = window_cells(factor.elements, state.shape, shown_window(state))
            operands.append(Operand(number, cells, factor.role, factor.axes))
    if grid is None or not operands:
        return None
    size = question.elements.size
    counts = np.zeros(size, np.int64)
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
        complete=terms.counts.size == size,
    )


def _stretched(questions: tuple[Question, ...], panels: Panels) -> tuple[tuple[int, tuple[int, ...]], ...]:
    question = next(iter(questions), None)
    if question is None:
        return ()
    inputs = question.step.inputs
    pairs = [(panels.grid_of(inputs[number]), question.shape) for number in stretched_operands(question)]
    return tuple((grid, shape) for grid, shape in pairs if grid is not None)
