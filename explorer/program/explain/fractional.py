"""`FractionalMaxPool2d`: a size of the result or a ratio, one of them, and a window that fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.explain.called import Called, called_function, called_layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import number_text, spread, times_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_SETTINGS: Final = ("kernel_size", "output_size", "output_ratio")
_KINDS: Final = (nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)
_TAKES: Final = {
    f"fractional_max_pool{dims}d{more}": _SETTINGS for dims in (2, 3) for more in ("", "_with_indices")
}  # fmt: skip


def explain_fractional(fault: Fault) -> Explanation | None:
    """Explain what a fractional max pooling was told or given that it can do nothing with."""
    called = called_layer(fault, _KINDS, _SETTINGS) or called_function(fault, _TAKES)
    if called is None:
        return None
    size, ratio = called.settings["output_size"], called.settings["output_ratio"]
    if fault.matches("requires specifying either an output.?size|only one of output_size and output_ratio"):
        return _neither(called) if size is None else _both(called)
    if fault.matches("output_ratio must be between 0 and 1"):
        inverse = _inverse(ratio)
        return Explanation(
            f"{called.title} gets output_ratio={ratio}: it is the share of the rows and columns that is left, between "
            "0 and 1.",
            "Half as many rows and columns are output_ratio=0.5.",
            fault.fixes(lambda: called.with_setting("output_ratio", *inverse, "0.5")),
        )
    return _too_large(called) if fault.matches("too large relative to input") else None


def _neither(called: Called) -> Explanation:
    def changes() -> Iterator[Change]:
        # only the layer takes one ratio for all dimensions
        yield from called.with_setting("output_ratio", "0.5", str((0.5,) * _dims(called)))
        yield from called.with_setting("output_size", "1")

    return Explanation(
        f"{called.title} gets kernel_size {called.settings['kernel_size']} and neither output_size nor output_ratio: "
        "its windows have no stride, they are spread so that the result is as large as one of these two says.",
        "output_size gives the rows and columns of the result, output_ratio the share of the input's that is left.",
        called.fault.fixes(changes),
    )


def _both(called: Called) -> Explanation:
    size, ratio = called.settings["output_size"], called.settings["output_ratio"]

    def changes() -> Iterator[Change]:
        yield from called.with_setting("output_ratio", "None")
        yield from called.with_setting("output_size", "None")

    return Explanation(
        f"{called.title} gets output_size={size} and output_ratio={ratio}: both say how large the result is, so only "
        "one may be given.",
        "Leave one of them out; None stands for that.",
        called.fault.fixes(changes),
    )


def _inverse(ratio: object) -> list[str]:
    """Return how much is left where a ratio says how often smaller: 2 is 0.5."""
    numbers = ratio if isinstance(ratio, tuple | list) else (ratio,)
    return (
        [number_text(round(1 / n, 2) if n > 1 else n for n in numbers)]
        if all(isinstance(n, int | float) for n in numbers)
        else []
    )


def _too_large(called: Called) -> Explanation | None:
    dims = _dims(called)
    cells = called.shape[-dims:]
    kernel, size = (spread(called.settings[name], dims) for name in ("kernel_size", "output_size"))
    if called.settings["output_size"] is None:
        size = [int(n * r) for n, r in zip(cells, _ratios(called, dims), strict=True)]
    most = [n - k + 1 for n, k in zip(cells, kernel, strict=True)]

    def changes() -> Iterator[Change]:
        if min(most) > 0 and called.settings["output_size"] is not None:
            yield from called.with_setting(
                "output_size", number_text(min(s, m) for s, m in zip(size, most, strict=True))
            )
        fitting = [max(1, min(k, n - s + 1)) for k, n, s in zip(kernel, cells, size, strict=True)]
        yield from called.with_setting("kernel_size", number_text(fitting))

    return Explanation(
        f"{called.title} spreads {times_text(size)} windows of {times_text(kernel)} over {times_text(cells)} cells, "
        f"each at a place of its own. {called.has_shape()}: "
        f"{times_text(max(0, m) for m in most)} places for one.",
        "Ask for a smaller result, or use a smaller kernel_size.",
        called.fault.fixes(changes),
    )


def _dims(called: Called) -> int:
    return 3 if "3d" in called.name else 2


def _ratios(called: Called, dims: int) -> list[float]:
    ratio = called.settings["output_ratio"]
    return [float(r) for r in ratio] if isinstance(ratio, tuple | list) else [float(str(ratio))] * dims
