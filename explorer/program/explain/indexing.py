"""Square brackets: indices out of range, too many of them, masks, slices and floats; and gather's indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.slices import explain_slice, index_items
from explorer.program.explain.text import count_text, list_text, sentence, shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRACKETS = frozenset({"getitem", "setitem"})


def explain_index(case: Case) -> Explanation | None:
    """Explain what went wrong between square brackets."""
    if case.op not in _BRACKETS:
        return None
    for explain in (_too_many, _mask, _float, _joint, explain_slice):
        explanation = explain(case)
        if explanation is not None:
            return explanation
    return None


def explain_bounds(case: Case) -> Explanation | None:
    """Explain an index outside its dimension, for brackets, select, gather and their like."""
    found = case.matches(r"index (-?\d+) is out of bounds for dimension (-?\d+) with size (\d+)")
    if found is not None:
        got, dim, size = (int(found[i]) for i in (1, 2, 3))
    else:
        found = case.matches(r"select\(\): index (-?\d+) out of range for tensor of size .* at dimension (-?\d+)")
        if found is None:
            return _table_bounds(case)
        got, dim = int(found[1]), int(found[2]) % case.tensor.dim()
        size = case.shape[dim]
    if case.op in _BRACKETS:
        dim = _indexed_dim(case, got, size, dim)
    nearest = size - 1 if got > 0 else -size
    if size == 0:
        said = f"dimension {dim} has size 0, so it has no index at all"
    elif case.op in {*_BRACKETS, "select"}:
        said = f"dimension {dim} has size {size}, so its indices are 0 … {size - 1}"
        said += f", or -{size} … -1 from the end"
    else:
        said = f"dimension {dim} has size {size}, so the indices into it are 0 … {size - 1}"
    return Explanation(
        f"{case.has_shape()}: {said}. {got} is outside.",
        "The last index of a dimension is its size - 1, or -1." if size else "",
        case.fixes(lambda: _moved(case, got, nearest)) if size else (),
        ((0, dim % max(case.tensor.dim(), 1)),),
    )


def _indexed_dim(case: Case, got: int, size: int, said: int) -> int:
    """Return the tensor's dimension that the index belongs to: torch also counts what None and True add."""
    for item in index_items(case.tensor, case.call.arguments[1]):
        if item.consumes == 1 and item.dim < len(case.shape) and case.shape[item.dim] == size:
            value = item.value
            inside = isinstance(value, torch.Tensor) and bool((value == got).any())
            listed = isinstance(value, list) and got in value
            if inside or listed or (isinstance(value, int) and value == got):
                return item.dim
    return said


def _moved(case: Case, got: int, nearest: int) -> Iterator[Candidate]:
    for part in case.site.parts:
        if type(part.value) is int and part.value == got:
            yield Candidate(case.site.changed({part.hole: str(nearest)}))


def explain_class_numbers(case: Case) -> Explanation | None:
    """Explain class numbers that one_hot has no place for."""
    if case.op != "one_hot" or not case.matches("Class values must be") or not case.tensor.numel():
        return None
    classes, low, high = case.argument(1, "num_classes"), int(case.tensor.min()), int(case.tensor.max())
    counted = (
        f"num_classes is {classes}, so class numbers go from 0 to {classes - 1}" if isinstance(classes, int) else ""
    )
    return Explanation(
        f"{counted or 'Class numbers count from 0'}. {sentence(case.name())} goes from {low} to {high}.",
        "num_classes must be larger than the largest class number.",
        case.fixes(lambda: _more_classes(case, high + 1)) if low >= 0 else (),
    )


def _more_classes(case: Case, classes: int) -> Iterator[Candidate]:
    part = case.site.part("arg", 1) or case.site.part("key", "num_classes")
    if part is not None:
        yield Candidate(case.site.changed({part.hole: str(classes)}))


def _table_bounds(case: Case) -> Explanation | None:
    """Explain indices into the rows of a table: embedding and index_select."""
    if (
        not case.matches(r"index out of range in self|INDICES element is out of DATA bounds")
        or len(case.call.tensors) < 2
    ):
        return None
    first, second = case.call.tensors[:2]
    at = 0 if second.is_floating_point() or first.dtype in {torch.int32, torch.int64} else 1
    indices, table, dim = case.call.tensors[at], case.call.tensors[1 - at], 0
    if case.op == "index_select":
        given = case.argument(1, "dim")
        at, indices, table, dim = 1, second, first, given if isinstance(given, int) else 0
    if indices.numel() == 0:
        return None
    size, low, high = table.shape[dim], int(indices.min()), int(indices.max())
    noun = "table" if case.op == "embedding" else "tensor"
    return Explanation(
        f"{sentence(case.name(1 - at, f'the {noun}'))} has shape {shape_text(table.shape)}: "
        f"dimension {dim} has size "
        f"{size}, so the indices into it are 0 … {size - 1}. "
        f"{sentence(case.name(at, 'the index tensor'))} goes "
        f"from {low} to {high}.",
        "Make the table larger, or keep the indices inside it."
        if case.op == "embedding"
        else "Keep the indices inside it.",
        (),
        ((1 - at, dim % table.dim()),),
    )


