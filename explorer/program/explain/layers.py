"""Layers that get what does not fit them: dimensions, channels, features, batches too small, kernels too large."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.explain.alignment import product_lines
from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.norm_settings import explain_norming
from explorer.program.explain.norming import norming_layer
from explorer.program.explain.places import told_apart
from explorer.program.explain.sequences import SEQUENCES
from explorer.program.explain.sliding import sliding_layer
from explorer.program.explain.text import count_text, product_text, shape_text
from explorer.program.explain.window import explain_sliding
from explorer.program.explain.window_calls import explain_output_size
from explorer.program.explain.windows import WINDOWS

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

# what the dimensions of an input mean: (without a batch, with one)
_LAYOUTS: Final[tuple[tuple[tuple[type[nn.Module], ...], tuple[str, str]], ...]] = (
    ((nn.Conv1d, nn.ConvTranspose1d, nn.MaxPool1d, nn.AvgPool1d), ("C×L", "N×C×L")),
    ((nn.Conv2d, nn.ConvTranspose2d, nn.MaxPool2d, nn.AvgPool2d, nn.InstanceNorm2d), ("C×H×W", "N×C×H×W")),
    ((nn.Conv3d, nn.ConvTranspose3d, nn.MaxPool3d, nn.AvgPool3d), ("C×D×H×W", "N×C×D×H×W")),
    ((nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d), ("C×L", "N×C×L")),
    ((nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d), ("C×H×W", "N×C×H×W")),
    ((nn.AdaptiveAvgPool3d, nn.AdaptiveMaxPool3d), ("C×D×H×W", "N×C×D×H×W")),
    ((nn.BatchNorm1d,), ("N×C", "N×C×L")),
    ((nn.BatchNorm2d,), ("", "N×C×H×W")),
    ((nn.BatchNorm3d,), ("", "N×C×D×H×W")),
)
_RANKS = (
    r"Expected \dD \(unbatched\) or \dD|xpected \dD (or \dD )?input \(got \dD input\)"
    r"|non-empty \dD or \dD \(batch mode\)|Expected \d to \d dimensions, but got \d-dimensional"
    r"|Expected \dD or \dD tensor, but got"
)


def explain_layer(layer: Layer) -> Explanation | None:
    """Explain what a layer of the library could not take."""
    return next((found for explain in _EXPLAINERS if (found := explain(layer)) is not None), None)


def _layouts(layer: Layer) -> tuple[str, ...]:
    found = next((words for kinds, words in _LAYOUTS if isinstance(layer.module, kinds)), ("", ""))
    return tuple(word for word in found if word)


def _rank(layout: str) -> int:
    return layout.count("×") + 1


def _dimensions(layer: Layer) -> Explanation | None:
    layouts = _layouts(layer)
    if not layouts or layer.given is None or not layer.fault.matches(_RANKS):
        return None
    takes = " or ".join(f"{_rank(layout)}-D {layout}" for layout in reversed(layouts))
    given, least, most = len(layer.shape), _rank(layouts[0]), _rank(layouts[-1])
    few = given < least

    def changes() -> Iterator[Change]:
        if few:
            yield from layer.with_input(*_added(given, least, most))
            yield from _as_channels(layer, least - given)
        else:
            squeezes = [f".squeeze({dim})" for dim, size in enumerate(layer.shape) if size == 1]
            yield from layer.with_input(*squeezes, ".flatten(1)")

    missing = "N is the batch, C the channels"
    return Explanation(
        f"{layer.title} expects {takes} input, got shape {shape_text(layer.shape)}: {count_text(given, 'dimension')}.",
        f"{missing}; `.unsqueeze(…)` adds a dimension of size 1." if few else f"{missing}; `.squeeze(…)` removes one.",
        layer.fault.fixes(changes),
    )


def _added(given: int, least: int, most: int) -> list[str]:
    """Return calls that add the dimensions that are missing, for a batch with and without."""
    front = [".unsqueeze(0)" * count for count in range(most - given, least - given - 1, -1) if count]
    return [*front[:1], ".unsqueeze(1)", *front[1:]]


def _as_channels(layer: Layer, missing: int) -> Iterator[Change]:
    """Yield the program with a grey picture repeated for each channel, and with a layer that takes one channel."""
    channels = getattr(layer.module, "in_channels", 1)
    if missing == 1 and channels != 1:
        yield from layer.with_input(f".expand({channels}, {', '.join(['-1'] * len(layer.shape))})")
        yield from layer.with_input_and_size(".unsqueeze(0)", "in_channels", 1)


def _channels(layer: Layer) -> Explanation | None:
    found = layer.fault.matches(r"expected input\[.*\] to have (\d+) channels, but got (\d+) channels")
    on_meta = layer.fault.matches("Invalid channel dimensions")
    module = layer.module
    if not (found or on_meta) or not isinstance(module, nn.modules.conv._ConvNd) or not layer.shape:
        return None
    layouts = _layouts(layer)
    batched = len(layer.shape) == _rank(layouts[-1])
    layout, dim = layouts[-1] if batched else layouts[0], 1 if batched else 0
    wanted, got = (int(found[1]), int(found[2])) if found else (module.in_channels, layer.shape[dim])
    if wanted == got:  # the weight was written over
        return None

    def changes() -> Iterator[Change]:
        if not batched and wanted == 1:
            yield from layer.with_input(".unsqueeze(1)")
        if wanted in layer.shape:
            yield from layer.with_input(f".movedim({layer.shape.index(wanted) - len(layer.shape)}, {dim})")
        yield from layer.with_size("in_channels", got)
        if got == 1:
            sizes = ", ".join(str(wanted) if d == dim else "-1" for d in range(len(layer.shape)))
            yield from layer.with_input(f".expand({sizes})")

    return Explanation(
        f"{layer.title} expects {count_text(wanted, 'channel')}: its input is read as {layout}, so dimension {dim} "
        f"counts channels. {layer.has_shape()}, that is {count_text(got, 'channel')}.",
        f"in_channels must be {got} for this input, or the input must have {wanted} in dimension {dim}.",
        layer.fault.fixes(changes),
        ((0, dim),),
    )


def _features(layer: Layer) -> Explanation | None:
    module, shape = layer.module, layer.shape
    if not isinstance(module, nn.Linear) or not shape or shape[-1] == module.in_features:
        return None
    wanted, inner = module.in_features, shape[1:]
    flat = len(shape) > 2 and math.prod(inner) == wanted

    def changes() -> Iterator[Change]:
        if flat:
            yield from layer.with_input(".flatten(1)")
            yield from _flatten_before(layer)
        elif len(shape) > 2:
            yield from layer.with_input_and_size(".flatten(1)", "in_features", math.prod(inner))
        if math.prod(shape) == wanted:
            yield from layer.with_input(".flatten()")
        yield from layer.with_size("in_features", shape[-1])
        if len(shape) == 2 and shape[0] == wanted:
            yield from layer.with_input(".T")

    flattened = (
        f" Flattened from dimension 1 on it would have {product_text(inner)} features." if len(shape) > 2 else ""
    )
    return Explanation(
        f"{layer.title} expects {count_text(wanted, 'feature')}: the last size of its input. {layer.has_shape()}, "
        f"so it gets {shape[-1]}.{flattened} The rows of the input meet the columns of the weight, "
        f"{wanted} numbers each.",
        f"in_features must be the last size of what the layer gets; here that is {shape[-1]}.",
        layer.fault.fixes(changes),
        ((0, len(shape) - 1), (1, 1)),
        product_lines((layer.input_name, "weightᵀ"), (shape, (wanted, module.out_features))),
    )


def _flatten_before(layer: Layer) -> Iterator[Change]:
    calls = layer.constructors()
    for call, which in zip(calls, told_apart(layer.fault.text, calls), strict=True):
        start = layer.fault.text.span(call)[0]
        yield f"nn.Flatten(), …{which}", layer.fault.text.replaced(((start, start), "nn.Flatten(), "))


def _norming(layer: Layer) -> Explanation | None:
    return explain_norming(norming_layer(layer))


def _sliding(layer: Layer) -> Explanation | None:
    return explain_sliding(sliding_layer(layer))


_EXPLAINERS: tuple[Callable[[Layer], Explanation | None], ...] = (
    _norming, _dimensions, _channels, _features, *WINDOWS, _sliding, explain_output_size, *SEQUENCES,
)  # fmt: skip
