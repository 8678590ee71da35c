"""Products as Einstein sums: which dimension of which operand has which letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.lenses.einsum import Letters, parse
from explorer.lenses.relations.cells import Shape
from explorer.lenses.relations.letters import letters_for
from explorer.lenses.relations.question import Question


@dataclass(frozen=True)
class Equation:
    """An Einstein sum of tensor arguments.

    Attributes:
        arguments: Numbers of the arguments that are multiplied.
        inputs: The letters of their dimensions.
        output: The letters of the result's dimensions.
        added: Number of an argument that is added to the sum, broadcast; None when there is none.
    """

    arguments: tuple[int, ...]
    inputs: tuple[Letters, ...]
    output: Letters
    added: int | None = None


def equation_of(question: Question) -> Equation | None:
    """Return the Einstein sum that an operation is; None when it is none, or has factors of its own (`alpha`)."""
    if question.call is None:
        return None
    op = question.op.removeprefix("linalg_")
    if op == "einsum":
        return _einsum(question)
    shapes = [question.shape_of(number) for number in question.operands]
    if op in ("addmm", "addmv", "baddbmm") and len(shapes) == 3:
        return _added(question, shapes)
    if op == "linear" and question.call.function is not None and len(shapes) in (2, 3):
        return _linear(question, shapes)
    if len(shapes) != 2:
        return None
    letters = _two(op, shapes[0], shapes[1], question)
    if letters is None:
        return None
    swapped = question.step.op == "__rmatmul__"
    return Equation(question.operands[::-1] if swapped else question.operands, letters[:2], letters[2])


def _two(op: str, first: Shape, second: Shape, question: Question) -> tuple[Letters, Letters, Letters] | None:
    taken = question.taken
    if op in ("matmul", "rmatmul", "mm", "bmm", "mv", "dot") and first and second:
        pair = (second, first) if op == "rmatmul" else (first, second)
        return _matmul(*pair, taken)
    if op in ("outer", "ger") and len(first) == len(second) == 1:
        i, j = letters_for(2, taken)
        return (i,), (j,), (i, j)
    if op == "inner" and first and second:
        letters = letters_for(len(first) + len(second) - 1, taken)
        kept, k = letters[:-1], letters[-1]
        return (*kept[: len(first) - 1], k), (*kept[len(first) - 1 :], k), kept
    return None


def _matmul(first: Shape, second: Shape, taken: Iterable[str]) -> tuple[Letters, Letters, Letters]:
    i, j, k = _three(taken)
    batch = letters_for(max(len(first), len(second), 2) - 2, (*taken, i, j, k), batch=True)
    rows, columns = ((i,) if len(first) > 1 else ()), ((j,) if len(second) > 1 else ())
    own = (batch[len(batch) - max(len(first) - 2, 0) :], batch[len(batch) - max(len(second) - 2, 0) :])
    return (*own[0], *rows, k), (*own[1], k, *columns), (*batch, *rows, *columns)


def _three(taken: Iterable[str]) -> Letters:
    """Return letters for rows, columns and what is summed: i, j, k where they are free."""
    i, j, k = letters_for(3, taken)
    return i, j, k


def _added(question: Question, shapes: list[Shape]) -> Equation | None:
    if any(question.keywords.get(name, 1) != 1 for name in ("alpha", "beta")) or len(question.arguments) != 3:
        return None
    first, second, output = _matmul(shapes[1], shapes[2], question.taken)
    added, *factors = question.operands
    return Equation(tuple(factors), (first, second), output, added)


def _linear(question: Question, shapes: list[Shape]) -> Equation | None:
    given, weight = shapes[:2]
    if not given or len(weight) not in (1, 2):
        return None
    taken = question.taken
    *front, j, k = letters_for(len(given) + 1, taken)
    output = (*front, j) if len(weight) == 2 else tuple(front)
    added = question.operands[2] if len(shapes) == 3 else None
    weights = (j, k) if len(weight) == 2 else (k,)
    return Equation(question.operands[:2], ((*front, k), weights), output, added)


def _einsum(question: Question) -> Equation | None:
    text = question.given(0, "equation")
    parsed = parse(text, [question.shape_of(number) for number in question.operands]) if isinstance(text, str) else None
    if parsed is None:
        return None
    batch = letters_for(len(parsed.covered), (*parsed.letters, *question.taken), batch=True)
    names = dict(zip(parsed.covered, batch, strict=True))
    *inputs, output = (tuple(names.get(one, one) for one in term) for term in (*parsed.terms, parsed.output))
    return Equation(question.operands, tuple(inputs), output)
