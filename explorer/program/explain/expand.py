"""expand and its relatives, and repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EXPANDS = frozenset({"expand", "expand_as", "broadcast_to"})


def explain_expand(case: Case) -> Explanation | None:
    """Explain a shape that a tensor cannot be expanded to."""
    if case.op not in _EXPANDS or not isinstance(case.call.error, RuntimeError):
        return None
    shape = case.shape
    asked = tuple(case.call.tensors[1].shape) if case.op == "expand_as" else case.sizes()
    if len(asked) < len(shape):
        return _too_few(case, asked)
    lead = len(asked) - len(shape)
    if min(asked) < -1:
        return Explanation(
            f"{min(asked)} is not a size. A size is 0 or more, or -1 to keep the size that the dimension has.",
            "Use -1 to keep a size.",
            case.fixes(lambda: _calls(case, asked, tuple(max(size, -1) for size in asked))),
        )
    if -1 in asked[:lead]:
        place = asked.index(-1)
        return Explanation(
            f"{case.has_shape()}; {shape_text(asked)} adds {count_text(lead, 'dimension')} in "
            f"front. Size {place} of "
            f"it is -1, which means: keep the size. A new dimension has no size to keep.",
            "Give the new dimension a size.",
            case.fixes(
                lambda: _calls(case, asked, tuple(1 if d < lead and s == -1 else s for d, s in enumerate(asked)))
            ),
        )
    return _mismatch(case, asked, lead)


def _too_few(case: Case, asked: Sequence[int]) -> Explanation:
    rank = case.tensor.dim()
    padded = (*[-1] * (rank - len(asked)), *asked)
    return Explanation(
        f"{case.has_shape()}: {count_text(rank, 'dimension')}. {shape_text(asked)} names only "
        f"{len(asked)} of them; "
        "expand needs a size for every dimension, and may add new ones in front.",
        "Use -1 for a dimension that keeps its size.",
        case.fixes(lambda: _calls(case, asked, padded)),
    )


def _mismatch(case: Case, asked: tuple[int, ...], lead: int) -> Explanation | None:
    shape = case.shape
    bad = [d for d, size in enumerate(shape) if size != 1 and asked[lead + d] not in {-1, size}]
    if not bad:
        return None
    said = "; ".join(
        f"dimension {d} of {case.name()} ({shape[d]}) meets size {lead + d} of the request ({asked[lead + d]})"
        for d in reversed(bad)
    )
    return Explanation(
        f"{case.has_shape()}, and {shape_text(asked)} was asked for. Lined up from the right, {said}. "
        "expand repeats a dimension only if its size is 1.",
        "`unsqueeze` makes a dimension of size 1 that can be expanded; `repeat` copies whole blocks.",
        case.fixes(lambda: _mended(case, asked, lead, bad)),
        tuple((0, d) for d in bad),
    )


def _mended(case: Case, asked: tuple[int, ...], lead: int, bad: Sequence[int]) -> Iterator[Candidate]:
    receiver, shape = case.receiver, case.shape
    for place in range(len(shape), -1, -1):
        yield Candidate(case.site.changed({receiver: f"{receiver}.unsqueeze({place})"}))
    wanted = [shape[d - lead] if size == -1 and d >= lead else size for d, size in enumerate(asked)]
    own = [*[1] * lead, *shape]
    if all(size and want % size == 0 for want, size in zip(wanted, own, strict=True)):
        times = [str(want // size) for want, size in zip(wanted, own, strict=True)]
        yield Candidate(f"{receiver}.repeat({', '.join(times)})")
    kept = tuple(-1 if d - lead in bad else size for d, size in enumerate(asked))
    if case.op != "expand_as":
        yield from _calls(case, asked, kept)


def _calls(case: Case, asked: Sequence[int], sizes: Sequence[int]) -> Iterator[Candidate]:
    op = "expand" if case.op == "expand_as" else case.op
    yield Candidate(case.call_code(case.receiver, op, case.size_codes(asked, sizes)))


def explain_repeat(case: Case) -> Explanation | None:
    """Explain counts that `repeat` cannot follow."""
    if case.op != "repeat" or not isinstance(case.call.error, RuntimeError):
        return None
    counts, rank = case.sizes(), case.tensor.dim()
    if len(counts) < rank:
        padded = (*[1] * (rank - len(counts)), *counts)
        return Explanation(
            f"{case.has_shape()}: {count_text(rank, 'dimension')}, and repeat got "
            f"{count_text(len(counts), 'count')}, {shape_text(counts)}. It needs one for every dimension.",
            "Write 1 for a dimension that is not repeated.",
            case.fixes(lambda: _calls(case, counts, padded)),
        )
    if min(counts) >= 0:
        return None
    place = next(d for d, count in enumerate(counts) if count < 0)
    mended = tuple(1 if count < 0 else count for count in counts)
    return Explanation(
        f"repeat got {counts[place]} as count {place} of {shape_text(counts)}. "
        f"{sentence('a count')} says how many copies to lay side by side; it cannot be negative.",
        "Write 1 to keep a dimension as it is (-1 means that only in expand).",
        case.fixes(lambda: _calls(case, counts, mended)),
    )
