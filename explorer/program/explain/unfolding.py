"""`x.unfold(dimension, size, step)`: windows of one dimension that it has no room for."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text

_REFUSED = r"maximum size for tensor at dimension|step is -?\d+ but must be > 0|size is -?\d+ but must be >= 0"


def explain_unfold(case: Case) -> Explanation | None:
    """Explain windows that are larger than their dimension, of fewer than no cells, or that never move."""
    dim, size, step = (case.argument(place, name) for place, name in enumerate(("dimension", "size", "step"), 1))
    numbers = isinstance(dim, int) and isinstance(size, int) and isinstance(step, int)
    if case.op != "unfold" or not numbers or not case.matches(_REFUSED) or not case.shape:
        return None
    assert isinstance(dim, int) and isinstance(size, int) and isinstance(step, int)  # noqa: PT018, S101 - for mypy
    at, cells = dim % len(case.shape), case.shape[dim]
    if step < 1:
        wrong, why, least = f"step {step}", "its windows would never move", ("step", "1")
    elif size < 0:
        wrong, why, least = f"size {size}", "a window has no fewer cells than none", ("size", str(min(-size, cells)))
    else:
        return Explanation(
            f"unfold takes windows of {count_text(size, 'cell')} along dimension {at}. {case.has_shape()}: "
            f"{count_text(cells, 'cell')} there, so no window fits.",
            f"size must be at most {cells} in this dimension.",
            case.fixes(lambda: _with(case, "size", str(cells), size)),
            ((0, at),),
        )
    return Explanation(
        f"unfold gets {wrong}: {why}.",
        "step must be 1 or more, size 0 or more.",
        case.fixes(lambda: _with(case, *least, size)),
    )


def _with(case: Case, name: str, text: str, size: int) -> Iterator[Candidate]:
    place = {"size": 1, "step": 2}[name]
    # as a method the tensor stands before the dot
    place += case.site.form not in {"method", "subscript"}
    part = case.site.part("key", name) or case.site.part("arg", place)
    if part is not None:
        yield Candidate(case.site.changed({part.hole: text}))
    if name == "size":
        for dim, cells in enumerate(case.shape):
            other = case.site.part("key", "dimension") or case.site.part("arg", place - 1)
            if cells >= size > 0 and other is not None:
                yield Candidate(case.site.changed({other.hole: str(dim)}), key="dimension")
