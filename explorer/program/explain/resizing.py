"""`F.interpolate` and `nn.Upsample`: sizes, modes and dimensions that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.explain.called import Called, called_function, called_layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import number_text, spread, times_text
from explorer.program.explain.text import count_text, list_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_TAKES: Final = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
# the dimensions of the input that each mode reads: all of them for `None`
_RANKS: Final = {
    "nearest": None, "nearest-exact": None, "area": None, "linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5,
}  # fmt: skip
_LAYOUTS: Final = {3: "N×C×L", 4: "N×C×H×W", 5: "N×C×D×H×W"}
_ALIKE: Final = {"cubic": "bicubic", "linear": "bilinear"}
_CORNERS: Final = ("linear", "bilinear", "bicubic", "trilinear")


def explain_resizing(fault: Fault) -> Explanation | None:
    """Explain what `F.interpolate` or `nn.Upsample` could not do."""
    called = called_layer(fault, (nn.Upsample,), _TAKES) or called_function(fault, dict.fromkeys(_OPS, _TAKES))
    if called is None:
        return None
    return next((words for explain in _EXPLAINERS if (words := explain(called)) is not None), None)


def _both(called: Called) -> Explanation | None:
    size, factor = called.settings["size"], called.settings["scale_factor"]
    if (size is None) != (factor is None):
        return None
    if size is None:
        return Explanation(
            f"{called.title} gets neither size nor scale_factor: one of them must say how large the result is.",
            "size gives the result's rows and columns, scale_factor how often larger than the input they are.",
            called.fault.fixes(lambda: called.with_setting("scale_factor", "2")),
        )
    return Explanation(
        f"{called.title} gets size={size} and scale_factor={factor}: both say how large the result is, so only one may "
        "be given.",
        "Leave one of them out; None stands for that.",
        called.fault.fixes(lambda: _one_alone(called)),
    )


def _one_alone(called: Called) -> Iterator[Change]:
    yield from called.with_setting("scale_factor", "None")
    yield from called.with_setting("size", "None")


def _words(called: Called) -> Explanation | None:
    for name in ("size", "scale_factor"):
        value = called.settings[name]
        if isinstance(value, str):
            return Explanation(
                f"{called.title} gets {name}={value!r}: a text, where a number says how large the result is.",
                f"Write the number without quotation marks: `{name}=2`.",
                called.fault.fixes(lambda: called.with_setting(name, value)),  # noqa: B023 - called at once
            )
    return None


def _mode(called: Called) -> Explanation | None:
    mode = called.settings["mode"]
    if not isinstance(mode, str) or mode in _RANKS or not called.fault.matches(r"\(got|mode"):
        return None
    rank = len(called.shape)
    fitting = [name for name, wanted in _RANKS.items() if wanted in (None, rank)]
    alike = [name for name in (_ALIKE.get(mode, ""), *fitting) if name in fitting]
    return Explanation(
        f"{called.title} gets mode='{mode}', and there is none of that name. For an input of "
        f"{count_text(rank, 'dimension')} there are {list_text(fitting)}.",
        f"`mode='{alike[0]}'` is one of them." if alike else "",
        called.fault.fixes(lambda: called.with_setting("mode", *(repr(name) for name in dict.fromkeys(alike)))),
    )


def _rank(called: Called) -> Explanation | None:
    mode, rank = called.settings["mode"], len(called.shape)
    if not isinstance(mode, str) or mode not in _RANKS or not called.shape:
        return None
    wanted = _RANKS[mode]
    if rank == wanted or (wanted is None and rank in _LAYOUTS):
        return None
    nearest = wanted or 4
    takes = (
        f"{wanted} dimensions, {_LAYOUTS[wanted]}"
        if wanted
        else f"3 to 5 dimensions, {list_text([*_LAYOUTS.values()], 'or')}"
    )
    fitting = [name for name, one in _RANKS.items() if one == rank]

    def changes() -> Iterator[Change]:
        if rank < nearest:
            yield from called.with_input(".unsqueeze(0)" * (nearest - rank))
        yield from called.with_setting("mode", *(repr(name) for name in fitting))
        if rank > nearest:
            yield from called.with_input(*(f".squeeze({dim})" for dim, size in enumerate(called.shape) if size == 1))

    other = f" For {count_text(rank, 'dimension')} there is {fitting[0]}." if fitting else ""
    return Explanation(
        f"{called.title} with mode='{mode}' takes an input of {takes}: it leaves the batch N and the channels C as "
        f"they are. {called.has_shape()}: {count_text(rank, 'dimension')}.{other}",
        "`.unsqueeze(0)` adds a dimension of size 1." if rank < nearest else "Use the mode for these dimensions.",
        called.fault.fixes(changes),
    )


def _counts(called: Called) -> Explanation | None:
    dims = len(called.shape) - 2
    for name in ("size", "scale_factor"):
        value = called.settings[name]
        if isinstance(value, tuple | list) and len(value) != dims and dims > 0:
            fitting = number_text([*value[-dims:], *value[-1:] * dims][:dims])
            return Explanation(
                f"{called.title} gets {name}={tuple(value)}, {count_text(len(value), 'number')}. {called.has_shape()}: "
                f"{count_text(dims, 'dimension')} behind batch and channels.",
                f"{name} must be one number, or {dims}: one for each of these dimensions.",
                called.fault.fixes(lambda: called.with_setting(name, fitting)),  # noqa: B023 - called at once
            )
    return None


def _corners(called: Called) -> Explanation | None:
    if not called.fault.matches("align_corners option can only be set"):
        return None
    mode, corners = called.settings["mode"], called.settings["align_corners"]
    fitting = [name for name in _CORNERS if _RANKS[name] == len(called.shape)]

    def changes() -> Iterator[Change]:
        yield from called.with_setting("align_corners", "None")
        yield from called.with_setting("mode", *(repr(name) for name in fitting))

    return Explanation(
        f"{called.title} gets align_corners={corners} and mode='{mode}'. align_corners says where the corner cells lie "
        f"between which numbers are mixed, and '{mode}' mixes none.",
        f"Leave align_corners out, or use one of the modes {list_text(_CORNERS)}.",
        called.fault.fixes(changes),
    )


def _floats(called: Called) -> Explanation | None:
    value, dims = called.settings["size"], len(called.shape) - 2
    numbers = value if isinstance(value, tuple | list) else (value,)
    if not isinstance(called.fault.error, TypeError) or not any(isinstance(one, float) for one in numbers):
        return None
    whole = number_text(int(one) for one in numbers)
    return (
        Explanation(
            f"{called.title} gets size={value}: it counts the result's rows and columns, and {value} is a float.",
            "size gives the result's cells in whole numbers; scale_factor may be a float.",
            called.fault.fixes(lambda: _size_or_factor(called, whole, number_text(numbers))),
        )
        if dims > 0
        else None
    )


def _size_or_factor(called: Called, whole: str, factor: str) -> Iterator[Change]:
    yield from called.with_setting("size", whole)
    yield from called.change({"size": "None", "scale_factor": factor})


def _empty(called: Called) -> Explanation | None:
    if not called.fault.matches("Input and output sizes should be greater than 0") or len(called.shape) < 3:
        return None
    cells, dims = called.shape[2:], len(called.shape) - 2
    name = "size" if called.settings["size"] is not None else "scale_factor"
    value = called.settings[name]
    asked = (
        spread(value, dims)
        if name == "size"
        else [
            int(n * f)
            for n, f in zip(cells, value if isinstance(value, tuple | list) else (value,) * dims, strict=True)
        ]
    )
    if 0 in cells:
        return Explanation(
            f"{called.has_shape()}: it is empty, and {called.title} has no cell to make others of.",
            "Give it an input with at least one cell in each dimension.",
        )
    larger = [str(-value)] if isinstance(value, int | float) and value < 0 else []
    least = "1" if name == "size" else str(1 / min(cells))
    return Explanation(
        f"{called.title} gets {name}={value}: of {times_text(cells)} it would make {times_text(asked)}. "
        "A result has at least one cell in each dimension.",
        "size must be 1 or more." if name == "size" else "scale_factor must leave at least one cell.",
        called.fault.fixes(lambda: called.with_setting(name, *larger, least)),
    )


_OPS: Final = ("interpolate", "upsample")
_EXPLAINERS: Final = (_both, _words, _mode, _rank, _counts, _corners, _floats, _empty)
