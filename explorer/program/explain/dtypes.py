"""Dtypes that do not fit: a layer's input against its weights, indices and masks, results too fine for the target."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import nn

from explorer.program.explain.model import Explanation
from explorer.program.explain.site import UNKNOWN
from explorer.program.explain.text import dtype_text, inside, sentence
from explorer.program.explain.values import METHODS

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.program.explain.layer import Layer

_DIFFERENT = (
    r"mat1 and mat2 must have the same dtype|Input type \(.*\) and (bias|weight) type|RNN input dtype"
    r"|expected .* to have the same dtype|mixed dtype|expected scalar type \w+ but found"
)


def explain_layer_dtype(layer: Layer) -> Explanation | None:
    """Explain a layer whose input has another dtype than its weights, or an embedding of floats."""
    if layer.given is None:
        return None
    if isinstance(layer.module, nn.Embedding) and layer.fault.matches("scalar types: Long, Int"):
        return Explanation(
            f"{layer.title} looks up rows by their number, so its input must have dtype int64 (Long). "
            f"{sentence(layer.input_name)} has dtype {dtype_text(layer.given)}.",
            "`.long()` converts; torch.randint and lists of whole numbers have this dtype from the start.",
            layer.fault.fixes(lambda: layer.with_input(".long()")),
        )
    weight = next(layer.module.parameters(), None)
    if weight is None or weight.dtype == layer.given.dtype or not layer.fault.matches(_DIFFERENT):
        return None
    short = METHODS.get(weight.dtype, f".to(torch.{dtype_text(weight)})")

    def changes() -> Iterator[Change]:
        yield from layer.with_input(short)
        if layer.given is not None and layer.given.is_floating_point():
            yield from _converted_model(layer, METHODS.get(layer.given.dtype, ""))

    return Explanation(
        f"The weights of {inside(layer.title)} have dtype {dtype_text(weight)}, and {layer.input_name} has dtype "
        f"{dtype_text(layer.given)}. A layer does not convert its input by itself.",
        f"Convert the input with `{short}`.",
        layer.fault.fixes(changes),
    )


def _converted_model(layer: Layer, method: str) -> Iterator[Change]:
    call = layer.fault.call
    if call is not None and method and isinstance(call.func, ast.Name):
        code = f"{call.func.id}{method}"
        yield code, layer.fault.text.replaced((layer.fault.text.span(call.func), code))


def explain_dtype(fault: Fault) -> Explanation | None:
    """Explain a torch call that wants indices, masks or an in-place result of another dtype."""
    for pattern, wants, method in _WANTED:
        found = fault.matches(pattern)
        if found is not None:
            return _wanted(fault, wants, method)
    return _bitwise(fault) or _in_place(fault)


_WANTED = (
    (r"where expected condition to be a boolean tensor", "a condition of dtype bool", ".bool()"),
    (r"only supports boolean masks", "a mask of dtype bool", ".bool()"),
    (r"Expected dtype int32/int64 for index|Expected dtype int64 for index", "an index of dtype int64", ".long()"),
    (r"index_select\(\): Expected dtype int32 or int64", "an index of dtype int64", ".long()"),
    (r"one_hot is only applicable to index tensor", "class numbers of dtype int64", ".long()"),
    (r"scalar types: Long, Int; but got", "indices of dtype int64", ".long()"),
)


def _wanted(fault: Fault, wants: str, method: str) -> Explanation | None:
    if fault.failed is None:
        return None
    dtype = {".bool()": torch.bool, ".long()": torch.int64}[method]
    wrong = [tensor for tensor in fault.failed.tensors if tensor.dtype != dtype]
    if method == ".long()" and len(wrong) > 1:
        wrong = wrong[1:] if fault.failed.op != "embedding" else wrong[:1]
    node, tensor = next(((n, t) for n, t in _named_tensors(fault) if any(t is one for one in wrong)), (None, None))
    tensor = tensor if tensor is not None else wrong[0]
    return Explanation(
        f"{fault.failed.op.strip('_')} takes {wants}. {sentence(fault.name(node, 'the tensor'))} has dtype "
        f"{dtype_text(tensor)}.",
        f"`{method}` converts" + ("; a comparison such as `x > 0` makes a mask." if method == ".bool()" else "."),
        fault.fixes(lambda: fault.with_methods(node, method)),
    )


def _named_tensors(fault: Fault) -> Iterator[tuple[ast.expr, torch.Tensor]]:
    """Yield what stands in the failing expression and is a tensor; the argument itself where it is no name."""
    call = fault.call
    nodes = [*call.args, *(key.value for key in call.keywords)] if call is not None else []
    tensors = list(fault.failed.tensors) if fault.failed is not None else []
    for node in nodes:
        value = fault.value(node)
        if isinstance(value, torch.Tensor):
            yield node, value
    owner = fault.value(call.func.value) if call is not None and isinstance(call.func, ast.Attribute) else None
    if owner is UNKNOWN or isinstance(owner, torch.Tensor):
        # a method: the first tensor is what it belongs to
        tensors = tensors[1:]
    unknown = [node for node in nodes if isinstance(node, ast.Call | ast.BinOp)]
    known = [fault.value(node) for node in nodes]
    left = [tensor for tensor in tensors if not any(tensor is value for value in known)]
    if len(unknown) == len(left):
        yield from zip(unknown, left, strict=True)


def _bitwise(fault: Fault) -> Explanation | None:
    found = fault.matches(r"\"bitwise_(and|or|xor)_\w+\" not implemented for '(\w+)'|~ \(operator.invert\)")
    if found is None or fault.failed is None:
        return None
    sign = {"and": "&", "or": "|", "xor": "^"}.get(found[1] or "", "~")
    dtype = dtype_text(fault.failed.tensors[0])
    return Explanation(
        f"{sign} combines booleans or whole numbers, bit by bit; this tensor has dtype {dtype}.",
        f"Combine masks: `(x > 0) {sign} (x < 1)` needs its parentheses, since {sign} binds tighter than > and <."
        if sign != "~"
        else "`~mask` negates a mask; `-x` negates numbers.",
        fault.fixes(lambda: _as_masks(fault)),
    )


def _as_masks(fault: Fault) -> Iterator[Change]:
    node = fault.node
    sides = [node.left, node.right] if isinstance(node, ast.BinOp) else []
    sides = [node.operand] if isinstance(node, ast.UnaryOp) else sides
    changes = []
    for side in sides:
        text = fault.text.text(side)
        primary = isinstance(side, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        changes.append((fault.text.span(side), f"{text if primary else f'({text})'}.bool()"))
    if changes:
        yield ".bool()", fault.text.replaced(*changes)


def _in_place(fault: Fault) -> Explanation | None:
    found = fault.matches(r"result type (\w+) can't be cast to the desired output type (\w+)")
    if found is None or fault.failed is None or not fault.failed.tensors:
        return None
    tensor, node = fault.failed.tensors[0], fault.node
    target: ast.expr | None = node.target if isinstance(node, ast.AugAssign) else None
    if fault.call is not None and isinstance(fault.call.func, ast.Attribute):
        target = fault.call.func.value
    name = fault.name(target, "the tensor")
    return Explanation(
        f"{sentence(name)} has dtype {dtype_text(tensor)}, and an in-place operation keeps it; the result is "
        f"{found[1].lower()}, which does not fit.",
        "Make a new tensor with the operation that has no underscore, or convert first with `.float()`.",
        fault.fixes(lambda: _out_of_place(fault, name)),
    )


def _out_of_place(fault: Fault, name: str) -> Iterator[Change]:
    node, call = fault.node, fault.call
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        sign = re.search(
            r"([^\w\s]+)=", fault.text.source[fault.text.span(node.target)[1] : fault.text.span(node.value)[0]]
        )
        if sign is not None:
            code = f"{name} = {name} {sign[1]} {fault.text.text(node.value)}"
            yield code, fault.text.replaced((fault.text.span(node), code))
    if call is not None and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        code = fault.text.text(call).replace(f".{call.func.attr}", f".{call.func.attr.rstrip('_')}", 1)
        alone = isinstance(fault.statement, ast.Expr)
        code = f"{name} = {code}" if alone else code
        yield code, fault.text.replaced((fault.text.span(call), code))