def _too_many(case: Case) -> Explanation | None:
    shape = case.shape
    if case.matches("invalid index of a 0-dim tensor") or (not shape and case.matches("too many indices")):
        return Explanation(
            f"{case.has_shape()}: it is a single number with no dimension to index.",
            "`.item()` gives the number itself.",
            case.fixes(lambda: iter([Candidate(f"{case.receiver}.item()")])) if case.op == "getitem" else (),
        )
    if not case.matches("too many indices for tensor"):
        return None
    used = sum(item.consumes for item in index_items(case.tensor, case.call.arguments[1]))
    return Explanation(
        f"{case.has_shape()}: {count_text(len(shape), 'dimension')}, but the brackets hold indices for {used}.",
        "Each index uses up one dimension; a boolean mask as many as it has itself; None and … none.",
        case.fixes(lambda: _fewer(case)),
    )


def _fewer(case: Case) -> Iterator[Candidate]:
    """Yield the index without its last entries."""
    entries = [part for part in case.site.parts if part.path[0] == "index"]
    for kept in range(len(entries) - 1, 0, -1):
        inside = ", ".join(part.hole for part in entries[:kept])
        text, trial = f"{case.receiver}[{inside}]", ""
        if case.site.form == "setitem":
            value = case.site.part("value")
            if value is None:
                return
            text, trial = f"{text} = {value.hole}", text
        yield Candidate(text, trial)


def _mask(case: Case) -> Explanation | None:
    found = case.matches(r"The shape of the mask \[.*\] at index \d+ does not match the shape of the indexed tensor")
    if found is None:
        return None
    for item in index_items(case.tensor, case.call.arguments[1]):
        mask = item.value
        if not (isinstance(mask, torch.Tensor) and mask.dtype in {torch.bool, torch.uint8}):
            continue
        dims = [item.dim + d for d in range(mask.dim())]
        sizes = [case.shape[d] if d < len(case.shape) else None for d in dims]
        bad = [d for d in range(mask.dim()) if sizes[d] != mask.shape[d]]
        if bad:
            return _mask_mismatch(case, mask, dims, bad)
    return None


def _mask_mismatch(case: Case, mask: torch.Tensor, dims: list[int], bad: list[int]) -> Explanation:
    index = next(i for i, tensor in enumerate(case.call.tensors) if tensor is mask)
    name = case.name(index, "the mask")
    sizes = [case.shape[d] if d < len(case.shape) else "nothing" for d in dims]
    said = list_text([f"its dimension {d} ({mask.shape[d]}) meets dimension {dims[d]} ({sizes[d]})" for d in bad])
    return Explanation(
        f"{case.has_shape()} and {name} has shape {shape_text(mask.shape)}. "
        f"A mask says yes or no for each place, so its sizes must be those that it indexes: {said}.",
        "Compute the mask from the tensor itself, or put `:` in front to mask a later dimension.",
        case.fixes(lambda: _other_masks(case, index, mask)),
        tuple(pair for d in bad if dims[d] < len(case.shape) for pair in ((0, dims[d]), (index, d))),
    )


def _other_masks(case: Case, index: int, mask: torch.Tensor) -> Iterator[Candidate]:
    hole = case.hole(index)
    if mask.dim() == 2:
        yield Candidate(case.site.changed({hole: f"{hole}.T"}))
    if case.op == "getitem" and isinstance(case.call.arguments[1], torch.Tensor):
        for dim in range(1, case.tensor.dim()):
            yield Candidate(f"{case.receiver}[{':, ' * dim}{hole}]")


def _float(case: Case) -> Explanation | None:
    if not case.matches(r"valid indices \(got float\)|tensors used as indices must be long|got float"):
        return None
    tensors = [(i, t) for i, t in enumerate(case.call.tensors) if i > 0 and t.is_floating_point()]
    if tensors:
        index, tensor = tensors[0]
        dtype = str(tensor.dtype).removeprefix("torch.")
        message = f"{sentence(case.name(index, 'the index tensor'))} has dtype {dtype}. "
    else:
        message = "The index is a float. "
    return Explanation(
        f"{message}An index is a place, so it must be a whole number (int64 for tensors) or a boolean mask.",
        "Convert the index: `.long()` for a tensor, `//` in place of `/` for a number.",
        case.fixes(lambda: _whole(case)),
    )


def _whole(case: Case) -> Iterator[Candidate]:
    for part in case.site.parts:
        if part.path[0] == "index" and isinstance(part.value, float):
            whole = str(int(part.value)) if part.text.strip("-").replace(".", "").isdigit() else f"int({part.hole})"
            yield Candidate(case.site.changed({part.hole: whole}))
    floats = [i for i, t in enumerate(case.call.tensors) if i > 0 and t.is_floating_point()]
    yield Candidate(case.site.changed({case.hole(i): f"{case.hole(i)}.long()" for i in floats}))


def _joint(case: Case) -> Explanation | None:
    if not case.matches("indexing tensors could not be broadcast together"):
        return None
    numbers = [i for i in range(1, len(case.call.tensors)) if case.call.tensors[i].dtype != torch.bool]
    said = list_text(
        [f"{case.name(i, 'an index')} with shape {shape_text(case.call.tensors[i].shape)}" for i in numbers]
    )
    return Explanation(
        "Index tensors are walked together, element by element, so they must broadcast with each "
        f"other: {said} do not.",
        "To take every combination, give the first index a dimension more: `i[:, None]`.",
        case.fixes(lambda: _crossed(case, numbers)),
    )


def _crossed(case: Case, numbers: list[int]) -> Iterator[Candidate]:
    if len(numbers) == 2 and all(case.call.tensors[i].dim() == 1 for i in numbers):
        hole = case.hole(numbers[0])
        yield Candidate(case.site.changed({hole: f"{hole}[:, None]"}))
