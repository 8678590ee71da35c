"""Settings of a window that there are none of: a kernel of 0, a negative padding, too many numbers, no cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import Sliding, number_text, times_text
from explorer.program.explain.text import count_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

# the least that each setting may be, and what less would mean
_LEAST: Final[Mapping[str, tuple[int, str]]] = {
    "kernel_size": (1, "its window would hold no cell"),
    "stride": (1, "its window would never move"),
    "dilation": (1, "all cells of its window would be the same one"),
    "groups": (1, "the channels are divided into as many groups"),
    "in_channels": (0, "there are no fewer channels than none"),
    "out_channels": (1, "each of them is made with a kernel of its own, and there would be none"),
    "padding": (0, "the padding adds cells at the edge, and there are no fewer than none"),
    "output_padding": (0, "it adds cells at the end, and there are no fewer than none"),
}


def explain_least(sliding: Sliding) -> Explanation | None:
    """Explain a setting that is smaller than its least: a kernel or a stride of 0, a negative padding."""
    for name, (least, why) in _LEAST.items():
        value = sliding.settings.get(name)
        numbers = value if isinstance(value, tuple | list) else (value,)
        if all(isinstance(number, int) for number in numbers) and min(numbers) < least:
            raised = number_text(max(number, least) for number in numbers)
            return Explanation(
                f"{sliding.title} has {name} {number_text(numbers)}: {why}.",
                f"{name} must be {least} or more.",
                sliding.fault.fixes(lambda: sliding.with_setting(name, raised)),  # noqa: B023 - called at once
            )
    return None


def explain_whole(sliding: Sliding) -> Explanation | None:
    """Explain a setting that is no whole number: half of a kernel, as `(3 - 1) / 2`, is 1.0."""
    if not isinstance(sliding.fault.error, TypeError):
        return None
    for name in ("kernel_size", "stride", "padding", "dilation", "output_padding"):
        value = sliding.settings.get(name)
        numbers = value if isinstance(value, tuple | list) else (value,)
        if any(isinstance(number, float) for number in numbers):
            rounded = number_text(int(number) if isinstance(number, int | float) else 0 for number in numbers)
            return Explanation(
                f"{sliding.title} has {name} {number_text(numbers)}: it counts cells, and {number_text(numbers)} is a "
                "float. / gives a float, also where it comes out even.",
                f"{name} must be in whole numbers; `//` divides to a whole number.",
                sliding.fault.fixes(lambda: sliding.with_setting(name, rounded)),  # noqa: B023 - called at once
            )
    return None


def explain_counts(sliding: Sliding) -> Explanation | None:
    """Explain a setting with more or fewer numbers than the window has dimensions."""
    dims = sliding.dims
    for name in ("kernel_size", "stride", "padding", "dilation", "output_padding"):
        value = sliding.settings.get(name)
        alone = name != "kernel_size" or sliding.is_pool
        if isinstance(value, tuple | list) and len(value) != dims and not (alone and len(value) == 1):
            fitting = number_text([*value, *value[-1:] * dims][:dims])
            return Explanation(
                f"{sliding.title} slides in {count_text(dims, 'dimension')}, and its {name} {tuple(value)} has "
                f"{count_text(len(value), 'number')}.",
                f"{name} must be one number, or {count_text(dims, 'number')}: one for each dimension.",
                sliding.fault.fixes(lambda: sliding.with_setting(name, fitting)),  # noqa: B023 - called at once
            )
    return None


def explain_empty(sliding: Sliding) -> Explanation | None:
    """Explain an input without cells."""
    if len(sliding.shape) < sliding.dims or 0 not in sliding.cells:
        return None
    dim = len(sliding.shape) - sliding.dims + sliding.cells.index(0)
    span = [d * (k - 1) + 1 for k, d in zip(sliding.each("kernel_size"), sliding.each("dilation"), strict=True)]
    wanted = [max(size, span[place]) if size == 0 else size for place, size in enumerate(sliding.cells)]
    return Explanation(
        f"{sliding.has_shape()}: its size is 0 in dimension {dim}, so it is empty. {sliding.title} slides a window of "
        f"{times_text(span)}, and there is no cell to slide over.",
        "Give it an input with at least one cell in each dimension.",
        sliding.fault.fixes(lambda: _made_larger(sliding, [*sliding.shape[: -sliding.dims], *wanted])),
        ((0, dim),),
    )


def _made_larger(sliding: Sliding, wanted: list[int]) -> Iterator[Change]:
    """Yield the program with a larger input where one of its shape is made: `torch.randn(1, 1, 3, 4)`."""
    text = sliding.fault.text
    for node in ast.walk(text.tree):
        sizes = node.args if isinstance(node, ast.Call) else []
        sizes = sizes[0].elts if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple | ast.List) else sizes
        if tuple(getattr(size, "value", None) for size in sizes) == sliding.shape:
            pairs = zip(sizes, wanted, sliding.shape, strict=True)
            yield (
                f"size {tuple(wanted)}",
                text.replaced(*((text.span(size), str(new)) for size, new, old in pairs if new != old)),
            )


SETTINGS_ERRORS = (explain_whole, explain_least, explain_counts, explain_empty)
"""What explains settings by themselves."""
