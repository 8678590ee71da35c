"""Tensors that were made where autograd does not look: in inference mode, and views made under `no_grad`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.history import History, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import sentence
from explorer.program.explain.writes import allowed_write, written_node

if TYPE_CHECKING:
    import torch

    from explorer.program.explain.fault import Change, Fault
    from explorer.trace.model import Step

_WHAT = {
    "saved": "An operation here needs it again for its backward",
    "Inplace": "It is written to in place",
    "Setting": "requires_grad is switched on for it",
}


def explain_inference(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a tensor of inference mode that meets autograd."""
    what = next(words for key, words in _WHAT.items() if key in found[0])
    tensor = next((one for one in _tensors(fault) if one.is_inference()), None)
    step = _maker(fault, tensor)
    name = _name(fault, tensor)
    made = f" {place_of(step)}" if step is not None else ""
    return Explanation(
        f"{sentence(name)} was made in inference mode{made}: such tensors keep nothing that autograd needs. {what}, "
        "outside of inference mode.",
        "`.clone()` gives a normal tensor; torch.no_grad() switches gradients off and makes normal tensors.",
        fault.fixes(lambda: _without_inference_mode(fault)),
    )


def _tensors(fault: Fault) -> tuple[torch.Tensor, ...]:
    return fault.failed.tensors if fault.failed is not None else ()


def _maker(fault: Fault, tensor: torch.Tensor | None) -> Step | None:
    if fault.recorder is None or tensor is None:
        return None
    history = History(fault.recorder)
    return history.maker_of(history.state_of(tensor))


def _name(fault: Fault, tensor: torch.Tensor | None) -> str:
    return next((name for name, value in fault.names.items() if value is tensor and tensor is not None), "a tensor")


def _without_inference_mode(fault: Fault) -> Iterator[Change]:
    managers = [
        manager
        for node in ast.walk(fault.text.tree)
        for manager in _managers(node)
        if "inference_mode" in fault.text.text(manager)
    ]
    if managers:
        code = "torch.no_grad()"
        yield code, fault.text.replaced(*((fault.text.span(manager), code) for manager in managers))


def _managers(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.With):
        return [item.context_expr for item in node.items]
    return node.decorator_list if isinstance(node, ast.FunctionDef) else []


def explain_view_of_no_grad(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a write, with gradients on, into a view that was made under `no_grad`."""
    del found
    root = fault.root
    step = _maker(fault, root)
    made = f" {place_of(step)}" if step is not None else ""
    name = sentence(fault.name(written_node(fault), "the tensor"))
    return Explanation(
        f"{name} is a view that was made under torch.no_grad(){made}, so autograd does not know of what it is a view, "
        "and cannot follow a write through it.",
        "Make the view and write to it in the same mode: both under torch.no_grad(), or both outside.",
        fault.fixes(lambda: allowed_write(fault)),
    )


def explain_detached_view(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain `detach_` of a view."""
    del found
    target = written_node(fault)
    name = fault.name(target, "the tensor")

    def changes() -> Iterator[Change]:
        if fault.statement is not None and target is not None:
            code = f"{fault.text.text(target)} = {fault.text.text(target)}.detach()"
            yield code, fault.text.replaced((fault.text.span(fault.statement), code))

    return Explanation(
        f"{sentence(name)} is a view: it belongs to the graph of its base, and cannot be taken out of it by itself.",
        "`detach()` gives a tensor with the same memory and without a graph.",
        fault.fixes(changes),
    )
