"""stack and cat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CATS = frozenset({"cat", "concat", "concatenate", "hstack", "vstack"})
_OTHER_WAY = {"hstack": "vstack", "vstack": "hstack"}
Shape = tuple[int, ...]


def explain_join(case: Case) -> Explanation | None:
    """Explain tensors that cannot be stacked or concatenated."""
    if case.op not in {*_CATS, "stack"} or isinstance(case.call.error, TypeError):
        return None
    shapes = [tuple(tensor.shape) for tensor in case.call.tensors]
    if isinstance(case.call.error, IndexError) and len({len(shape) for shape in shapes}) == 1:
        return None
    if not shapes:
        return Explanation(
            f"torch.{case.op} got an empty list: there is nothing to join, so the result has no shape.",
            "Check that the loop that fills the list runs at least once.",
        )
    return _stack(case, shapes) if case.op == "stack" else _cat(case, shapes)


def _entry(case: Case, index: int) -> str:
    return case.name(index, f"entry {index}")


def _two(case: Case, shapes: Sequence[Shape], other: int) -> str:
    return (
        f"{sentence(_entry(case, 0))} has shape {shape_text(shapes[0])} and {_entry(case, other)} has shape "
        f"{shape_text(shapes[other])}"
    )


def _stack(case: Case, shapes: Sequence[Shape]) -> Explanation | None:
    other = next((i for i, shape in enumerate(shapes) if shape != shapes[0]), None)
    if other is None:
        return None
    differing = _differing(shapes[0], shapes[other])
    message = f"stack lays tensors of one and the same shape side by side. {_two(case, shapes, other)}: "
    message += _difference(shapes[0], shapes[other], differing) + "."
    hint = "cat joins tensors along a dimension that they have, and there they may differ in size."
    return Explanation(message, hint, case.fixes(lambda: _unstacked(case, shapes)), _pairs(other, differing))


def _differing(first: Shape, other: Shape) -> list[int]:
    if len(first) != len(other):
        return []
    return [d for d, (a, b) in enumerate(zip(first, other, strict=True)) if a != b]


def _difference(first: Shape, other: Shape, differing: Sequence[int]) -> str:
    if not differing:
        return f"{count_text(len(first), 'dimension')} against {len(other)}"
    return ", ".join(f"dimension {d} is {first[d]} against {other[d]}" for d in differing)


def _pairs(other: int, differing: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(pair for d in differing for pair in ((0, d), (other, d)))


def _common_dims(shapes: Sequence[Shape]) -> list[int]:
    """Return the dimensions outside which all shapes agree."""
    rank = len(shapes[0])
    if any(len(shape) != rank for shape in shapes):
        return []
    return [d for d in range(rank) if len({shape[:d] + shape[d + 1 :] for shape in shapes}) == 1]


def _list_code(case: Case, changes: dict[int, str]) -> str:
    """Return the list of tensors as code, with some entries changed."""
    return f"[{', '.join(changes.get(i, case.hole(i)) for i in range(len(case.call.tensors)))}]"


def _call_of(case: Case, op: str, listed: str, dim: int | None) -> Candidate:
    """Return a call of another function of the same module."""
    callee = case.site.part("callee")
    if callee is None:
        raise LookupError("no function")
    named = callee.hole if op == case.op else re.sub(r"\w+$", op, callee.text)
    text = f"{named}({listed})" if dim is None else f"{named}({listed}, dim={dim})"
    return Candidate(text, label=case.site.render(text))


def _tensors_code(case: Case) -> str:
    """Return the list argument's code, item by item or as the one expression that it is."""
    whole = case.site.part("arg", 0) or case.site.part("key", "tensors")
    return whole.hole if whole is not None else _list_code(case, {})


def _unstacked(case: Case, shapes: Sequence[Shape]) -> Iterator[Candidate]:
    for dim in _common_dims(shapes):
        yield _call_of(case, "cat", _tensors_code(case), dim)
    yield from _reshaped(case, shapes)


