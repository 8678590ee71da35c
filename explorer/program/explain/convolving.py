"""What `F.conv2d` and its like take in which place: the kernel and the bias are tensors, numbers come behind them."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Final

import torch

from explorer.program.explain.constructors import written_anew
from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.sliding import function_takes
from explorer.program.explain.text import count_text, list_text, shape_text

if TYPE_CHECKING:
    import ast

    from explorer.program.explain.fault import Change, Fault

_WEIGHT, _BIAS = 1, 2
_WORDS: Final = ("same", "valid")


def explain_convolving(fault: Fault) -> Explanation | None:
    """Explain a number in the place of a kernel or of a bias, a kernel_size, or an unknown word for a padding."""
    called = fault.text.text(fault.call.func) if fault.call is not None else ""
    takes = function_takes(called.rpartition(".")[2])
    own = fault.call is not None and isinstance(fault.value(fault.call.func), FunctionType)
    if "weight" not in takes or own:  # the program's own function of that name
        return None
    if fault.matches("Invalid padding string"):
        return _word(fault, called)
    if not isinstance(fault.error, TypeError):
        return None
    return _kernel_size(fault, called) or _weight(fault, called) or _bias(fault, called, takes)


def _weight(fault: Fault, called: str) -> Explanation | None:
    value = fault.value(fault.argument(_WEIGHT, "weight"))
    if value is UNKNOWN or not isinstance(value, int | float | tuple):
        return None
    return Explanation(
        f"The second argument of {called} is the kernel itself, a tensor of its numbers, and it got {value!r}.",
        f"`torch.randn({_sizes(called)})` makes one; nn.{_layer(called)} takes sizes and makes its kernel itself.",
    )


def _kernel_size(fault: Fault, called: str) -> Explanation | None:
    key = next((key for key in fault.call.keywords if key.arg == "kernel_size"), None) if fault.call else None
    if key is None:
        return None
    weight = fault.value(fault.argument(_WEIGHT, "weight"))
    shape = f" Here it has shape {shape_text(weight.shape)}." if isinstance(weight, torch.Tensor) else ""
    return Explanation(
        f"{called} has no argument called kernel_size: the kernel is the weight, its second argument, and that has a "
        f"size of its own.{shape}",
        f"Leave kernel_size out; nn.{_layer(called)} takes one, and makes its kernel itself.",
        fault.fixes(lambda: _without(fault, "kernel_size")),
    )


def _bias(fault: Fault, called: str, takes: tuple[str, ...]) -> Explanation | None:
    node = fault.argument(_BIAS, "bias")
    value = fault.value(node) if node is not None else UNKNOWN
    numbers = value if isinstance(value, tuple) else (value,)
    if value is UNKNOWN or not numbers or not all(isinstance(number, int | float) for number in numbers):
        return None
    weight = fault.value(fault.argument(_WEIGHT, "weight"))
    channels = weight.shape[0] if isinstance(weight, torch.Tensor) and weight.ndim and "transpose" not in called else 0
    each = f"a tensor with one number for each of {count_text(channels, 'output channel')}" if channels else "a tensor"
    behind = list_text(takes[_BIAS:])
    return Explanation(
        f"The third argument of {called} is the bias, {each}, and it got {value!r}. Behind it come {behind}.",
        _hint(fault, node, value),
        fault.fixes(lambda: _named(fault, takes, value)),
    )


def _hint(fault: Fault, node: ast.expr | None, value: object) -> str:
    if isinstance(value, bool):
        return "Leave it out for no bias; that is what it does by itself."
    placed = fault.call is not None and node in fault.call.args
    return "Give the stride by its name, or None for the bias." if placed else "None stands for no bias."


def _named(fault: Fault, takes: tuple[str, ...], value: object) -> Iterator[Change]:
    """Yield the program with the numbers from the bias's place on named, and with none in its place."""
    call, node = fault.call, fault.argument(_BIAS, "bias")
    if call is None or node is None:
        return
    if node in call.args and not isinstance(value, bool):
        numbers, given = call.args[_BIAS:], {key.arg for key in call.keywords}
        named = dict(zip(takes[_BIAS:], numbers, strict=False))
        if len(named) == len(numbers) and not given & set(named):
            texts = {one: f"{name}={fault.text.text(one)}" for name, one in named.items()}
            yield ", ".join(texts.values()), fault.text.replaced(*((fault.text.span(one), texts[one]) for one in texts))
    yield "bias=None", fault.text.replaced((fault.text.span(node), "None"))


def _without(fault: Fault, name: str) -> Iterator[Change]:
    for key in fault.call.keywords if fault.call is not None else []:
        if key.arg == name:
            start, end = fault.text.span(key)
            before = fault.source[:start].rstrip()
            start = len(before.removesuffix(","))
            yield f"without {name}", fault.text.replaced(((start, end), ""))


def _word(fault: Fault, called: str) -> Explanation:
    node = fault.argument(4, "padding")
    value = fault.value(node)
    return Explanation(
        f"{called} gets padding={value!r}; the words for it are {list_text([repr(word) for word in _WORDS])}.",
        "Give the padding in numbers, or in one of these words.",
        fault.fixes(lambda: _with_words(fault, node)),
    )


def _with_words(fault: Fault, node: ast.expr | None) -> Iterator[Change]:
    if fault.call is not None and node is not None:
        for word in _WORDS:
            yield written_anew(fault.text, fault.call, {"padding": repr(word)}, {"padding": node})


def _layer(called: str) -> str:
    """Return the layer of a function: `ConvTranspose2d` for `F.conv_transpose2d`."""
    return called.rpartition(".")[2].replace("conv_transpose", "ConvTranspose").replace("conv", "Conv")


def _sizes(called: str) -> str:
    dims = next((int(letter) for letter in called[::-1] if letter.isdigit()), 2)
    first = ("in_channels", "out_channels") if "transpose" in called else ("out_channels", "in_channels")
    return ", ".join([*first, *(["3"] * dims)])
