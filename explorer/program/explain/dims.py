"""Dimensions that a tensor does not have, or that are named twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.joining import stacked_instead
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, list_text, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSERTING = frozenset({"unsqueeze", "stack", "expand_dims"})
_OUT_OF_RANGE = r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)"


def explain_dim(case: Case) -> Explanation | None:
    """Explain a dim argument outside -n … n - 1."""
    found = case.matches(_OUT_OF_RANGE)
    if found is None:
        return None
    low, high, got = (int(found[i]) for i in (1, 2, 3))
    nearest = high if got > high else low
    if case.call.tensors:
        start = f"{case.has_shape()}: {count_text(case.tensor.dim(), 'dimension')}"
    else:
        start = f"{case.op} has {count_text(high + 1, 'dimension')} to choose from"
    extra = " (one more than it has, since the new dimension may stand at the end)" if case.op in _INSERTING else ""
    legal = f"{low} … {high}" if high - low > 3 else list_text(list(range(low, high + 1)), "or")
    return Explanation(
        f"{start}, so dim may be {legal}{extra}. {got} is outside.",
        "Dimensions count from 0 at the front, or from -1 at the end.",
        case.fixes(lambda: _nearest(case, got, nearest)),
    )


def _nearest(case: Case, got: int, nearest: int) -> Iterator[Candidate]:
    yield from stacked_instead(case)
    for part in case.site.parts:
        if type(part.value) is int and part.value == got:
            yield Candidate(case.site.changed({part.hole: str(nearest)}))


def explain_permute(case: Case) -> Explanation | None:
    """Explain an order of dimensions that is not a permutation of them all."""
    if case.op != "permute" or isinstance(case.call.error, TypeError):
        return None
    rank, order = case.tensor.dim(), case.sizes()
    legal = [d % rank for d in order if -rank <= d < rank]
    missing = [d for d in range(rank) if d not in legal]
    repeated = sorted({d for d in legal if legal.count(d) > 1})
    outside = [d for d in order if not -rank <= d < rank]
    faults = [f"{d} stands there {legal.count(d)} times" for d in repeated]
    faults += [f"{d} is outside {-rank} … {rank - 1}" for d in outside]
    faults += [f"{list_text(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    return Explanation(
        f"{case.has_shape()}: {count_text(rank, 'dimension')}. permute needs each of "
        f"{_range(rank)} once, and "
        f"{shape_text(order)} does not have that: {list_text(faults)}.",
        "Name every dimension, in its new order. To swap just two, use transpose.",
        case.fixes(lambda: _completed(case, order, rank, missing)),
        tuple((0, d) for d in repeated or missing),
    )


def _range(rank: int) -> str:
    return list_text(list(range(rank)))


def _completed(case: Case, order: tuple[int, ...], rank: int, missing: list[int]) -> Iterator[Candidate]:
    """Yield the order with what is missing put where it is wrong, then at the end."""
    kept: list[int | None] = []
    for d in order:
        legal = -rank <= d < rank and d % rank not in [k % rank for k in kept if k is not None]
        kept.append(d if legal else None)
    waiting = list(missing)
    filled = [d if d is not None else (waiting.pop(0) if waiting else None) for d in kept]
    full = [d for d in filled if d is not None] + waiting
    yield Candidate(case.call_code(case.receiver, "permute", [str(d) for d in full]))


def explain_transpose(case: Case) -> Explanation | None:
    """Explain `t()` and `.mT` on tensors that are not matrices."""
    if case.op == "t" and case.tensor.dim() > 2:
        return Explanation(
            f"t() turns a matrix over, so it takes at most 2 dimensions. {case.has_shape()}: "
            f"{count_text(case.tensor.dim(), 'dimension')}.",
            "Say which two dimensions shall be swapped.",
            case.fixes(lambda: _swapped(case)),
        )
    found = case.matches(r"tensor\.(mT|mH|H) is only supported on matrices")
    if found is None:
        return None
    return Explanation(
        f".{found[1]} swaps the last two dimensions. {case.has_shape()}: "
        f"it has {count_text(case.tensor.dim(), 'dimension')}.",
        "A row or a column of a table has 2 dimensions: unsqueeze adds one.",
        case.fixes(lambda: iter([Candidate(f"{case.receiver}.unsqueeze({place})") for place in (1, 0)])),
    )


def _swapped(case: Case) -> Iterator[Candidate]:
    yield Candidate(f"{case.receiver}.transpose(-2, -1)")
    yield Candidate(f"{case.receiver}.mT")


def explain_repeated_dim(case: Case) -> Explanation | None:
    """Explain a list of dims that names one dimension twice."""
    found = case.matches(r"dim (-?\d+) appears multiple times in the list of dims")
    if found is None:
        return None
    rank = case.tensor.dim()
    dims = _dims(case)
    twice = int(found[1]) % rank
    return Explanation(
        f"{case.op} names dimension {twice} more than once: {shape_text(dims)}. {case.has_shape()}; "
        "a negative dim counts from the end.",
        "Name each dimension once.",
        case.fixes(lambda: _once(case, dims, rank)),
        ((0, twice),),
    )


def _dims(case: Case) -> tuple[int, ...]:
    given = case.argument(1, "dim", "dims", "axis")
    if isinstance(given, list | tuple):
        return tuple(int(d) for d in given)
    return tuple(d for d in case.call.arguments[1:] if isinstance(d, int))


def _once(case: Case, dims: tuple[int, ...], rank: int) -> Iterator[Candidate]:
    unique = {d % rank: d for d in reversed(dims)}
    codes = [str(d) for d in dict.fromkeys(unique[d % rank] for d in dims)]
    if case.op == "flip":
        yield Candidate(case.call_code(case.receiver, "flip", codes))
    elif len(case.call.arguments) + len(case.call.keywords) == 2:
        listed = f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"
        callee = case.site.part("callee")
        opening = f"{callee.hole}({case.receiver}, " if callee else f"{case.receiver}.{case.op}("
        yield Candidate(f"{opening}dim={listed if len(codes) > 1 else codes[0]})")


def explain_roll(case: Case) -> Explanation | None:
    """Explain shifts and dims of different lengths."""
    found = case.matches(r"shifts and dimensions must align\. shifts: (\d+), dims:\s*(\d+)")
    if found is None:
        return None
    shifts, dims = int(found[1]), int(found[2])
    return Explanation(
        f"roll got {count_text(shifts, 'shift')} and {count_text(dims, 'dim')}. Each shift needs its dim.",
        "Give shifts and dims of the same length.",
        case.fixes(lambda: _aligned(case, shifts, dims)),
    )


def _aligned(case: Case, shifts: int, dims: int) -> Iterator[Candidate]:
    rank = case.tensor.dim()
    given_shifts, given_dims = case.argument(1, "shifts"), case.argument(2, "dims")
    steps = list(given_shifts) if isinstance(given_shifts, list | tuple) else [given_shifts]
    places = list(given_dims) if isinstance(given_dims, list | tuple) else [given_dims]
    if dims > shifts:
        steps += [steps[-1]] * (dims - shifts)
    else:
        places += [d for d in range(rank) if d not in places and d - rank not in places][: shifts - dims]
    listed = f"{tuple(steps)}, {tuple(places)}"
    callee = case.site.part("callee")
    opening = f"{callee.hole}({case.receiver}, " if callee else f"{case.receiver}.roll("
    if len(steps) == len(places):
        yield Candidate(f"{opening}{listed})")


def explain_narrow(case: Case) -> Explanation | None:
    """Explain a stretch that reaches beyond the end of its dimension."""
    if case.op != "narrow" or not case.matches(r"exceeds dimension size|start out of range|must be non-negative"):
        return None
    dim, start, length = case.argument(1, "dim"), case.argument(2, "start"), case.argument(3, "length")
    if not (isinstance(dim, int) and isinstance(start, int) and isinstance(length, int)):
        return None
    dim %= case.tensor.dim()
    size = case.shape[dim]
    first = start + size if start < 0 else start
    if length < 0:
        fault = f"length is {length}; it counts elements and cannot be negative"
    elif not 0 <= first <= size:
        fault = f"start {start} is outside -{size} … {size}"
    else:
        fault = f"start {start} + length {length} = {start + length} reaches beyond its end"
        if start < 0:
            end = first + length
            fault = f"start {start} is index {first}; {first} + length {length} = {end} reaches beyond its end"
    return Explanation(
        f"{case.has_shape()}: dimension {dim} has size {size}. {sentence(fault)}.",
        "start + length may be at most the size of the dimension.",
        case.fixes(lambda: _clipped(case, first, abs(length), size)),
        ((0, dim),),
    )


def _clipped(case: Case, first: int, length: int, size: int) -> Iterator[Candidate]:
    offset = 1 if case.site.part("receiver") is None else 0
    start_part = case.site.part("arg", 1 + offset) or case.site.part("key", "start")
    length_part = case.site.part("arg", 2 + offset) or case.site.part("key", "length")
    if start_part is None or length_part is None:
        return
    start = min(max(first, 0), size)
    if 0 <= first <= size:
        yield Candidate(case.site.changed({length_part.hole: str(min(length, size - start))}))
    start = max(size - length, 0)
    yield Candidate(case.site.changed({start_part.hole: str(start), length_part.hole: str(min(length, size))}))


def explain_split(case: Case) -> Explanation | None:
    """Explain sizes of pieces that do not add up."""
    found = case.matches(r"split_sizes to sum exactly to (\d+) .*at dimension (-?\d+)\), but got split_sizes=\[(.*)\]")
    if found is None:
        return None
    size, dim = int(found[1]), int(found[2]) % case.tensor.dim()
    pieces = [int(piece) for piece in found[3].split(",")]
    total = f"{' + '.join(map(str, pieces))} = {sum(pieces)}"
    last = case.site.part("arg", 1 if case.site.part("callee") else 0, len(pieces) - 1)
    rest = size - sum(pieces[:-1])

    def changed() -> Iterator[Candidate]:
        if last is not None and rest >= 0:
            yield Candidate(case.site.changed({last.hole: str(rest)}))

    return Explanation(
        f"{case.has_shape()}: dimension {dim} has size {size}. The pieces add up to {total}.",
        f"The sizes of the pieces must add up to {size}.",
        case.fixes(changed),
        ((0, dim),),
    )
