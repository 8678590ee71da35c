"""What a window is called with: channels, dimensions, a bias, a size of the result, and more than the memory holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.constructors import made_with
from explorer.program.explain.fault import Fault
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import Sliding, number_text, sliding_layer, times_text
from explorer.program.explain.text import count_text, inside, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_WRITTEN = re.compile(r"\d+")


def explain_channels(sliding: Sliding) -> Explanation | None:
    """Explain an input of `F.conv2d` with other channels than its weight."""
    found = sliding.fault.matches(r"expected input\[.*\] to have (\d+) channels, but got (\d+) channels")
    weight = sliding.fault.failed.tensors[1] if sliding.fault.failed and found else None
    if found is None or weight is None:
        return None
    wanted, got = int(found[1]), int(found[2])
    dim = len(sliding.shape) - sliding.dims - 1
    data = sliding.fault.argument(0, "input")

    def changes() -> Iterator[Change]:
        fewer = ":, " * dim + f":{wanted}"
        more = ", ".join(str(wanted) if place == dim else "-1" for place in range(len(sliding.shape)))
        yield from sliding.change({"groups": str(math.gcd(got, weight.shape[0]))})
        yield from sliding.change({"groups": "1"})
        yield from sliding.fault.with_methods(data, f"[{fewer}]" if wanted < got else f".expand({more})")

    return Explanation(
        f"{sliding.title} gets a weight of shape {shape_text(weight.shape)} with groups "
        f"{sliding.settings.get('groups', 1)}, which reads {count_text(wanted, 'channel')}. {sliding.has_shape()}: "
        f"{count_text(got, 'channel')} in dimension {dim}.",
        f"The input must have {wanted} in dimension {dim}, or the weight must be one for {got}.",
        sliding.fault.fixes(changes),
        ((0, dim),),
    )


def explain_weight(sliding: Sliding) -> Explanation | None:
    """Explain a weight of `F.conv2d` with too few or too many dimensions."""
    failed = sliding.fault.failed
    if "conv" not in sliding.kind or failed is None or len(failed.tensors) < 2:
        return None
    shape, wanted = failed.tensors[1].shape, sliding.dims + 2
    if len(shape) == wanted or len(sliding.shape) not in (wanted - 1, wanted):
        return None
    written = sliding.fault.argument(1, "weight")
    channels = "in channels, out channels / groups" if sliding.is_transposed else "out channels, in channels / groups"
    places = ", ".join("-1" for _ in range(sliding.dims))
    one_for_all = f".expand(1, {sliding.shape[-sliding.dims - 1]}, {places})"
    changes = {1: ("[None]", "[:, None]"), 2: ("[None, None]", one_for_all)}.get(wanted - len(shape), ())
    return Explanation(
        f"{sliding.title} takes a weight of {wanted} dimensions: {channels}, and the kernel's "
        f"{count_text(sliding.dims, 'size')}. {sentence(sliding.fault.name(written, 'the weight'))} has shape "
        f"{shape_text(shape)}: {count_text(len(shape), 'dimension')}.",
        "`w[None]` adds a dimension of size 1 in front, `w[:, None]` one in second place.",
        sliding.fault.fixes(lambda: sliding.fault.with_methods(written, *changes)),
    )


def explain_dimensions(sliding: Sliding) -> Explanation | None:
    """Explain an input of `F.conv2d` or `F.max_pool2d` with too few or too many dimensions."""
    most, given = sliding.dims + 2, len(sliding.shape)
    refused = sliding.fault.matches(r"Expected \dD \(unbatched\) or \dD|non-empty \dD or \dD|Expected \dD or \dD")
    # F.unfold counts the dimensions of its input before it looks whether there are as many
    if refused is None and (sliding.kind.lower() != "unfold" or given in (most - 1, most)):
        return None
    data = sliding.fault.argument(0, "input")
    missing = most - given
    changes = [".unsqueeze(0)" * missing, ".unsqueeze(0)" * (missing - 1)] if missing > 0 else [".squeeze(0)"]
    return Explanation(
        f"{sliding.title} reads its input as a batch of channels, {count_text(most, 'dimension')}, or without the "
        f"batch, {most - 1}. {sliding.has_shape()}: {count_text(given, 'dimension')}.",
        "`.unsqueeze(0)` adds a dimension of size 1." if missing > 0 else "`.squeeze(0)` removes one of size 1.",
        sliding.fault.fixes(lambda: sliding.fault.with_methods(data, *filter(None, changes))),
    )


def explain_bias(sliding: Sliding) -> Explanation | None:
    """Explain a bias of `F.conv2d` that is no number for each output channel."""
    found = sliding.fault.matches(
        r"expected bias to be 1-dimensional with (\d+) elements, but got bias of size \[(.*?)\]"
    )
    if found is None:
        return None
    bias = sliding.fault.argument(2, "bias")
    return Explanation(
        f"{sliding.title} adds one number of its bias to each of {count_text(int(found[1]), 'output channel')}, and "
        f"the bias has shape {shape_text(map(int, _WRITTEN.findall(found[2])))}.",
        f"The bias must have shape ({found[1]},).",
        sliding.fault.fixes(lambda: sliding.fault.with_methods(bias, f"[:{found[1]}]", f".expand({found[1]})")),
    )


def explain_divided(sliding: Sliding) -> Explanation | None:
    """Explain a weight of `F.conv2d` whose output channels cannot be divided into groups."""
    found = sliding.fault.matches(r"Given groups=(\d+), expected weight to be divisible by \d+ at dimension 0")
    weight = sliding.fault.failed.tensors[1] if sliding.fault.failed and found else None
    if found is None or weight is None:
        return None
    groups, count = int(found[1]), weight.shape[0]
    kept = count // groups * groups
    written = sliding.fault.argument(1, "weight")
    own = sliding.shape[len(sliding.shape) - sliding.dims - 1] // max(weight.shape[1], 1)

    def changes() -> Iterator[Change]:
        yield from sliding.change({"groups": str(own)})
        yield from sliding.fault.with_methods(written, f"[:{kept}]")

    return Explanation(
        f"{sliding.title} gets groups={groups}, and the weight of shape {shape_text(weight.shape)} makes {count} "
        f"output channels, which cannot be divided into {groups} groups of equal size: {count} / {groups} leaves "
        f"{count % groups}.",
        f"groups must divide the first size of the weight ({count}).",
        sliding.fault.fixes(changes),
        ((1, 0),),
    )


def explain_output_size(layer: Layer) -> Explanation | None:
    """Explain an output_size that a transposed convolution cannot make."""
    said = layer.fault.matches(r"requested an output size of (.*), but valid sizes range from (.*) to (.*) \(for an")
    count = layer.fault.matches(r"output_size must have (\d+) or \d+ elements \(got (\d+)\)")
    if not isinstance(layer.module, nn.modules.conv._ConvTransposeNd) or (said is None and count is None):
        return None
    if count is not None:
        return _counted(layer, int(count[1]), int(count[2]))
    asked, least, most = ([int(n) for n in _WRITTEN.findall(said[group])] for group in (1, 2, 3)) if said else ([],) * 3
    nearest = [min(max(a, low), high) for a, low, high in zip(asked, least, most, strict=True)]
    stride = sliding_layer(layer)
    steps = f" with stride {number_text(stride.each('stride'))}" if stride is not None else ""
    return Explanation(
        f"{layer.title}{steps} makes {times_text(least)} of {times_text(layer.shape[-len(least) :])}, or up to "
        f"{times_text(most)} with more cells at the end, and output_size asks for {times_text(asked)}.",
        f"output_size must be from {times_text(least)} to {times_text(most)}.",
        layer.fault.fixes(lambda: _with_output_size(layer, str(tuple(nearest)))),
    )


def _counted(layer: Layer, wanted: int, got: int) -> Explanation:
    written = layer.fault.argument(1, "output_size")
    value = layer.fault.value(written) if written is not None else None
    fewer = str(tuple(value[-wanted:])) if isinstance(value, tuple) and len(value) > wanted else ""
    return Explanation(
        f"output_size has {count_text(got, 'number')}, and {inside(layer.title)} makes "
        f"{count_text(wanted, 'dimension')}.",
        f"output_size must have {wanted} numbers, one for each dimension, or all of the result's sizes.",
        layer.fault.fixes(lambda: _with_output_size(layer, fewer) if fewer else iter(())),
    )


def _with_output_size(layer: Layer, text: str) -> Iterator[Change]:
    written = layer.fault.argument(1, "output_size")
    if written is not None:
        yield f"output_size={text}", layer.fault.text.replaced((layer.fault.text.span(written), text))


def explain_weight_memory(fault: Fault) -> Explanation | None:
    """Explain a layer whose weight is larger than a program may hold, from the error of the limit."""
    layer = layer_of(fault)
    sliding = sliding_layer(layer) if layer is not None else None
    if sliding is None or layer is None or not made_with(layer) or "kernel_size" not in sliding.settings:
        return None
    kernel = sliding.each("kernel_size")
    read, made, groups = (_whole(sliding, name) for name in ("in_channels", "out_channels", "groups"))
    pairs = read * made // groups
    return Explanation(
        f"{sliding.title} gets {read:,} × {made:,} channels and a kernel of "
        f"{times_text(kernel)}: its weight would have {pairs * math.prod(kernel):,} numbers. That is more than a "
        "program may hold.",
        "Use a smaller kernel_size or fewer channels.",
        fault.fixes(lambda: sliding.with_setting("kernel_size", number_text(min(k, 3) for k in kernel))),
    )


def _whole(sliding: Sliding, name: str) -> int:
    value = sliding.settings.get(name)
    return value if isinstance(value, int) and value > 0 else 1


CALLED = (explain_channels, explain_dimensions, explain_bias, explain_divided)
"""What explains calls of functions; layers have explanations of their own for these."""
