"""Matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.program.explain.alignment import broadcast_lines, product_lines
from explorer.program.explain.broadcasting import misfits
from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, list_text, ordinal, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRODUCTS = frozenset({"matmul", "rmatmul", "mm", "bmm", "mv", "dot"})
_RANKS = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}
_TAKES = {
    "mm": "two matrices (2 dimensions each)",
    "bmm": "two batches of matrices (3 dimensions each)",
    "mv": "a matrix (2 dimensions) by a vector (1 dimension)",
    "dot": "two vectors (1 dimension each)",
}
_SHORT = {torch.float32: "float", torch.float64: "double", torch.float16: "half", torch.int64: "long"}


def explain_product(case: Case) -> Explanation | None:
    """Explain operands that cannot be multiplied as matrices."""
    if case.op not in _PRODUCTS or len(case.call.tensors) != 2 or isinstance(case.call.error, TypeError):
        return None
    for explain in (_ranks, _inner, _batch, _dtypes):
        explanation = explain(case)
        if explanation is not None:
            return explanation
    return None


def _operand(case: Case, index: int) -> str:
    return case.name(index, f"the {ordinal(index)} tensor")


def _both(case: Case) -> str:
    left, right = case.call.tensors
    return (
        f"{sentence(_operand(case, 0))} has shape {shape_text(left.shape)} and {_operand(case, 1)} has shape "
        f"{shape_text(right.shape)}"
    )


def _ranks(case: Case) -> Explanation | None:
    ranks = [tensor.dim() for tensor in case.call.tensors]
    if case.op in _RANKS and tuple(ranks) != _RANKS[case.op]:
        return Explanation(
            f"{case.op} multiplies {_TAKES[case.op]}. "
            f"{_both(case)}: {count_text(ranks[0], 'dimension')} and {ranks[1]}.",
            "`@` (torch.matmul) takes vectors, matrices and batches of matrices.",
            case.fixes(lambda: _as_matmul(case)),
        )
    if 0 not in ranks:
        return None
    return Explanation(
        f"A matrix product needs at least 1 dimension on both sides. {_both(case)}; a single number has none.",
        "Multiply by a number with `*`.",
        case.fixes(lambda: iter([Candidate(f"{case.hole(0)} * {case.hole(1)}")])) if _both_primary(case) else (),
    )


def _both_primary(case: Case) -> bool:
    # only names, calls and the like keep their meaning when another operator takes them
    return case.site.form == "operator" and all(part is not None and part.primary for part in case.operands)


def _as_matmul(case: Case) -> Iterator[Candidate]:
    if case.site.form == "method":
        yield Candidate(f"{case.hole(0)}.matmul({case.hole(1)})")
        yield Candidate(f"{case.hole(0)}.T.matmul({case.hole(1)})")
    elif case.site.form == "function":
        text = f"torch.matmul({case.hole(0)}, {case.hole(1)})"
        yield Candidate(text, label=case.site.render(text))


def _inner(case: Case) -> Explanation | None:
    left, right = (tuple(tensor.shape) for tensor in case.call.tensors)
    if not left or not right:
        return None
    place = max(len(right) - 2, 0)
    if left[-1] == right[place]:
        return None
    where = "first size" if len(right) == 2 else "second-to-last size" if len(right) > 2 else "size"
    of_left = "last size" if len(left) > 1 else "size"
    return Explanation(
        f"{_both(case)}. The {of_left} of {_operand(case, 0)} ({left[-1]}) must equal the {where} of "
        f"{_operand(case, 1)} ({right[place]}): row times column multiplies them pair by pair.",
        "Both vectors need the same number of elements."
        if len(left) == len(right) == 1
        else "Transpose one of them if its sizes are the other way round.",
        case.fixes(lambda: _turned(case)),
        ((0, len(left) - 1), (1, place)),
        product_lines((_operand(case, 0), _operand(case, 1)), (left, right)),
    )


def _turned(case: Case) -> Iterator[Candidate]:
    for index in (1, 0):
        rank, hole = case.call.tensors[index].dim(), case.hole(index)
        if rank >= 2:
            yield _relabelled(case, case.site.changed({hole: f"{hole}.{'T' if rank == 2 else 'mT'}"}))
    if _both_primary(case):
        yield _relabelled(case, f"{case.hole(1)} @ {case.hole(0)}")


def _relabelled(case: Case, template: str) -> Candidate:
    return Candidate(template, label=case.site.render(template))


def _batch(case: Case) -> Explanation | None:
    left, right = (tuple(tensor.shape) for tensor in case.call.tensors)
    bad = misfits(left[:-2], right[:-2])
    if case.op == "bmm" and not bad:
        bad = [(0, 0)] if left[0] != right[0] else []
    if not bad:
        return None
    said = list_text([f"dimension {a} ({left[a]}) meets dimension {b} ({right[b]})" for a, b in bad])
    rule = "must be equal" if case.op == "bmm" else "must be equal, or one of them 1"
    return Explanation(
        f"{_both(case)}. The last two dimensions are the matrices and fit; the ones before count "
        f"matrices: {said}. "
        f"They {rule}.",
        "unsqueeze(1) or unsqueeze(0) lets one batch meet every matrix of the other.",
        case.fixes(lambda: _spread(case)),
        tuple(pair for a, b in bad for pair in ((0, a), (1, b))),
        broadcast_lines((_operand(case, 0), _operand(case, 1)), (left[:-2], right[:-2]), bad),
    )


def _spread(case: Case) -> Iterator[Candidate]:
    for index in (0, 1):
        hole = case.hole(index)
        yield _relabelled(case, case.site.changed({hole: f"{hole}.unsqueeze(1)"}))


def _dtypes(case: Case) -> Explanation | None:
    left, right = case.call.tensors
    if left.dtype == right.dtype:
        return None
    names = [str(tensor.dtype).removeprefix("torch.") for tensor in (left, right)]
    return Explanation(
        f"{sentence(_operand(case, 0))} has dtype {names[0]} and {_operand(case, 1)} has dtype "
        f"{names[1]}. A matrix "
        "product does not convert dtypes by itself, unlike + and *.",
        "Convert one of them.",
        case.fixes(lambda: _converted(case)),
    )


def _converted(case: Case) -> Iterator[Candidate]:
    left, right = case.call.tensors
    common = torch.promote_types(left.dtype, right.dtype)
    order = (1, 0) if left.dtype == common else (0, 1)
    for index in order:
        hole, other = case.hole(index), case.hole(1 - index)
        if case.name(1 - index, ""):
            yield _relabelled(case, case.site.changed({hole: f"{hole}.to({other}.dtype)"}))
        short = _SHORT.get(case.call.tensors[1 - index].dtype)
        if short and index == order[0]:
            yield _relabelled(case, case.site.changed({hole: f"{hole}.{short}()"}))


def explain_linear(case: Case) -> Explanation | None:
    """Explain an input that does not fit a linear layer."""
    if case.op != "linear" or len(case.call.tensors) < 2:
        return None
    given, weight = (tuple(tensor.shape) for tensor in case.call.tensors[:2])
    if len(weight) != 2 or not given or given[-1] == weight[1]:
        return None

    def turned() -> Iterator[Candidate]:
        for index in (1, 0):
            hole = case.hole(index)
            if case.call.tensors[index].dim() == 2:
                yield _relabelled(case, case.site.changed({hole: f"{hole}.T"}))

    return Explanation(
        f"The layer's weight has shape {shape_text(weight)}: it takes "
        f"{count_text(weight[1], 'feature')} and gives "
        f"{weight[0]}. {sentence(case.name(0, 'the input'))} has shape {shape_text(given)}, so "
        "its last size is "
        f"{given[-1]}, not {weight[1]}.",
        f"in_features must be the last size of what the layer gets; here that is {given[-1]}.",
        case.fixes(turned),
        ((0, len(given) - 1), (1, 1)),
    )