def _reshaped(case: Case, shapes: Sequence[Shape]) -> Iterator[Candidate]:
    """Yield calls with one entry turned or expanded, so that it fits."""
    for index in range(len(shapes) - 1, -1, -1):
        hole, shape = case.hole(index), shapes[index]
        first = 0 if index else len(shapes) - 1
        if len(shape) == 2 and shape[::-1] == shapes[first]:
            yield Candidate(case.site.changed({hole: f"{hole}.T"}))
        if case.op == "stack" and _expands_to(shape, shapes[first]):
            yield Candidate(case.site.changed({hole: f"{hole}.expand_as({case.hole(first)})"}))


def _expands_to(shape: Shape, target: Shape) -> bool:
    return len(shape) <= len(target) and all(
        size in {1, want} for size, want in zip(reversed(shape), reversed(target), strict=False)
    )


def _cat(case: Case, shapes: Sequence[Shape]) -> Explanation | None:
    given = case.argument(1, "dim", "axis")
    dim = given if isinstance(given, int) else 0
    if case.op == "hstack":
        dim = min(len(shapes[0]) - 1, 1)
    ranks = [len(shape) for shape in shapes]
    other = next((i for i, rank in enumerate(ranks) if rank != ranks[0]), None)
    if other is not None:
        return Explanation(
            f"{case.op} needs tensors with the same number of dimensions. {_two(case, shapes, other)}: "
            f"{count_text(ranks[0], 'dimension')} against {ranks[other]}.",
            "unsqueeze gives a tensor one more dimension, of size 1.",
            case.fixes(lambda: _raised(case, ranks)),
        )
    if ranks[0] == 0:
        return Explanation(
            f"cat joins tensors along a dimension that they have. {sentence(_entry(case, 0))} has "
            "none: it is a "
            "single number.",
            "stack makes a new dimension.",
            case.fixes(lambda: iter([_call_of(case, "stack", _tensors_code(case), 0)])),
        )
    dim %= ranks[0]
    other = next((i for i, s in enumerate(shapes) if set(_differing(shapes[0], s)) - {dim}), None)
    return None if other is None else _cat_mismatch(case, shapes, other, dim)


def _cat_mismatch(case: Case, shapes: Sequence[Shape], other: int, dim: int) -> Explanation:
    differing = [d for d in _differing(shapes[0], shapes[other]) if d != dim]
    return Explanation(
        f"{case.op} along dimension {dim} needs equal sizes in all other dimensions. "
        f"{_two(case, shapes, other)}: {_difference(shapes[0], shapes[other], differing)}.",
        "Join along the dimension in which they differ, or make the other sizes equal first.",
        case.fixes(lambda: _other_dims(case, shapes)),
        _pairs(other, differing),
    )


def _other_dims(case: Case, shapes: Sequence[Shape]) -> Iterator[Candidate]:
    if case.op in _OTHER_WAY:
        yield _call_of(case, _OTHER_WAY[case.op], _tensors_code(case), None)
    else:
        for dim in _common_dims(shapes):
            yield _call_of(case, case.op, _tensors_code(case), dim)
    yield from _reshaped(case, shapes)


def _raised(case: Case, ranks: Sequence[int]) -> Iterator[Candidate]:
    """Yield calls with one more dimension on every tensor that lacks one."""
    low = [i for i, rank in enumerate(ranks) if rank < max(ranks)]
    for place in range(max(ranks)):
        raised = {i: f"{case.hole(i)}.unsqueeze({place})" for i in low}
        yield Candidate(case.site.changed({case.hole(i): code for i, code in raised.items()}))
        if case.op == "cat":
            listed = _list_code(case, raised)
            yield from (_call_of(case, "cat", listed, dim) for dim in range(max(ranks)))


def stacked_instead(case: Case) -> Iterator[Candidate]:
    """Yield `stack` for a `cat` along a dimension that does not exist yet."""
    shapes = {tuple(tensor.shape) for tensor in case.call.tensors}
    given = case.argument(1, "dim", "axis")
    if case.op in _CATS and len(shapes) == 1 and given == len(next(iter(shapes))):
        yield _call_of(case, "stack", _tensors_code(case), int(str(given)))
