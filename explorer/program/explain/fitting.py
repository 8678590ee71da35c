"""Windows that do not fit: a kernel larger than its input, paddings that do not go with the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import Sliding, number_text, times_text
from explorer.program.explain.text import inside

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_SLIDES = re.compile(r"(conv|pool)\w*\dd$", re.IGNORECASE)


def explain_kernel(sliding: Sliding) -> Explanation | None:
    """Explain a kernel that is larger than the padded input."""
    larger = sliding.fault.matches(r"Kernel size can't be greater than actual input size|Invalid computed output size")
    small = sliding.fault.matches(
        r"Calculated output size: \(.*\)\. Output size is too small|shape of the array of sliding blocks (?:as|is)"
    )
    if (larger is None and small is None) or 0 in sliding.cells or sliding.kind.lower() == "fold":
        return None
    kernel, dilation, padding = (sliding.each(name) for name in ("kernel_size", "dilation", "padding"))
    sizes = sliding.cells
    span = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [n + 2 * p for n, p in zip(sizes, padding, strict=True)]
    spread = f", with dilation {number_text(dilation)} it spans {times_text(span)}" if span != kernel else ""
    shrinking = "; each convolution or pooling before makes it smaller" if _is_shrunk(sliding) else ""
    padded = f": {times_text(sizes)} with a padding of {number_text(padding)} at each end" if any(padding) else ""

    def changes() -> Iterator[Change]:
        fitting = [(n - 1) // d + 1 for n, d in zip(room, dilation, strict=True)]
        if min(fitting) > 0:
            smaller = [min(k, f) for k, f in zip(kernel, fitting, strict=True)]
            yield from sliding.with_setting("kernel_size", number_text(smaller))
        if not sliding.kind.lower().startswith("lp"):
            wanted = [max(p, -((n - s) // 2)) for n, s, p in zip(sizes, span, padding, strict=True)]
            yield from sliding.with_setting("padding", number_text(wanted))
        yield from sliding.with_setting("dilation", "1")

    return Explanation(
        f"The kernel of {inside(sliding.title)} is {times_text(kernel)}{spread}, and it would slide over "
        f"{times_text(room)}{padded}. {sliding.has_shape()}{shrinking}.",
        f"Use a smaller kernel{', padding, or fewer pooling layers before' if shrinking else ' or more padding'}.",
        sliding.fault.fixes(changes),
    )


def explain_output_padding(sliding: Sliding) -> Explanation | None:
    """Explain an output_padding that is as large as the stride."""
    if not sliding.fault.matches("output padding must be smaller than either stride or dilation"):
        return None
    extra, stride, dilation = (sliding.each(name) for name in ("output_padding", "stride", "dilation"))
    most = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=True)]

    def changes() -> Iterator[Change]:
        less = number_text(min(e, m) for e, m in zip(extra, most, strict=True))
        yield from sliding.with_setting("output_padding", less)
        wider = number_text(max(s, e + 1) for s, e in zip(stride, extra, strict=True))
        yield from sliding.with_setting("stride", wider)

    return Explanation(
        f"{sliding.title} has output_padding {number_text(extra)} with stride {number_text(stride)} and dilation "
        f"{number_text(dilation)}. With stride {stride[-1]} the sizes that give the same input differ by less than "
        f"{stride[-1]}: output_padding chooses one of them.",
        f"output_padding must be smaller than stride or dilation: at most {number_text(most)} here.",
        sliding.fault.fixes(changes),
    )


def explain_same(sliding: Sliding) -> Explanation | None:
    """Explain padding='same' beside a stride."""
    if not sliding.fault.matches("padding='same' is not supported for strided convolutions"):
        return None
    stride, kernel, dilation = (sliding.each(name) for name in ("stride", "kernel_size", "dilation"))
    spans = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]

    def changes() -> Iterator[Change]:
        yield from sliding.with_setting("padding", number_text(span // 2 for span in spans))
        yield from sliding.with_setting("stride", "1")

    return Explanation(
        f"{sliding.title} gets padding='same' and stride {number_text(stride)}. 'same' means a result as large as the "
        "input; with a stride it is smaller.",
        "Give the padding in numbers, or leave the stride at 1.",
        sliding.fault.fixes(changes),
    )


def explain_pool_padding(sliding: Sliding) -> Explanation | None:
    """Explain the padding of a pool that is more than half of its kernel."""
    if not sliding.is_pool or not sliding.fault.matches("at most half of"):
        return None
    kernel, padding = sliding.each("kernel_size"), sliding.each("padding")

    def changes() -> Iterator[Change]:
        less = number_text(min(p, k // 2) for p, k in zip(padding, kernel, strict=True))
        yield from sliding.with_setting("padding", less)
        larger = number_text(max(k, 2 * p) for p, k in zip(padding, kernel, strict=True))
        yield from sliding.with_setting("kernel_size", larger)

    return Explanation(
        f"{sliding.title} has a padding of {number_text(padding)} and a kernel of {times_text(kernel)}. A window must "
        "not lie in the padding alone, so torch allows at most half of the kernel: "
        f"{times_text([k // 2 for k in kernel])}.",
        "Use less padding, or a larger kernel.",
        sliding.fault.fixes(changes),
    )


def explain_transposed(sliding: Sliding) -> Explanation | None:
    """Explain a transposed convolution whose padding takes away all that it makes."""
    small = sliding.fault.matches(
        r"Calculated output size per channel: \(.*\)\. Output size is too small|could not construct a memory descriptor"
    )
    if small is None or not sliding.is_transposed:
        return None
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    kernel, stride, padding, dilation, extra = (sliding.each(name) for name in names)
    rest = [d * (k - 1) + e + 1 for d, k, e in zip(dilation, kernel, extra, strict=True)]
    whole = [(n - 1) * s + r for n, s, r in zip(sliding.cells, stride, rest, strict=True)]
    left = [w - 2 * p for w, p in zip(whole, padding, strict=True)]
    if min(left) > 0:
        return None

    def changes() -> Iterator[Change]:
        less = [min(p, (w - 1) // 2) for p, w in zip(padding, whole, strict=True)]
        yield from sliding.with_setting("padding", number_text(less))

    return Explanation(
        f"{sliding.title} would make {times_text(whole)} of {times_text(sliding.cells)}, and its padding "
        f"{number_text(padding)} takes {number_text(padding)} away at each end: {times_text(left)} is left.",
        "The padding of a transposed convolution makes its result smaller: use less.",
        sliding.fault.fixes(changes),
    )


def _is_shrunk(sliding: Sliding) -> bool:
    """Tell whether other windows may have made the input smaller: those of a stack, or of the lines that it came by."""
    tree, waiting, seen = sliding.fault.text.tree, [sliding.input_name], set()
    windows = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _SLIDES.search(ast.unparse(node.func))]
    if not sliding.input_name.isidentifier():
        return len(windows) > 1
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for line in (node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _binds(node, name)):
            if line.lineno >= sliding.fault.position.line:
                continue
            called = [node for node in ast.walk(line.value) if isinstance(node, ast.Call)]
            if any(isinstance(sliding.fault.value(node.func), nn.Module) or node in windows for node in called):
                return True
            waiting += [n.id for n in ast.walk(line.value) if isinstance(n, ast.Name) and n.id not in seen]
    return False


def _binds(line: ast.Assign, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for target in line.targets for node in ast.walk(target))


FITTING = (explain_kernel, explain_output_padding, explain_same, explain_pool_padding, explain_transposed)
"""What explains windows that do not fit."""
