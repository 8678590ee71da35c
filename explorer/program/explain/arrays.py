"""What is no tensor, or a tensor without values or dimensions, where a tensor with both is wanted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from explorer.program.explain.model import Explanation
from explorer.program.explain.text import article

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault


def explain_scalar_tensor(fault: Fault) -> Explanation | None:
    """Explain iterating over, or taking the length of, a tensor without dimensions."""
    found = fault.matches(r"(len\(\) of|iteration over) a 0-d (tensor|array)|len\(\) of unsized object")
    if found is None:
        return None
    return Explanation(
        "A tensor of shape () is a single number: it has no dimension to walk along or to count.",
        "`.item()` gives the number; `.unsqueeze(0)` a tensor of shape (1,).",
    )


def explain_numpy_mix(fault: Fault) -> Explanation | None:
    """Explain NumPy arrays and tensors that meet in one operation, and lists where tensors are wanted."""
    if not isinstance(fault.error, TypeError):
        return None
    if fault.matches("Concatenation operation is not implemented for NumPy arrays") and isinstance(
        fault.node, ast.BinOp
    ):
        return _array_and_tensor(fault, fault.node)
    found = fault.matches(r"argument '(\w+)' \(position \d+\) must be Tensor, not ([\w.]+)")
    if found is not None:
        return _not_a_tensor(fault, found[2].rpartition(".")[2])
    found = fault.matches(r"expected np.ndarray \(got (\w+)\)")
    if found is None:
        return None
    tensor = found[1] in {"Tensor", "Parameter"}
    return Explanation(
        f"from_numpy takes a NumPy array, and got {article(found[1])}.",
        "It is a tensor already." if tensor else "`torch.tensor(…)` makes a tensor of a list or of numbers.",
        fault.fixes(lambda: _plain_tensor(fault, tensor=tensor)),
    )


def _plain_tensor(fault: Fault, *, tensor: bool) -> Iterator[Change]:
    if fault.call is None or not fault.call.args:
        return
    inside = fault.text.text(fault.call.args[0])
    code = inside if tensor else f"torch.tensor({inside})"
    yield code, fault.text.replaced((fault.text.span(fault.call), code))


def _array_and_tensor(fault: Fault, node: ast.BinOp) -> Explanation:
    right = fault.value(node.right)
    grad = isinstance(right, torch.Tensor) and right.requires_grad
    why = " It tried to make an array of the tensor, which requires grad." if grad else ""

    def changes() -> Iterator[Change]:
        if isinstance(fault.value(node.left), np.ndarray):
            text = f"torch.from_numpy({fault.text.text(node.left)})"
            yield text, fault.text.replaced((fault.text.span(node.left), text))
        yield from fault.with_methods(node.right, ".detach().numpy()")

    return Explanation(
        f"The left side is a NumPy array and the right side a tensor, so NumPy does the work.{why}",
        "Make both tensors, or both arrays.",
        fault.fixes(changes),
    )


def _not_a_tensor(fault: Fault, kind: str) -> Explanation | None:
    if kind == "NoneType":
        return None
    is_layer = isinstance(getattr(torch.nn, kind, None), type)
    what = {"ndarray": "a NumPy array", "list": "a list", "tuple": "a tuple", "int": "a number", "float": "a number"}
    said = f"a layer ({kind})" if is_layer else what.get(kind, article(kind))
    hint = {
        "ndarray": "`torch.from_numpy(…)` makes a tensor that shares the array's memory.",
        "tuple": "An LSTM and max(dim=…) return a tuple: take its first item with `[0]`.",
    }.get(kind, "`torch.tensor(…)` makes a tensor of numbers.")

    def changes() -> Iterator[Change]:
        node = fault.argument(0)
        if node is None:
            return
        text, span = fault.text.text(node), fault.text.span(node)
        if kind == "tuple":
            yield from fault.with_methods(node, "[0]")
        elif kind == "ndarray":
            yield f"torch.from_numpy({text}).float()", fault.text.replaced((span, f"torch.from_numpy({text}).float()"))
        elif not is_layer:
            yield f"torch.tensor({text})", fault.text.replaced((span, f"torch.tensor({text})"))

    called = fault.text.text(fault.call.func) if fault.call is not None else "This"
    return Explanation(
        f"{called} takes a tensor, and got {said}.",
        "nn.ReLU(…) makes a layer; `nn.ReLU()(x)` applies it." if is_layer else hint,
        fault.fixes(changes),
    )


def explain_new_tensor(fault: Fault) -> Explanation | None:
    """Explain what torch.tensor cannot make a tensor of."""
    ragged = fault.matches(r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)")
    if ragged is not None:
        return Explanation(
            f"The lists are not of one length: in dimension {ragged[2]} the first has {ragged[1]} items and another "
            f"has {ragged[3]}. A tensor has no gaps.",
            "Make all lists of one length, for example by filling up with zeros.",
        )
    kind = fault.matches(r"[Cc]ould not infer dtype of (\w+)|new\(\): invalid data type '(\w+)'|type numpy\.(\w+)_\.")
    if kind is None:
        return None
    given = next(filter(None, kind.groups()))
    what = {"NoneType": "None", "object": "Python objects"}.get(given, article(given))
    return Explanation(
        f"A tensor holds numbers or booleans, and no dtype of torch fits {what}.",
        "Turn words into numbers first, for example by their place in a list.",
    )


def explain_meta(fault: Fault) -> Explanation | None:
    """Explain values asked of a tensor on `meta`, which has none."""
    if not fault.matches(
        r"[Cc]annot copy out of meta tensor|cannot be called on meta tensors|convert meta device type"
    ):
        return None
    asked = fault.text.text(fault.node) if fault.node is not None else ""
    what = f"`{re.sub(chr(10), ' ', asked)}` asks" if asked and len(asked) <= 40 else "This asks"
    return Explanation(
        f"{what} for values, and tensors on the device meta have none: they have only a shape and a dtype.",
        "Choose the device cpu to compute with values.",
    )
