"""What relations are compared with: their terms put together by plain torch, and one element changed at a time."""

from __future__ import annotations

import numpy as np
import torch

import explorer
from explorer.lenses.relations.question import Question, Terms
from explorer.lenses.relations.relating import by_rule, question_of
from explorer.trace.calls import replace_tensors, tensors_in
from explorer.trace.replay import as_it_was
from explorer.trace.values import to_numpy

# Other values for a number; for a bool its opposite is taken.
OTHERS = (50, -50, 0, 3, -2)


def last_terms(program: str, output: int = 0) -> tuple[Question, Terms]:
    """Run a program; return what is asked about its last step, and the terms that a rule found."""
    trace = explorer.run("import torch\nimport torch.nn.functional as F\n" + program)
    assert trace.error is None, trace.error
    question = question_of(trace, trace.steps[-1], output)
    terms = by_rule(question)
    assert terms is not None, f"no rule for {trace.steps[-1].expression}"
    assert terms.counts.size == question.elements.size
    for factor in terms.factors:
        assert factor.elements.shape == (terms.counts.sum(),)
        assert (factor.elements < trace.steps[-1].inputs[factor.argument].numel).all()
        assert (factor.elements >= -1).all()
    return question, terms


def inputs_of(question: Question) -> list[torch.Tensor]:
    """Return what the tensor arguments held when the call began."""
    held = [as_it_was(t, s) for t, s in zip(question.tensors, question.step.inputs, strict=True)]
    assert all(tensor is not None for tensor in held)
    return [tensor.clone() for tensor in held if tensor is not None]


def results_with(question: Question, inputs: list[torch.Tensor]) -> torch.Tensor:
    """Make the call again with other tensors."""
    call = question.call
    assert call is not None
    copies = [tensor.clone() for tensor in inputs]
    supply = iter(copies)
    arguments, keywords = replace_tensors([call.arguments, dict(call.keywords)], lambda _: next(supply))
    keywords.pop("out", None)
    results = tensors_in(call.function(*arguments, **keywords))
    return results[question.output] if results else copies[0]


def combined(terms: Terms, values: np.ndarray) -> list[np.ndarray]:
    """Return the values of the terms of each element, one array an element."""
    ends = np.cumsum(terms.counts)
    return [values[end - count : end] for end, count in zip(ends, terms.counts, strict=True)]


def factor_values(question: Question, terms: Terms, number: int = 0) -> np.ndarray:
    """Return what each term reads of an operand; only where it reads something."""
    factor = terms.factors[number]
    return to_numpy(inputs_of(question)[factor.argument].reshape(-1))[factor.elements]


def used(question: Question, terms: Terms, argument: int) -> set[tuple[int, int]]:
    """Return the pairs (element of the result, element of the argument) in the terms."""
    rows = np.repeat(question.elements, terms.counts)
    pairs = set()
    for factor in terms.factors:
        if factor.argument == argument:
            read = factor.elements >= 0
            pairs |= set(zip(rows[read].tolist(), factor.elements[read].tolist(), strict=True))
    return pairs


def changing(question: Question, argument: int) -> set[tuple[int, int]]:
    """Return the pairs for which the result's element changes when the argument's is given another value."""
    inputs = inputs_of(question)
    before = results_with(question, inputs).reshape(-1)
    pairs = set()
    for place in range(inputs[argument].numel()):
        for value in _others(inputs[argument].reshape(-1)[place]):
            changed = inputs[argument].clone(memory_format=torch.contiguous_format)
            changed.view(-1)[place] = value
            after = results_with(question, [*inputs[:argument], changed, *inputs[argument + 1 :]]).reshape(-1)
            if after.shape == before.shape:
                differs = ~((after == before) | (after.isnan() & before.isnan()))
                pairs |= {(int(element), place) for element in differs.nonzero()}
    return pairs


def _others(value: torch.Tensor) -> tuple[float | bool, ...]:
    return (not bool(value),) if value.dtype == torch.bool else OTHERS


def check_dependence(question: Question, terms: Terms, *, exact: bool = True) -> None:
    """Check that the terms' value and mask cells are those that the result changes with.

    With `exact` off, terms may hold more: an element of a line that happens to decide nothing.
    """
    arguments = {factor.argument for factor in terms.factors if factor.role != "index"}
    indices = {factor.argument for factor in terms.factors if factor.role == "index"}
    for argument in arguments - indices:
        found, expected = used(question, terms, argument), changing(question, argument)
        assert expected <= found, (question.step.expression, argument, expected - found)
        assert not exact or found <= expected, (question.step.expression, argument, found - expected)
