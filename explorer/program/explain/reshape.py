"""view, reshape and unflatten: strides that forbid a view, and sizes that do not multiply up."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.factors import nearest_shapes
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, product_text, sentence, shape_text
from explorer.trace.strides import conflict_sentence, view_conflict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RESHAPES = frozenset({"view", "reshape", "view_as", "reshape_as"})


def explain_strides(case: Case) -> Explanation | None:
    """Explain a view that the strides forbid."""
    if case.op not in {"view", "view_as"} or not case.matches("size is not compatible"):
        return None
    conflict = view_conflict(case.shape, case.tensor.stride(), _asked(case))
    if conflict is None:
        return None
    asked = f"view({', '.join(str(size) for size in _asked(case))})"
    outer, inner = conflict.dimensions
    return Explanation(
        sentence(conflict_sentence(conflict, case.name(), asked)),
        "A view never moves elements. `.contiguous()` or `.reshape(...)` copies them into the order of the indices.",
        case.fixes(lambda: _copies(case)),
        ((0, outer), (0, inner)),
    )


def _copies(case: Case) -> Iterator[Candidate]:
    receiver, copied = case.receiver, f"{case.receiver}.contiguous()"
    if case.call.keywords:
        codes = [str(size) for size in _asked(case)]
        yield Candidate(case.call_code(copied, "view", codes))
        yield Candidate(case.call_code(receiver, "reshape", codes))
        return
    yield Candidate(case.site.changed({receiver: copied}))
    yield Candidate(re.sub(r"\bview(_as)?\b", r"reshape\1", case.site.template, count=1))


def _asked(case: Case) -> tuple[int, ...]:
    """Return the shape asked for, by sizes or by another tensor."""
    if case.op.endswith("_as"):
        return tuple(case.call.tensors[1].shape)
    return case.sizes()


def explain_count(case: Case) -> Explanation | None:
    """Explain a shape that does not hold the tensor's elements."""
    if case.op not in _RESHAPES or not isinstance(case.call.error, RuntimeError):
        return None
    sizes, numel = _asked(case), case.tensor.numel()
    unknowns, negative = sizes.count(-1), [size for size in sizes if size < -1]
    asked = f"{case.op}({', '.join(str(size) for size in sizes)})"
    if unknowns > 1:
        message = (
            f"{asked} has {unknowns} sizes of -1. "
            "Only one size may be -1: torch works it out from the others and the "
            f"{count_text(numel, 'element')}."
        )
    elif negative:
        message = f"{negative[0]} is not a size. Sizes are 0 or more; one of them may be -1, which torch works out."
    else:
        message = f"{case.has_shape()}, {_elements(case.shape)}. {_arithmetic(numel, sizes)}"
    hint = f"The sizes of the new shape must multiply up to {numel}. Put -1 where torch shall work the size out."
    return Explanation(message, hint, case.fixes(lambda: _shapes(case, sizes, numel)))


def _elements(shape: Sequence[int]) -> str:
    return f"{product_text(shape)} element{'' if math.prod(shape) == 1 else 's'}"


def _arithmetic(numel: int, sizes: Sequence[int]) -> str:
    known = [size for size in sizes if size != -1]
    total = math.prod(known)
    if -1 not in sizes:
        places = " places" if len(known) < 2 else ""
        return f"{count_text(numel, 'element')} cannot fill {product_text(known)}{places}."
    if total == numel == 0:
        return "With a size of 0, -1 could be anything: 0 elements are enough for every size."
    if total == 0:
        zero = " × ".join(map(str, known))
        return f"A size of 0 leaves -1 without an answer: {zero} × anything is 0, not {numel}."
    product = f" ({product_text(known)})" if len(known) > 1 else ""
    return f"{numel} is not divisible by {total}{product}: {numel} / {total} = {numel / total:.4g}."


def _shapes(case: Case, sizes: tuple[int, ...], numel: int) -> Iterator[Candidate]:
    """Yield calls with shapes that hold the elements, nearest first; those with a -1 last."""
    whole = list(nearest_shapes(sizes, numel, case.shape))
    open_ended = [tuple(-1 if d == place else size for d, size in enumerate(sizes)) for place in range(len(sizes))]
    open_ended = [shape for shape in open_ended if shape.count(-1) == 1 and min(shape) >= -1 and shape != sizes]
    shapes = [*whole[:2], *open_ended, *whole[2:]]
    op, receiver = case.op.removesuffix("_as"), case.receiver
    for shape in shapes:
        codes = case.size_codes(sizes, shape)
        for name in dict.fromkeys((op, "reshape")):
            yield Candidate(case.call_code(receiver, name, codes), key=str(shape))


def explain_unflatten(case: Case) -> Explanation | None:
    """Explain sizes that do not multiply up to the dimension that they shall replace."""
    found = case.matches(r"Provided sizes \[(.*)\] don't multiply up to the size of dim (-?\d+) \((\d+)\)")
    if found is None or case.op != "unflatten":
        return None
    sizes, size = tuple(int(part) for part in found[1].split(",")), int(found[3])
    dim = int(found[2]) % case.tensor.dim()
    message = f"{case.has_shape()}: dimension {dim} has size {size}. {_split_arithmetic(size, sizes)}"
    hint = f"The sizes must multiply up to {size}; one of them may be -1."
    return Explanation(message, hint, case.fixes(lambda: _splits(case, sizes, size, dim)), ((0, dim),))


def _split_arithmetic(size: int, sizes: Sequence[int]) -> str:
    if -1 in sizes:
        return _arithmetic(size, sizes)
    return f"It cannot be split into {shape_text(sizes)}, since {product_text(sizes)}, not {size}."


def _splits(case: Case, sizes: tuple[int, ...], size: int, dim: int) -> Iterator[Candidate]:
    callee = case.site.part("callee")
    for shape in nearest_shapes(sizes, size, ()):
        rest = f"{dim}, {shape}"
        yield Candidate(f"{callee.hole}({case.receiver}, {rest})" if callee else f"{case.receiver}.unflatten({rest})")
