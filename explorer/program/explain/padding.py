"""`F.pad`: its modes, how many numbers it takes, and how much there is to mirror, to go around or to take away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from explorer.program.explain.case import Candidate, Case
from explorer.program.explain.model import Explanation
from explorer.program.explain.names import close_names
from explorer.program.explain.text import count_text, list_text, sentence, shape_text

_REFUSED = r"Padding size should be less than|wrapping around more than once|Padding size \d+ is not supported for"
_ODD = r"Padding length must be divisible by 2|Padding length should be less than or equal to two times"
_MODES = {
    "reflect": "mirrors the cells beside the edge",
    "circular": "copies the cells of the opposite edge",
    "replicate": "repeats the cells of the edge",
}
# what other libraries call them
_ALIKE = {
    "mirror": "reflect", "symmetric": "reflect", "edge": "replicate", "nearest": "replicate", "wrap": "circular",
    "zeros": "constant", "zero": "constant", "valid": "constant", "same": "constant",
}  # fmt: skip


def explain_pad(case: Case) -> Explanation | None:
    """Explain a padding that `F.pad` cannot make."""
    numbers, mode = _numbers(case), str(case.argument(2, "mode"))
    if case.op != "pad":
        return None
    if not numbers:
        return _no_pairs(case)
    if case.matches("Unrecognised padding mode"):
        return _unknown_mode(case, mode)
    if case.matches("doesn't take in value argument"):
        return _valued(case, mode)
    if case.matches("narrow\\(\\): length must be non-negative"):
        return _all_away(case, numbers)
    if case.matches(_ODD):
        return _miscounted(case, numbers)
    if mode not in _MODES or not case.matches(_REFUSED):
        return None
    return _too_much(case, numbers, mode) or _wrong_rank(case, numbers, mode)


def _numbers(case: Case) -> tuple[int, ...]:
    given = case.argument(1, "pad")
    numbers = tuple(given) if isinstance(given, list | tuple) else ()
    return numbers if all(isinstance(n, int) for n in numbers) else ()


def _unknown_mode(case: Case, mode: str) -> Explanation:
    alike = _ALIKE.get(mode.lower(), "")
    modes = tuple(dict.fromkeys(filter(None, (alike, *close_names(mode, _MODES), *_MODES, "constant"))))
    part = case.site.part("key", "mode") or case.site.part("arg", 2)

    def changes() -> Iterator[Candidate]:
        for name in modes:
            if part is None:
                return
            yield Candidate(case.site.changed({part.hole: repr(name)}), label=f"mode={name!r}", key=name)
            numbers = _numbers(case)
            if name != "constant" and len(numbers) // 2 + 2 < len(case.shape):
                yield from _with_zeros(case, numbers, {part.hole: repr(name)}, f", mode={name!r}")

    meant = f"{modes[0]} {_MODES.get(modes[0], 'fills with one number, 0 by itself')}."
    return Explanation(
        f"pad gets mode='{mode}', and there is none of that name. The modes are constant, {list_text([*_MODES])}.",
        sentence(meant),
        case.fixes(changes),
    )


def _valued(case: Case, mode: str) -> Explanation:
    value = case.argument(3, "value")
    part, own = case.site.part("key", "mode") or case.site.part("arg", 2), case.site.part("key", "value")

    def changes() -> Iterator[Candidate]:
        if own is not None:
            yield Candidate(case.site.changed({own.hole: "None"}), label="value=None")
        if part is not None:
            yield Candidate(case.site.changed({part.hole: "'constant'"}), label="mode='constant'")

    return Explanation(
        f"pad gets value={value} and mode='{mode}', which {_MODES.get(mode, 'takes no value')}: there is no place "
        "for a value.",
        "Leave value out, or use mode='constant', which fills with it.",
        case.fixes(changes),
    )


def _all_away(case: Case, numbers: tuple[int, ...]) -> Explanation | None:
    """Explain negative numbers, which take cells away, that take more than there are."""
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    sizes = list(reversed(case.shape))
    place = next((i for i, (n, pair) in enumerate(zip(sizes, pairs, strict=False)) if n + sum(pair) < 0), None)
    if place is None:
        return None
    (before, after), size, dim = pairs[place], sizes[place], len(case.shape) - 1 - place
    return Explanation(
        f"Negative numbers take cells away: pad takes {-before} before and {-after} after in dimension {dim}. "
        f"{case.has_shape()}: size {size} there.",
        f"Both together may take away at most {size} there.",
        dimensions=((0, dim),),
    )


def _no_pairs(case: Case) -> Explanation | None:
    """Explain one number for all sides, and floats."""
    given = case.argument(1, "pad")
    numbers = given if isinstance(given, list | tuple) else (given,)
    if not numbers or not all(isinstance(one, int | float) for one in numbers):
        return None
    part = case.site.part("arg", 1) or case.site.part("key", "pad")
    alone, floats = not isinstance(given, list | tuple), any(isinstance(one, float) for one in numbers)
    whole = [int(one) for one in numbers if isinstance(one, int | float)]
    fitting = [whole * 2, whole * 4] if alone else [whole]

    def changes() -> Iterator[Candidate]:
        for one in fitting:
            if part is not None:
                yield Candidate(case.site.changed({part.hole: str(tuple(one))}))
        if not alone:
            yield from _with_numbers(case, tuple(whole))

    wrong = "the numbers of cells must be whole numbers" if floats else "it got one number alone"
    return Explanation(
        f"pad takes two numbers for each dimension, before and after, from the last dimension on, and got {given}: "
        f"{wrong}. {case.has_shape()}.",
        "(1, 1) pads the last dimension, (1, 1, 1, 1) the last two.",
        case.fixes(changes),
    )


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
    padded, rank = len(numbers) // 2, len(case.shape)
    if padded + 2 < rank < 6:
        return Explanation(
            f"pad with mode='{mode}' leaves only batch and channels as they are: {case.has_shape()}, so it takes "
            f"{2 * (rank - 2)} numbers, and got {len(numbers)}.",
            "0 before and after leaves a dimension as it is.",
            case.fixes(lambda: _with_zeros(case, numbers)),
        )
    return Explanation(
        f"pad with mode='{mode}' and {count_text(len(numbers), 'number')} pads the last "
        f"{count_text(padded, 'dimension')} of a tensor that has one or two more before them (batch and channels). "
        f"{case.has_shape()}: {count_text(len(case.shape), 'dimension')}.",
        "Add dimensions with `.unsqueeze(0)`, or use mode='constant', which pads any tensor.",
        case.fixes(lambda: _with_more_dimensions(case)),
    )


def _with_zeros(
    case: Case, numbers: tuple[int, ...], more: Mapping[str, str] = MappingProxyType({}), label: str = ""
) -> Iterator[Candidate]:
    """Yield the call with zeros for all dimensions behind batch and channels that it does not pad."""
    zeros = 2 * len(case.shape) - 4 - len(numbers)
    whole = numbers + (0,) * zeros
    listed = case.site.part("arg", 1) or case.site.part("key", "pad")
    last = case.site.part("arg", 1, len(numbers) - 1) or case.site.part("key", "pad", len(numbers) - 1)
    if listed is not None:
        yield Candidate(case.site.changed({listed.hole: str(whole), **more}), label=f"{whole}{label}")
    elif last is not None:
        changed = case.site.changed({last.hole: f"{last.hole}{', 0' * zeros}", **more})
        yield Candidate(changed, label=f"{whole}{label}")


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
