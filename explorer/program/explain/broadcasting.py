"""Shapes that do not broadcast, and in-place writes that cannot be made."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.alignment import broadcast_lines
from explorer.program.explain.case import Candidate, Case, assigned
from explorer.program.explain.check import result_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, list_text, ordinal, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Shape = tuple[int, ...]

_LONGEST_PLACE = 30


def explain_broadcast(case: Case) -> Explanation | None:
    """Explain operands whose shapes do not broadcast."""
    if not case.matches(
        r"The size of tensor a \(\d+\) must match the size of tensor b|shape mismatch: objects cannot"
        r"|Attempting to broadcast a dimension of length"
    ):
        return None
    shapes = [tuple(tensor.shape) for tensor in case.call.tensors]
    pair = _first_misfit(shapes)
    if pair is None:
        return None
    left, right = pair
    bad = misfits(shapes[left], shapes[right])
    names = (_operand(case, left), _operand(case, right))
    message = (
        f"{sentence(names[0])} has shape {shape_text(shapes[left])} and {names[1]} has shape "
        f"{shape_text(shapes[right])}. {_lined_up(shapes[left], shapes[right], names, bad)} "
        "Two sizes fit when they are equal or one of them is 1."
    )
    return Explanation(
        message,
        "unsqueeze puts a dimension of size 1 where the shapes shall not be compared.",
        case.fixes(lambda: _ranked(case, left, right)),
        tuple(pair for a, b in bad for pair in ((left, a), (right, b))),
        broadcast_lines(names, (shapes[left], shapes[right]), bad),
    )


def _operand(case: Case, index: int) -> str:
    words = ("the left tensor", "the right tensor") if case.site.form == "operator" else ()
    return case.name(index, words[index] if index < len(words) else f"the {ordinal(index)} tensor")


def _first_misfit(shapes: Sequence[Shape]) -> tuple[int, int] | None:
    for right in range(len(shapes)):
        for left in range(right):
            if misfits(shapes[left], shapes[right]):
                return left, right
    return None


def misfits(left: Shape, right: Shape) -> list[tuple[int, int]]:
    """Return the pairs of dimensions that cannot broadcast, from the right; each counts from the front."""
    pairs = []
    for back in range(1, min(len(left), len(right)) + 1):
        a, b = left[-back], right[-back]
        if a != b and 1 not in {a, b}:
            pairs.append((len(left) - back, len(right) - back))
    return pairs


def _lined_up(left: Shape, right: Shape, names: tuple[str, str], bad: Sequence[tuple[int, int]]) -> str:
    """Write both shapes with their last sizes in line, and where they disagree."""
    rank = max(len(left), len(right))
    rows = [["–"] * (rank - len(shape)) + [str(size) for size in shape] for shape in (left, right)]
    said = list_text(
        [f"dimension {a} of {names[0]} ({left[a]}) meets dimension {b} of {names[1]} ({right[b]})" for a, b in bad]
    )
    return f"Lined up from the right, ({', '.join(rows[0])}) meets ({', '.join(rows[1])}): {said}."


def _ranked(case: Case, left: int, right: int) -> Iterator[Candidate]:
    """Yield changes of one operand that work, those with the smallest result first."""
    found = []
    rank = max(2, *(tensor.dim() for tensor in case.call.tensors))
    for order, candidate in enumerate(_changes(case, left, right)):
        result = result_of(case.site, candidate.trial or candidate.template)
        # a result of more dimensions runs, but is hardly meant; two vectors making a table are the exception
        if isinstance(result, torch.Tensor) and result.dim() <= rank:
            found.append((result.numel(), order, candidate))
    if found:
        smallest = min(numel for numel, _, _ in found)
        yield from (candidate for numel, _, candidate in sorted(found, key=lambda f: f[:2]) if numel == smallest)


def _changes(case: Case, left: int, right: int) -> Iterator[Candidate]:
    written = left if _in_place(case) else None
    for index in (right, left):
        if index == written:
            continue
        hole, rank = case.hole(index), case.call.tensors[index].dim()
        for place in range(rank, 0, -1):
            yield _changed(case, hole, f"{hole}.unsqueeze({place})")
        if rank >= 2:
            yield _changed(case, hole, f"{hole}.{'T' if rank == 2 else 'mT'}")


def _changed(case: Case, hole: str, code: str) -> Candidate:
    text = case.site.changed({hole: code})
    if case.site.form != "augmented":
        return Candidate(text)
    value = case.hole(1) if len(case.operands) > 1 else ""
    return Candidate(text, f"{case.receiver}.{case.op}({code if hole == value else value})", case.site.render(text))


def _in_place(case: Case) -> bool:
    return case.call.op.endswith("_") and not case.call.op.startswith("__")


def explain_growth(case: Case) -> Explanation | None:
    """Explain an in-place operation whose result would not fit into the tensor that is written."""
    found = case.matches(r"output with shape \[(.*)\] doesn't match the broadcast shape \[(.*)\]")
    if found is None or not case.call.tensors:
        return None
    wanted = tuple(int(size) for size in found[2].split(","))
    others = list_text([f"{_operand(case, i)} has {shape_text(t.shape)}" for i, t in enumerate(case.call.tensors) if i])
    return Explanation(
        f"{case.has_shape()}, and an in-place operation cannot change that. {sentence(others)}, "
        "so the result would "
        f"have shape {shape_text(wanted)}.",
        "Use the operation that makes a new tensor.",
        case.fixes(lambda: _out_of_place(case, "")),
    )


def _out_of_place(case: Case, first: str) -> Iterator[Candidate]:
    """Yield the operation that makes a new tensor, bound to the same name; `first` goes before."""
    receiver = case.receiver
    if case.site.form == "augmented":
        value = case.site.part("arg", 0)
        sign = re.search(r"([^\w\s]+)=", case.site.template)
        if value is not None and sign is not None:
            code = f"{receiver} {sign[1]} {value.hole}"
            yield Candidate(f"{receiver} = {code}", code, case.site.render(f"{receiver} = {code}"))
        return
    if case.site.form != "method":
        return
    name = re.escape(case.call.op)
    called = (
        case.site.changed({receiver: f"{receiver}.clone()"})
        if first
        else re.sub(rf"\b{name}\b", case.call.op[:-1], case.site.template, count=1)
    )
    if case.site.statement and case.name(default=""):
        yield Candidate(f"{receiver} = {called}", called, case.site.render(f"{receiver} = {called}"))
    else:
        yield Candidate(called)


def explain_overlap(case: Case) -> Explanation | None:
    """Explain a write into a tensor whose elements share memory."""
    if case.matches("some elements of the input tensor and the written-to tensor"):
        return _shared_input(case)
    if not case.matches("more than one element of the written-to tensor refers to a single memory location"):
        return None
    stride = case.tensor.stride()
    still = [d for d, size in enumerate(case.shape) if size > 1 and stride[d] == 0]
    start = f"{case.has_shape()} and strides {shape_text(stride)}"
    if still:
        each = [
            f"along dimension {d} the stride is 0, so all {case.shape[d]} places are the same memory" for d in still
        ]
        said = f"{start}: {list_text(each)}. "
    else:
        said = f"{start}: its {math.prod(case.shape)} elements overlap in memory. "
    return Explanation(
        f"{said}Writing to it in place would write each element several times.",
        "clone() gives every element its own memory.",
        case.fixes(lambda: _out_of_place(case, ".clone()")),
        tuple((0, d) for d in still),
    )


def _shared_input(case: Case) -> Explanation:
    other = next((i for i in range(1, len(case.call.tensors))), 0)

    def cloned() -> Iterator[Candidate]:
        hole = case.hole(other)
        yield _changed(case, hole, f"{hole}.clone()")

    return Explanation(
        f"{sentence(case.name())} is written while {_operand(case, other)} is read, and they "
        "share memory at different "
        "places: elements would be overwritten before they are read.",
        "Read from a copy: clone() the tensor that is read.",
        case.fixes(cloned),
    )


def explain_assignment(case: Case) -> Explanation | None:
    """Explain a value that does not fit into the place that it is assigned to."""
    words = r"The expanded size of the tensor|number of sizes provided|value tensor of shape|must match the size of"
    if case.op not in {"setitem", "copy_"} or not case.matches(words) or len(case.call.tensors) < 2:
        return None
    value = case.call.tensors[-1]
    slot = _slot(case)
    if slot is None:
        return None
    last = len(case.call.tensors) - 1
    place = case.name() if case.op == "copy_" else _place(case)
    bad = misfits(slot, tuple(value.shape))
    names = (place, case.name(last, "the value"))
    lined = _lined_up(slot, tuple(value.shape), names, bad) if bad else ""
    lined = lined or f"The value has {count_text(value.dim(), 'dimension')}, the place {len(slot)}."
    return Explanation(
        f"{sentence(place)} has shape {shape_text(slot)} and {names[1]} has shape "
        f"{shape_text(value.shape)}. {lined} "
        "The value must broadcast to the place's shape.",
        "unsqueeze or transpose the value so that its sizes are equal to the place's, or 1.",
        case.fixes(lambda: _values(case, last)),
        tuple((last, b) for _, b in bad),
        broadcast_lines(names, (slot, tuple(value.shape)), bad) if bad else "",
    )


def _place(case: Case) -> str:
    """Return the target of an assignment to an index, as code, unless it is long."""
    if case.site.form != "setitem":
        return "the place written to"
    text = case.site.render(assigned(case.site.template)[0])
    return text if len(text) <= _LONGEST_PLACE else "the place written to"


def _slot(case: Case) -> Shape | None:
    if case.op == "copy_":
        return case.shape
    result = case.tensor.detach().to("meta")[case.call.arguments[1]]
    return tuple(result.shape)


def _values(case: Case, last: int) -> Iterator[Candidate]:
    value, rank = case.hole(last), case.call.tensors[last].dim()
    codes = [f"{value}.squeeze({place})" for place in range(rank)] if rank > 1 else []
    codes += [f"{value}.unsqueeze({place})" for place in range(rank, 0, -1)]
    codes += [f"{value}.{'T' if rank == 2 else 'mT'}"] if rank >= 2 else []
    for code in codes:
        yield Candidate(case.site.changed({value: code}), label=case.site.render(code))
