"""Dimensions joined by `flatten`: an end before the start, or others than the next layer can use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.stacks import handed_on
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    import ast

    from explorer.program.explain.fault import Change, Fault

_USUAL = {"start_dim": 1, "end_dim": -1}


def explain_flatten(fault: Fault) -> Explanation | None:
    """Explain a flatten whose end stands before its start."""
    failed = fault.failed
    if failed is None or not failed.tensors or not fault.matches(r"start_dim cannot come after end_dim"):
        return None
    layer = layer_of(fault)
    given = {"start_dim": 0, "end_dim": -1, **dict(zip(_USUAL, failed.arguments[1:], strict=False)), **failed.keywords}
    start, end = (int(given[name]) for name in _USUAL)
    shape = failed.tensors[0].shape
    own = layer is not None and isinstance(layer.module, nn.Flatten)
    title = layer.title if layer is not None and own else "flatten"
    name = sentence(layer.input_name if layer is not None and own else fault.name(_flattened(fault), "the tensor"))
    absent = " (a Flatten that is told no start_dim begins at 1, behind the batch)" if own and start == 1 else ""
    return Explanation(
        f"{title} joins the dimensions from start_dim {start} to end_dim {end} into one{absent}, and {start} stands "
        f"behind {end}. {name} has shape {shape_text(shape)}: dimensions 0 to {len(shape) - 1}.",
        "start_dim must not stand behind end_dim; nn.Flatten() joins all dimensions behind the batch."
        if own
        else "start_dim must not stand behind end_dim; `.flatten(1)` joins all dimensions behind the first.",
        fault.fixes(lambda: _ordered(fault, layer if own else None, start, end)),
        ((0, start % len(shape)), (0, end % len(shape))),
    )


def _flattened(fault: Fault) -> ast.expr | None:
    """Return what is flattened, as it is written: before the dot, or the function's first argument."""
    call = fault.call
    if call is None:
        return None
    owner = getattr(call.func, "value", None)
    return owner if _is_method(fault, call) else fault.argument(0, "input")


def _is_method(fault: Fault, call: ast.Call) -> bool:
    """Whether a call is `x.flatten(…)` rather than `torch.flatten(x, …)`."""
    owner = getattr(call.func, "value", None)
    return owner is not None and not isinstance(fault.value(owner), ModuleType)


def _ordered(fault: Fault, layer: Layer | None, start: int, end: int) -> Iterator[Change]:
    """Yield the program with an end that does not stand before the start."""
    if layer is not None:
        yield from with_arguments(layer, {"end_dim": "-1"})
        yield from with_arguments(layer, {"start_dim": str(end), "end_dim": str(start)})
        return
    call = fault.call
    if call is None:
        return
    first = 0 if _is_method(fault, call) else 1
    places = [fault.argument(first, "start_dim"), fault.argument(first + 1, "end_dim")]
    spans = [fault.text.span(place) for place in places if place is not None]
    if len(spans) == len(places):
        yield f"start_dim={end}, end_dim={start}", fault.text.replaced((spans[0], str(end)), (spans[1], str(start)))


def with_flatten_before(fault: Fault, words: Explanation) -> Explanation:
    """Return an explanation of what a layer could not take, with the Flatten before it that made this so.

    Only one that joins other dimensions than those behind the batch is told; what mends the program may be there.
    """
    handed = handed_on(fault)
    flatten = handed.maker.module if handed is not None else None
    if handed is None or not isinstance(flatten, nn.Flatten):
        return words
    joined = {"start_dim": flatten.start_dim, "end_dim": flatten.end_dim}
    other = {name: str(usual) for name, usual in _USUAL.items() if joined[name] != usual}
    if not other:
        return words
    batch = ", the batch too" if joined["start_dim"] == 0 else ""
    said = (
        f"{handed.maker.title} before it joins dimensions {joined['start_dim']} to {joined['end_dim']}{batch}; "
        "nn.Flatten() joins all behind the batch, 1 to -1."
    )
    fixes = fault.fixes(lambda: with_arguments(handed.maker, other))
    return replace(words, message=f"{words.message} {said}", fixes=(*fixes, *words.fixes)[:2])
