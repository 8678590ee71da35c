"""What poolings are told or given that they can do nothing with: a divisor or a norm of 0, indices of another pool."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import torch
from torch import nn

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.sliding import Sliding, number_text, spread, times_text
from explorer.program.explain.source import SourceText
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_UNPOOL: Final = nn.modules.pooling._MaxUnpoolNd
_POOL: Final = nn.modules.pooling._MaxPoolNd
_SETTINGS: Final = ("kernel_size", "stride", "padding")


def explain_divisor(sliding: Sliding) -> Explanation | None:
    """Explain a divisor of 0 in the place of a window's number of cells."""
    if not sliding.fault.matches("divisor must be not zero"):
        return None
    return Explanation(
        f"{sliding.title} has divisor_override 0: the sum of each window would be divided by 0.",
        "Leave divisor_override out, and the sum is divided by the window's number of cells; any other number goes.",
        sliding.fault.fixes(lambda: sliding.with_setting("divisor_override", "None")),
    )


def explain_norm(sliding: Sliding) -> Explanation | None:
    """Explain a power-average pooling of norm 0."""
    if not sliding.kind.lower().startswith("lp") or not isinstance(sliding.fault.error, ZeroDivisionError):
        return None
    return Explanation(
        f"{sliding.title} has norm_type 0: a window's result is (the sum of its cells to the power p) to the power "
        "1/p, and with p = 0 there is no 1/p.",
        "norm_type 1 gives the sum of the window, 2 the square root of the sum of squares.",
        sliding.fault.fixes(lambda: (one for p in ("1", "2") for one in sliding.with_setting("norm_type", p))),
    )


def explain_unpool(fault: Fault) -> Explanation | None:
    """Explain indices that a max unpooling cannot put its input at."""
    failed = fault.failed
    if failed is None or "max_unpool" not in failed.op or len(failed.tensors) < 2:
        return None
    layer = layer_of(fault)
    title = layer.title if layer is not None else fault.text.text(fault.call.func) if fault.call else "F.max_unpool"
    data, indices = failed.tensors[:2]
    name = sentence(fault.name(fault.argument(1, "indices"), "the indices"))
    if indices.dtype != torch.int64:
        return Explanation(
            f"{title} gets indices of dtype {str(indices.dtype).removeprefix('torch.')}; a place is a whole number, "
            "of dtype int64.",
            "They are the second result of a max pooling with return_indices=True.",
            fault.fixes(lambda: fault.with_methods(fault.argument(1, "indices"), ".long()")),
        )
    if indices.shape != data.shape:
        return Explanation(
            f"{title} puts each number of its input at the place that its index says. The input has shape "
            f"{shape_text(data.shape)}. {name} has shape {shape_text(indices.shape)}: both must be equal.",
            "Both are the results of one max pooling with return_indices=True.",
        )
    found = re.search(r"invalid max index: (-?\d+) \(output volumes are of size ([\dx]+)\)", fault.said)
    if found is None:
        return _refused_size(fault, title)
    sizes = [int(size) for size in found[2].split("x")]
    cells = torch.Size(sizes).numel()
    return Explanation(
        f"{title} makes {times_text(sizes)} of {times_text(data.shape[-len(sizes) :])}, whose cells are numbered 0 to "
        f"{cells - 1}; an index says {found[1]}. The pool that made the indices read something else.",
        "The unpooling must have the kernel, stride and padding of the pool, and output_size where the pool left rows "
        "or columns unread.",
        fault.fixes(lambda: _as_pooled(fault, layer)),
    )


def _refused_size(fault: Fault, title: str) -> Explanation | None:
    found = re.search(r'invalid output_size "\(([\d, ]+)\)" \(dim (\d+) must be between (\d+) and (\d+)\)', fault.said)
    if found is None:
        return None
    asked, dim, above, below = found[1].split(","), int(found[2]), int(found[3]), int(found[4])
    return Explanation(
        f"{title} is asked for {times_text(int(size) for size in asked if size.strip())}. A pool with its kernel and "
        f"stride makes this input of {above + 1} to {below - 1} cells in that dimension ({dim}, counted from the first "
        f"that the window slides over), not of {asked[dim].strip()}.",
        "output_size is the size that the pool was given.",
    )


def _as_pooled(fault: Fault, layer: Layer | None) -> Iterator[Change]:
    """Yield the program with the settings of the pool that made the indices, and with the size that it read."""
    pooled = _pool_call(fault)
    pool = fault.value(pooled.func) if pooled is not None else None
    if layer is None or pooled is None or fault.call is None or not isinstance(pool, _POOL) or not pooled.args:
        return
    dims = fault.failed.tensors[0].ndim if fault.failed is not None else 0
    theirs, own = ({name: spread(getattr(one, name), dims - 2) for name in _SETTINGS} for one in (pool, layer.module))
    wanted = {name: number_text(theirs[name]) for name in _SETTINGS if theirs[name] != own[name]}
    if all(one["stride"] == one["kernel_size"] for one in (theirs, own)):
        wanted.pop("stride", None)  # it is the kernel's size by itself
    size = f"output_size={fault.text.text(pooled.args[0])}.shape"
    for label, source in [("", fault.source)] if not wanted else with_arguments(layer, wanted):
        text, called = SourceText(source), ast.unparse(fault.call)
        same = [node for node in ast.walk(text.tree) if isinstance(node, ast.Call) and ast.unparse(node) == called]
        if same:
            yield ", ".join(filter(None, (label, size))), text.with_argument(same[0], size)


def _pool_call(fault: Fault) -> ast.Call | None:
    """Return the call `y, indices = pool(x)` that the indices came from."""
    indices = fault.name(fault.argument(1, "indices"), "")
    for node in ast.walk(fault.text.tree):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name(id=name)])], value=ast.Call() as call) if (
                name == indices
            ):
                return call
    return None


POOLING = (explain_divisor, explain_norm)
"""What explains settings that only poolings have."""
