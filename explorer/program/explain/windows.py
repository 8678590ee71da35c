"""Layers that slide a window, with parameters that do not go together or do not fit their input."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments
from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import count_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_POOLS = (nn.modules.pooling._MaxPoolNd, nn.modules.pooling._AvgPoolNd, nn.modules.pooling._LPPoolNd)


def explain_kernel(layer: Layer) -> Explanation | None:
    """Explain a kernel that is larger than the padded input."""
    larger = layer.fault.matches(r"Kernel size can't be greater than actual input size")
    small = layer.fault.matches(r"Calculated output size: \(.*\)\. Output size is too small")
    if (larger is None and small is None) or not hasattr(layer.module, "kernel_size"):
        return None
    dims = _dims(layer)
    kernel, dilation, padding = (_each(layer, name, dims) for name in ("kernel_size", "dilation", "padding"))
    sizes = layer.shape[-dims:]
    span = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [n + 2 * p for n, p in zip(sizes, padding, strict=True)]
    spread = f", with dilation {_number(dilation)} it spans {_times(span)}" if span != kernel else ""
    shrinking = "; each convolution or pooling before makes it smaller" if _has_others(layer) else ""
    padded = f": {_times(sizes)} with a padding of {_number(padding)} at each end" if any(padding) else ""

    def changes() -> Iterator[Change]:
        fitting = [(n - 1) // d + 1 for n, d in zip(room, dilation, strict=True)]
        if min(fitting) > 0:
            yield from _with(layer, "kernel_size", _number(min(k, f) for k, f in zip(kernel, fitting, strict=True)))
        if not isinstance(layer.module, nn.modules.pooling._LPPoolNd):
            wanted = [max(p, -((n - s) // 2)) for n, s, p in zip(sizes, span, padding, strict=True)]
            yield from _with(layer, "padding", _number(wanted))
        yield from _with(layer, "dilation", "1")

    return Explanation(
        f"The kernel of {layer.title} is {_times(kernel)}{spread}, and it would slide over {_times(room)}{padded}. "
        f"{layer.has_shape()}{shrinking}.",
        f"Use a smaller kernel{', padding, or fewer pooling layers before' if shrinking else ' or more padding'}.",
        layer.fault.fixes(changes),
    )


def explain_groups(layer: Layer) -> Explanation | None:
    """Explain channels that cannot be divided into groups."""
    found = layer.fault.matches(r"(in|out)_channels must be divisible by groups")
    if found is None:
        return None
    made = {name: value for name, value in made_with(layer).items() if isinstance(value, int)}
    if not {"groups", "in_channels", "out_channels"} <= set(made):
        return None
    groups, channels = made["groups"], {name: made[f"{name}_channels"] for name in ("in", "out")}
    wrong = channels[found[1]]
    more = {f"{name}_channels": str(-(-count // groups) * groups) for name, count in channels.items()}

    def changes() -> Iterator[Change]:
        yield from _with(layer, "groups", str(math.gcd(groups, *channels.values())))
        yield from with_arguments(layer, {name: text for name, text in more.items() if made[name] != int(text)})

    return Explanation(
        f"{type(layer.module).__name__} gets groups={groups}, and {count_text(wrong, f'{found[1]}put channel')} cannot "
        f"be divided into {groups} groups of equal size: {wrong} / {groups} leaves {wrong % groups}.",
        f"groups must divide in_channels ({channels['in']}) and out_channels ({channels['out']}).",
        layer.fault.fixes(changes),
    )


def explain_padding_mode(layer: Layer) -> Explanation | None:
    """Explain a padding that has nothing to copy from."""
    small = r"Padding size should be less than|wrapping around more than once"
    if not isinstance(layer.module, nn.modules.conv._ConvNd) or not layer.fault.matches(small):
        return None
    dims, mode = _dims(layer), layer.module.padding_mode
    padding, sizes = _each(layer, "padding", dims), layer.shape[-dims:]
    most = [size - (mode == "reflect") for size in sizes]
    place = next((d for d, (p, m) in enumerate(zip(padding, most, strict=True)) if p > m), None)
    if place is None:
        return None
    copies = "mirrors the cells beside the edge" if mode == "reflect" else "copies the cells of the opposite edge"

    def changes() -> Iterator[Change]:
        yield from _with(layer, "padding", _number(min(p, m) for p, m in zip(padding, most, strict=True)))
        yield from _with(layer, "padding_mode", '"zeros"')
        yield from _with(layer, "padding_mode", '"replicate"')

    dim = len(layer.shape) - dims + place
    return Explanation(
        f"{layer.title} pads by {padding[place]} in dimension {dim}, and padding_mode='{mode}' {copies}. "
        f"{layer.has_shape()}: size {sizes[place]} there, so at most {most[place]} can be padded.",
        f"padding must be at most {most[place]} there, or padding_mode zeros or replicate.",
        layer.fault.fixes(changes),
        ((0, dim),),
    )


def explain_output_padding(layer: Layer) -> Explanation | None:
    """Explain an output_padding that is as large as the stride."""
    if not layer.fault.matches("output padding must be smaller than either stride or dilation"):
        return None
    dims = _dims(layer)
    extra, stride, dilation = (_each(layer, name, dims) for name in ("output_padding", "stride", "dilation"))
    most = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=True)]

    def changes() -> Iterator[Change]:
        yield from _with(layer, "output_padding", _number(min(e, m) for e, m in zip(extra, most, strict=True)))
        yield from _with(layer, "stride", _number(max(s, e + 1) for s, e in zip(stride, extra, strict=True)))

    return Explanation(
        f"{layer.title} has output_padding {_number(extra)} with stride {_number(stride)} and dilation "
        f"{_number(dilation)}. With stride {stride[-1]} the sizes that give the same input differ by less than "
        f"{stride[-1]}: output_padding chooses one of them.",
        f"output_padding must be smaller than stride or dilation: at most {_number(most)} here.",
        layer.fault.fixes(changes),
    )


def explain_same(layer: Layer) -> Explanation | None:
    """Explain padding='same' beside a stride."""
    if not layer.fault.matches("padding='same' is not supported for strided convolutions"):
        return None
    made = made_with(layer)
    stride, kernel, dilation = made["stride"], made["kernel_size"], made["dilation"]
    dims = len(kernel) if isinstance(kernel, tuple) else 1
    spans = [d * (k - 1) for k, d in zip(_spread(kernel, dims), _spread(dilation, dims), strict=True)]

    def changes() -> Iterator[Change]:
        yield from _with(layer, "padding", _number(span // 2 for span in spans))
        yield from _with(layer, "stride", "1")

    return Explanation(
        f"{type(layer.module).__name__} gets padding='same' and stride {_number(_spread(stride, dims))}. 'same' means "
        f"a result as large as the input; with a stride it is smaller.",
        "Give the padding in numbers, or leave the stride at 1.",
        layer.fault.fixes(changes),
    )


def explain_pool_padding(layer: Layer) -> Explanation | None:
    """Explain the padding of a pool that is more than half of its kernel."""
    if not isinstance(layer.module, _POOLS) or not layer.fault.matches("at most half of"):
        return None
    dims = _dims(layer)
    kernel, padding = _each(layer, "kernel_size", dims), _each(layer, "padding", dims)

    def changes() -> Iterator[Change]:
        yield from _with(layer, "padding", _number(min(p, k // 2) for p, k in zip(padding, kernel, strict=True)))
        yield from _with(layer, "kernel_size", _number(max(k, 2 * p) for p, k in zip(padding, kernel, strict=True)))

    return Explanation(
        f"{layer.title} has a padding of {_number(padding)} and a kernel of {_times(kernel)}. A window must not lie in "
        f"the padding alone, so torch allows at most half of the kernel: {_times([k // 2 for k in kernel])}.",
        "Use less padding, or a larger kernel.",
        layer.fault.fixes(changes),
    )


def explain_stride(layer: Layer) -> Explanation | None:
    """Explain a stride of 0."""
    if not layer.fault.matches(r"non-positive stride|stride should (not )?be (zero|greater than zero)"):
        return None
    stride = _each(layer, "stride", _dims(layer))
    return Explanation(
        f"{layer.title} has stride {_number(stride)}: its window would never move.",
        "stride must be 1 or more.",
        layer.fault.fixes(lambda: _with(layer, "stride", _number(max(1, s) for s in stride))),
    )


def explain_fold(layer: Layer) -> Explanation | None:
    """Explain columns that are not as many as the windows of the folded result."""
    found = layer.fault.matches(r"number of sliding blocks ([\d* ]+) = (\d+), but got input\.size\(\d\)=(\d+)")
    if not isinstance(layer.module, nn.Fold) or found is None:
        return None
    size, columns = _each(layer, "output_size", 2), int(found[3])
    kernel, dilation, padding, stride = (_each(layer, n, 2) for n in ("kernel_size", "dilation", "padding", "stride"))

    def changes() -> Iterator[Change]:
        factors = [(rows, columns // rows) for rows in range(1, columns + 1) if columns % rows == 0]
        for counts in sorted(factors, key=lambda pair: abs(pair[0] - pair[1])):
            terms = zip(counts, kernel, dilation, padding, stride, strict=True)
            sizes = [(c - 1) * s + d * (k - 1) + 1 - 2 * p for c, k, d, p, s in terms]
            yield from _with(layer, "output_size", _number(sizes))

    return Explanation(
        f"{layer.title} makes {_times(size)}: with kernel {_times(kernel)} and stride {_number(stride)} that is "
        f"{found[1].replace('*', '×')} = {found[2]} windows, a column for each. {layer.has_shape()}: "
        f"{count_text(columns, 'column')}.",
        f"output_size must be one with {columns} windows.",
        layer.fault.fixes(changes),
        ((0, len(layer.shape) - 1),),
    )


def _has_others(layer: Layer) -> bool:
    """Tell whether the program has other layers that make their input smaller."""
    calls = [node.func for node in ast.walk(layer.fault.text.tree) if isinstance(node, ast.Call)]
    return sum("Conv" in ast.unparse(func) or "Pool" in ast.unparse(func) for func in calls) > 1


def _dims(layer: Layer) -> int:
    """Return how many dimensions a layer's window has, which its name says: Conv2d."""
    return next((int(letter) for letter in type(layer.module).__name__ if letter.isdigit()), 2)


def _each(layer: Layer, name: str, dims: int) -> list[int]:
    """Return a parameter of a layer for each dimension; 0 for padding in words, 1 for what it has not."""
    value = getattr(layer.module, name, 0 if "padding" in name else 1)
    return _spread(0 if isinstance(value, str) else value, dims)


def _spread(value: object, dims: int) -> list[int]:
    if isinstance(value, tuple | list):
        return [int(number) for number in value]
    return [int(value)] * dims if isinstance(value, int) else [1] * dims


def _number(values: Iterable[int]) -> str:
    """Return numbers as a constructor takes them: one where all are equal."""
    numbers = list(values)
    return str(numbers[0]) if len(set(numbers)) == 1 else str(tuple(numbers))


def _times(values: Iterable[int]) -> str:
    return " × ".join(map(str, values))


def _with(layer: Layer, name: str, text: str) -> Iterator[Change]:
    yield from with_arguments(layer, {name: text})


WINDOWS = (
    explain_kernel,
    explain_groups,
    explain_padding_mode,
    explain_output_padding,
    explain_same,
    explain_pool_padding,
    explain_stride,
    explain_fold,
)
"""What explains errors of layers that slide a window."""
