"""Adaptive poolings, layers and functions: sizes of the result that there are none of, and inputs that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.explain.called import Called, called_function, called_layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import number_text
from explorer.program.explain.text import count_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_SIZE: Final = "output_size"
_KINDS: Final = (nn.modules.pooling._AdaptiveAvgPoolNd, nn.modules.pooling._AdaptiveMaxPoolNd)
_TAKES: Final = {
    f"adaptive_{kind}_pool{dims}d{more}": (_SIZE,)
    for kind, endings in (("avg", ("",)), ("max", ("", "_with_indices")))
    for dims in (1, 2, 3)
    for more in endings
}
_LAYOUTS: Final = ("N×C×L", "N×C×H×W", "N×C×D×H×W")


def explain_adaptive(fault: Fault) -> Explanation | None:
    """Explain what an adaptive pooling could not make, or could not make it of."""
    called = called_layer(fault, _KINDS, (_SIZE,)) or called_function(fault, _TAKES)
    if called is None or called.settings[_SIZE] is None:
        return None
    dims = next(int(letter) for letter in called.name if letter.isdigit())
    size = called.settings[_SIZE]
    numbers = list(size) if isinstance(size, tuple | list) else [size] * dims
    return _sizes(called, dims, numbers) or _shape(called, dims)


def _sizes(called: Called, dims: int, numbers: list[object]) -> Explanation | None:
    if len(numbers) != dims:
        fitting = number_text([*numbers, *numbers[-1:] * dims][:dims])
        # a layer's title would say output_size once more, and as one number where all are equal
        title = called.name if called.name[0].isupper() else called.title
        return Explanation(
            f"{title} makes {count_text(dims, 'dimension')}, and its {_SIZE} {tuple(numbers)} has "
            f"{count_text(len(numbers), 'number')}.",
            f"{_SIZE} must be one number, or {count_text(dims, 'number')}: one for each dimension."
            if dims > 1
            else f"{_SIZE} must be one number.",
            called.fault.fixes(lambda: called.with_setting(_SIZE, fitting)),
        )
    if any(isinstance(number, float) for number in numbers):
        whole = number_text(max(1, int(n)) if isinstance(n, int | float) else n for n in numbers)
        return Explanation(
            f"{called.title} has {_SIZE} {number_text(numbers)}: it counts cells, and "
            f"{number_text(numbers)} is a float.",
            f"{_SIZE} must be in whole numbers; `//` divides to a whole number.",
            called.fault.fixes(lambda: called.with_setting(_SIZE, whole)),
        )
    if all(n is None or isinstance(n, int) for n in numbers) and any(isinstance(n, int) and n < 0 for n in numbers):
        least = number_text(max(1, n) if isinstance(n, int) else n for n in numbers)
        return Explanation(
            f"{called.title} has {_SIZE} {number_text(numbers)}: a result has at least 0 cells in each dimension.",
            f"{_SIZE} must be 0 or more.",
            called.fault.fixes(lambda: called.with_setting(_SIZE, least)),
        )
    return None


def _shape(called: Called, dims: int) -> Explanation | None:
    given, most = len(called.shape), dims + 2
    if not called.shape:
        return None
    if given not in (most - 1, most):
        layout, few = _LAYOUTS[dims - 1], given < most - 1
        return Explanation(
            f"{called.title} expects {most}-D {layout} or {most - 1}-D {layout[2:]} input, got shape "
            f"{shape_text(called.shape)}: {count_text(given, 'dimension')}.",
            "N is the batch, C the channels; "
            + ("`.unsqueeze(0)` adds a dimension of size 1." if few else "the digit of the name counts the rest."),
            called.fault.fixes(lambda: _of_that_rank(called, dims)),
        )
    empty = next((dim for dim, size in enumerate(called.shape) if size == 0 and dim >= given - dims), None)
    if empty is None:
        return None
    return Explanation(
        f"{called.has_shape()}: its size is 0 in dimension {empty}, so it is empty. {called.title} makes each cell of "
        "its result of cells of the input, and there is none.",
        "Give it an input with at least one cell in each dimension.",
        dimensions=((0, empty),),
    )


def _of_that_rank(called: Called, dims: int) -> Iterator[Change]:
    """Yield the program with as many dimensions as are wanted, or with the function for as many as there are."""
    given, fault = len(called.shape), called.fault
    if given < dims + 1:
        yield from called.with_input(".unsqueeze(0)" * (dims + 2 - given), ".unsqueeze(0)" * (dims + 1 - given))
        return
    if given - 2 in (1, 2, 3) and fault.call is not None and f"{dims}d" in fault.text.text(fault.call.func):
        own = fault.text.text(fault.call.func)
        other = own.replace(f"{dims}d", f"{given - 2}d")
        yield other, fault.text.replaced((fault.text.span(fault.call.func), other))
    yield from called.with_input(*(f".squeeze({dim})" for dim, size in enumerate(called.shape) if size == 1))
