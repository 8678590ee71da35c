"""`F.pad`: how many numbers it takes, and how much there is to mirror or to go around."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text, shape_text

_REFUSED = r"Padding size should be less than|wrapping around more than once|Padding size \d+ is not supported for"
_ODD = r"Padding length must be divisible by 2|Padding length should be less than or equal to two times"
_MODES = {
    "reflect": "mirrors the cells beside the edge",
    "circular": "copies the cells of the opposite edge",
    "replicate": "repeats the cells of the edge",
}


def explain_pad(case: Case) -> Explanation | None:
    """Explain a padding that `F.pad` cannot make."""
    numbers, mode = _numbers(case), str(case.argument(2, "mode"))
    if case.op != "pad" or not numbers:
        return None
    if case.matches(_ODD):
        return _miscounted(case, numbers)
    if mode not in _MODES or not case.matches(_REFUSED):
        return None
    return _too_much(case, numbers, mode) or _wrong_rank(case, numbers, mode)


def _numbers(case: Case) -> tuple[int, ...]:
    given = case.argument(1, "pad")
    return tuple(n for n in given if isinstance(n, int)) if isinstance(given, list | tuple) else ()


def _miscounted(case: Case, numbers: tuple[int, ...]) -> Explanation:
    most = 2 * len(case.shape)
    fewer = numbers[: min(most, len(numbers) // 2 * 2)]
    return Explanation(
        f"pad takes two numbers for each dimension, before and after, from the last dimension on. It got "
        f"{count_text(len(numbers), 'number')}, and {case.name()} has shape {shape_text(case.shape)}: at most {most}.",
        f"Give 2 numbers to pad the last dimension, 4 for the last two, up to {most}.",
        case.fixes(lambda: _with_numbers(case, fewer)),
    )


def _too_much(case: Case, numbers: tuple[int, ...], mode: str) -> Explanation | None:
    """Explain more padding than there are cells to take it from."""
    limits = [most for size in reversed(case.shape) for most in (size - (mode == "reflect"),) * 2]
    wrong = next((i for i, (n, most) in enumerate(zip(numbers, limits, strict=False)) if n > most), None)
    if wrong is None or mode == "replicate":
        return None
    dim, most = len(case.shape) - 1 - wrong // 2, limits[wrong]
    fitting = tuple(min(n, limit) for n, limit in zip(numbers, limits, strict=False))
    return Explanation(
        f"pad adds {numbers[wrong]} {'after' if wrong % 2 else 'before'} dimension {dim}, and mode='{mode}' "
        f"{_MODES[mode]}. {case.has_shape()}: size {case.shape[dim]} there, so at most {most} can be added.",
        f"Pad by at most {most} there, or use mode='constant' or 'replicate'.",
        case.fixes(lambda: _with_numbers(case, fitting)),
        ((0, dim),),
    )


def _wrong_rank(case: Case, numbers: tuple[int, ...], mode: str) -> Explanation:
    padded = len(numbers) // 2
    return Explanation(
        f"pad with mode='{mode}' and {count_text(len(numbers), 'number')} pads the last "
        f"{count_text(padded, 'dimension')} of a tensor that has one or two more before them (batch and channels). "
        f"{case.has_shape()}: {count_text(len(case.shape), 'dimension')}.",
        "Add dimensions with `.unsqueeze(0)`, or use mode='constant', which pads any tensor.",
        case.fixes(lambda: _with_more_dimensions(case)),
    )


def _with_numbers(case: Case, numbers: tuple[int, ...]) -> Iterator[Candidate]:
    parts = [case.site.part("arg", 1), case.site.part("key", "pad")]
    listed = next((part for part in parts if part is not None), None)
    if listed is not None:
        yield Candidate(case.site.changed({listed.hole: str(numbers)}))
        return
    given = {p.path[2]: p for p in case.site.parts if len(p.path) > 2 and p.path[:2] in {("arg", 1), ("key", "pad")}}
    if sorted(map(str, given)) == sorted(map(str, range(len(numbers)))):
        yield Candidate(case.site.changed({part.hole: str(numbers[int(place)]) for place, part in given.items()}))


def _with_more_dimensions(case: Case) -> Iterator[Candidate]:
    for more in (".unsqueeze(0)", ".unsqueeze(0).unsqueeze(0)"):
        yield Candidate(case.site.changed({case.receiver: f"{case.receiver}{more}"}))
