"""What slides a window: a layer or a function, with its settings, and the program with other ones."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments
from explorer.program.explain.layer import Layer
from explorer.program.explain.source import parenthesised
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

SETTINGS: Final = (
    *("kernel_size", "stride", "padding", "dilation", "output_padding", "groups"),
    *("in_channels", "out_channels", "output_size"),
)
_KINDS = (
    nn.modules.conv._ConvNd,
    nn.modules.pooling._MaxPoolNd,
    nn.modules.pooling._AvgPoolNd,
    nn.modules.pooling._LPPoolNd,
    nn.Fold,
    nn.Unfold,
)
# what each function takes after its input, in order
_CONVOLUTION = ("weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = ("weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_AVG_POOL = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_UNFOLD = ("kernel_size", "dilation", "padding", "stride")
_LP_POOL = ("norm_type", "kernel_size", "stride", "ceil_mode")
_TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    f"{name}{dims}d": takes
    for name, takes in (
        ("conv", _CONVOLUTION),
        ("conv_transpose", _TRANSPOSED),
        ("max_pool", _MAX_POOL),
        ("avg_pool", _AVG_POOL),
        ("lp_pool", _LP_POOL),
    )
    for dims in (1, 2, 3)
} | {"unfold": _UNFOLD, "fold": ("output_size", *_UNFOLD)}


@dataclass(frozen=True, eq=False)
class Sliding:
    """A layer or a function that slides a window, and raised.

    Attributes:
        fault: The exception.
        title: `conv (Conv2d(1, 1, 3))`, `F.conv2d`.
        kind: The layer's class or the function's name.
        settings: What it got, by the names of `SETTINGS`; what it does not have is left out.
        shape: Sizes of its input; () when that is not known.
        input_name: Its input, by its name in the program.
        change: Yields the program with other settings, given as text.
    """

    fault: Fault
    title: str
    kind: str
    settings: Mapping[str, object]
    shape: tuple[int, ...]
    input_name: str
    change: Callable[[Mapping[str, str]], Iterator[Change]]

    @property
    def dims(self) -> int:
        """How many dimensions the window has, which the name says: Conv2d."""
        return next((int(letter) for letter in self.kind if letter.isdigit()), 2)

    @property
    def is_transposed(self) -> bool:
        """Whether it writes windows rather than reads them."""
        return "transpose" in self.kind.lower()

    @property
    def is_pool(self) -> bool:
        """Whether it is a pooling."""
        return "pool" in self.kind.lower()

    def each(self, name: str) -> list[int]:
        """Return a setting for each dimension; 0 for padding in words, 1 for what it has not."""
        value = self.settings.get(name)
        if value is None and name == "stride" and self.is_pool:
            value = self.settings.get("kernel_size")
        missing = 0 if "padding" in name else 1
        return spread(missing if value is None or isinstance(value, str) else value, self.dims)

    @property
    def cells(self) -> tuple[int, ...]:
        """Sizes of the dimensions that the window slides over."""
        return self.shape[-self.dims :]

    def has_shape(self) -> str:
        """Return `x has shape (4, 6)`, as the start of a sentence."""
        return f"{sentence(self.input_name)} has shape {shape_text(self.shape)}"

    def with_setting(self, name: str, text: str) -> Iterator[Change]:
        """Yield the program with another setting."""
        yield from self.change({name: text})


def spread(value: object, dims: int) -> list[int]:
    """Return a setting for each dimension: a number stands for all of them."""
    if isinstance(value, tuple | list):
        return [int(number) for number in value]
    return [int(value)] * dims if isinstance(value, int) else [1] * dims


def number_text(values: Iterable[object]) -> str:
    """Return numbers as a constructor takes them: one where all are equal."""
    numbers = list(values)
    return str(numbers[0]) if len(set(numbers)) == 1 else str(tuple(numbers))


def times_text(values: Iterable[int]) -> str:
    """Return `3 × 3`."""
    return " × ".join(map(str, values))


def function_takes(name: str) -> tuple[str, ...]:
    """Return what a function that slides a window takes after its input, in order; () for any other."""
    return _TAKES.get(name, ())


def sliding_layer(layer: Layer) -> Sliding | None:
    """Return a layer that slides a window, while it is made or when it is called; else None."""
    if not isinstance(layer.module, _KINDS):
        return None
    made = made_with(layer)
    known = {name: made.get(name, getattr(layer.module, name, None)) for name in SETTINGS}
    return Sliding(
        layer.fault,
        type(layer.module).__name__ if made else layer.title,
        type(layer.module).__name__,
        {name: value for name, value in known.items() if value is not None},
        layer.shape,
        layer.input_name,
        lambda wanted: with_arguments(layer, wanted),
    )


def sliding_function(fault: Fault) -> Sliding | None:
    """Return a call of `F.conv2d` and its like; else None."""
    name = fault.failed.op.removesuffix("_with_indices") if fault.failed is not None else ""
    if fault.failed is None or fault.call is None or name not in _TAKES or not fault.failed.tensors:
        return None
    given = dict(zip(("input", *_TAKES[name]), fault.failed.arguments, strict=False)) | dict(fault.failed.keywords)
    weight, data = given.get("weight"), given.get("input")
    # `x.unfold(dim, size, step)` has the name of F.unfold, which passes all of its settings by theirs
    if not isinstance(data, torch.Tensor) or (name == "unfold" and "padding" not in fault.failed.keywords):
        return None
    settings = {name: given[name] for name in SETTINGS if given.get(name) is not None}
    if isinstance(weight, torch.Tensor):
        settings["kernel_size"] = tuple(weight.shape[2:])
    return Sliding(
        fault,
        fault.text.text(fault.call.func),
        name,
        settings,
        tuple(data.shape),
        fault.name(fault.argument(0, "input"), "the input"),
        lambda wanted: _with_arguments(fault, name, wanted),
    )


def _with_arguments(fault: Fault, name: str, wanted: Mapping[str, str]) -> Iterator[Change]:
    """Yield the program with other arguments of the failing call; a smaller kernel is cut out of the weight."""
    if fault.call is None:
        return
    changes, added = [], ""
    for key, value in wanted.items():
        own = "weight" if key == "kernel_size" and "weight" in _TAKES[name] else key
        if own not in _TAKES[name]:
            return
        written = fault.argument(_TAKES[name].index(own) + 1, own)
        if written is None:
            added += f", {own}={value}"
        else:
            text = _cut(fault, written, value) if own == "weight" else value
            changes.append((fault.text.span(written), text))
    end = fault.text.span(fault.call)[1] - 1
    label = ", ".join(f"{key}={value}" for key, value in wanted.items())
    yield label, fault.text.replaced(*changes, *([((end, end), added)] if added else []))


def _cut(fault: Fault, weight: ast.expr, sizes: str) -> str:
    """Return the weight's first cells of each dimension, as code."""
    kept = ast.literal_eval(sizes)
    rank = len(kept) if isinstance(kept, tuple) else 1
    value = fault.value(weight)
    rank = value.ndim - 2 if isinstance(value, torch.Tensor) else rank
    ends = ", ".join(f":{size}" for size in spread(kept, rank))
    return f"{parenthesised(fault.text.text(weight), weight)}[:, :, {ends}]"
