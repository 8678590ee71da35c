"""Layers that slide a window, with groups, padding modes or columns that do not go together or fit their input."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments
from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import number_text, spread
from explorer.program.explain.text import count_text, list_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change


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
        yield from _with(layer, "padding", number_text(min(p, m) for p, m in zip(padding, most, strict=True)))
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


def explain_words(layer: Layer) -> Explanation | None:
    """Explain a word that there is none of for a padding."""
    made, transposed = made_with(layer), isinstance(layer.module, nn.modules.conv._ConvTransposeNd)
    modes = ("zeros",) if transposed else ("zeros", "reflect", "replicate", "circular")
    known = {"padding": ("same", "valid"), "padding_mode": modes}
    name = next((name for name in known if isinstance(made.get(name), str) and made[name] not in known[name]), "")
    if not isinstance(layer.module, nn.modules.conv._ConvNd) or not name:
        return None

    def changes() -> Iterator[Change]:
        for word in known[name]:
            yield from _with(layer, name, f'"{word}"')

    return Explanation(
        f"{type(layer.module).__name__} gets {name}={made[name]!r}; the {'words' if len(known[name]) > 1 else 'word'} "
        f"for it {'are' if len(known[name]) > 1 else 'is'} {list_text([repr(word) for word in known[name]])}.",
        "Give the padding in numbers, or in one of these words." if name == "padding" else "",
        layer.fault.fixes(changes),
    )


def explain_kind(layer: Layer) -> Explanation | None:
    """Explain a list or a NumPy array for a convolution, of which torch only says all that it could be called with."""
    node, fault = layer.argument, layer.fault
    frames = [frame for frame in fault.frames if frame.get("self") is layer.module and "input" in frame]
    value = frames[0]["input"] if frames else None
    makes = {list: "torch.tensor({})", np.ndarray: "torch.from_numpy({})"}.get(type(value))
    if makes is None or not isinstance(layer.module, nn.modules.conv._ConvNd):
        return None
    shape = f" of shape {shape_text(value.shape)}" if isinstance(value, np.ndarray) else ""

    def changes() -> Iterator[Change]:
        if node is not None:
            for more in ("", ".float()", ".unsqueeze(0)"):
                code = makes.format(fault.text.text(node)) + more
                yield code, fault.text.replaced((fault.text.span(node), code))

    return Explanation(
        f"{layer.title} takes a tensor, and got {'a list' if isinstance(value, list) else 'a NumPy array'}{shape}.",
        "`torch.tensor(…)` makes a tensor of a list, `torch.from_numpy(…)` of a NumPy array.",
        fault.fixes(changes),
    )


def _dims(layer: Layer) -> int:
    """Return how many dimensions a layer's window has, which its name says: Conv2d."""
    return next((int(letter) for letter in type(layer.module).__name__ if letter.isdigit()), 2)


def _each(layer: Layer, name: str, dims: int) -> list[int]:
    """Return a parameter of a layer for each dimension; 0 for padding in words, 1 for what it has not."""
    value = getattr(layer.module, name, 0 if "padding" in name else 1)
    return spread(0 if isinstance(value, str) else value, dims)


def _with(layer: Layer, name: str, text: str) -> Iterator[Change]:
    yield from with_arguments(layer, {name: text})


WINDOWS = (
    explain_groups,
    explain_padding_mode,
    explain_words,
    explain_kind,
)
"""What explains errors that only layers have."""
