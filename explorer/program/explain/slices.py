"""Which dimension each entry of an index belongs to, and slices that step backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, eq=False)
class IndexItem:
    """An entry of an index: its value, the first dimension that it looks at, and how many it uses up."""

    value: object
    dim: int
    consumes: int


def index_items(tensor: torch.Tensor, index: object) -> list[IndexItem]:
    """Return the entries of `x[index]` with the dimensions that they use up."""
    entries: Sequence[object] = index if isinstance(index, tuple) else (index,)
    used = sum(_consumes(entry) for entry in entries)
    items, dim = [], 0
    for entry in entries:
        items.append(IndexItem(entry, dim, _consumes(entry)))
        dim += max(tensor.dim() - used, 0) if entry is Ellipsis else _consumes(entry)
    return items


def _consumes(entry: object) -> int:
    if entry is None or entry is Ellipsis or isinstance(entry, bool):
        return 0
    if isinstance(entry, torch.Tensor) and entry.dtype in {torch.bool, torch.uint8}:
        return entry.dim()
    return 1


def explain_slice(case: Case) -> Explanation | None:
    """Explain a slice whose step is zero or negative."""
    if not case.matches("step must be greater than zero|slice step cannot be zero"):
        return None
    items = index_items(case.tensor, case.call.arguments[1])
    item = next(
        (i for i in items if isinstance(i.value, slice) and (1 if i.value.step is None else i.value.step) < 1),
        None,
    )
    if item is None or not isinstance(item.value, slice):
        return None
    step = item.value.step
    if step == 0:
        return Explanation(
            f"The slice of dimension {item.dim} has step 0: it would never get past its first index. "
            "A step is at least 1.",
            "Leave the step out to take every index.",
            (),
            ((0, item.dim),),
        )
    return Explanation(
        f"The slice of dimension {item.dim} has step {step}. torch steps forwards only, unlike "
        "NumPy and lists: a "
        "tensor's strides are never negative, so walking backwards cannot be a view.",
        "flip copies the tensor in reverse order.",
        case.fixes(lambda: _flipped(case, items, item)),
        ((0, item.dim),),
    )


def _flipped(case: Case, items: Sequence[IndexItem], backwards: IndexItem) -> Iterator[Candidate]:
    """Yield the same elements by a forward slice and a flip; only for indices of slices and whole numbers."""
    if case.op != "getitem" or not all(isinstance(item.value, slice | int) or item.value is ... for item in items):
        return
    if sum(isinstance(item.value, slice) and (item.value.step or 1) < 0 for item in items) != 1:
        return
    forward = [
        _forward(case, item) if item is backwards else _entry_code(case, number) for number, item in enumerate(items)
    ]
    place = backwards.dim - sum(isinstance(item.value, int) for item in items[: items.index(backwards)])
    everything = all(code in {":", "..."} for code in forward)
    subscript = "" if everything else f"[{', '.join(forward)}]"
    yield Candidate(f"{case.receiver}{subscript}.flip({place})")


def _entry_code(case: Case, number: int) -> str:
    part = case.site.part("index", number) or case.site.part("index")
    if part is None:
        raise LookupError("the index is not written out")
    return {"slice(None, None, None)": ":", "Ellipsis": "..."}.get(repr(part.value), part.hole)


def _forward(case: Case, item: IndexItem) -> str:
    """Return the slice that takes the same indices in ascending order."""
    size = case.shape[item.dim]
    taken = range(*item.value.indices(size)) if isinstance(item.value, slice) else range(0)
    if not taken:
        return "0:0"
    low, high, step = taken[-1], taken[0] + 1, -taken.step
    ends = f"{low or ''}:{high if high < size else ''}"
    return ends if step == 1 else f"{ends}:{step}"
