"""Gradients that are asked for in a way that cannot be: of tensors without one, of nothing, with wrong arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.cut import requiring, root_node
from explorer.program.explain.history import History, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import article, dtype_text, list_text, sentence, shape_text
from explorer.trace.backward import reachable_nodes

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault


def explain_no_grad_wanted(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a hook on, or `retain_grad` of, a tensor that does not require grad."""
    what = "has no gradient to keep" if "retain" in found[0] else "has no gradient that a hook could be given"
    call = fault.call
    name = fault.name(call.func.value, "the tensor") if call and isinstance(call.func, ast.Attribute) else "the tensor"
    return Explanation(
        f"{sentence(name)} does not require grad, so it {what}.",
        "Make it, or what it is computed from, with requires_grad=True.",
        fault.fixes(lambda: requiring(fault, fault.root)),
    )


def explain_input_without_grad(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain `torch.autograd.grad` with respect to a tensor that does not require grad."""
    del found
    wrong = [(node, tensor) for node, tensor in _inputs(fault) if not tensor.requires_grad]
    name = fault.name(wrong[0][0], "one of the inputs") if wrong else "one of the inputs"
    tensor = wrong[0][1] if wrong else None
    return Explanation(
        f"{sentence(name)} does not require grad, so autograd did not follow what was computed from it.",
        "Make it with requires_grad=True, before the result is computed.",
        fault.fixes(lambda: requiring(fault, tensor)),
    )


def explain_no_inputs(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain an empty list of inputs."""
    del fault
    also = " Without `inputs=`, backward fills the gradients of all leaves." if found[1] == "backward" else ""
    return Explanation(
        f"{found[1]} got an empty list of tensors to compute gradients for.{also}",
        "Name the tensors: `inputs=[w]`, or `torch.autograd.grad(loss, [w])`.",
    )


def explain_complex_root(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a backward pass from a complex number."""
    node = root_node(fault)
    name = sentence(fault.name(node, "the tensor"))
    return Explanation(
        f"Gradients start from one real number: what should become smaller must have an order. {name} has dtype "
        f"{found[1]}.",
        "Take something real of it, such as `.abs()` or `.real`, or hand over the gradient to start from.",
        fault.fixes(lambda: fault.with_methods(node, ".abs()", ".real")),
    )


def explain_unused(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain tensors that gradients are asked for and that the result does not depend on."""
    del found
    names = [fault.text.text(node) for node, tensor in _inputs(fault) if not _reached(fault.root, tensor)]
    wanted = list_text(names) if names else "One of the tensors that gradients are asked for"

    def changes() -> Iterator[Change]:
        if fault.call is not None:
            yield "allow_unused=True", fault.text.with_argument(fault.call, "allow_unused=True")

    return Explanation(
        f"{wanted} {'have' if len(names) > 1 else 'has'} no part in the result: no path in the graph leads there.",
        "Check that the result is computed from it, not from a copy; allow_unused=True gives None for it.",
        fault.fixes(changes),
    )


def _inputs(fault: Fault) -> list[tuple[ast.expr, torch.Tensor]]:
    """Return the tensors that gradients are asked for, as they are written and as they are."""
    node = fault.argument(1, "inputs")
    nodes = list(node.elts) if isinstance(node, ast.Tuple | ast.List) else [] if node is None else [node]
    pairs = ((one, fault.value(one)) for one in nodes)
    return [(one, value) for one, value in pairs if isinstance(value, torch.Tensor)]


def _reached(root: torch.Tensor | None, tensor: torch.Tensor) -> bool:
    """Tell whether the graph of `root` leads to a tensor."""
    if root is None or root.grad_fn is None or root is tensor:
        return True
    nodes = reachable_nodes([root.grad_fn])
    return any(node is tensor.grad_fn or getattr(node, "variable", None) is tensor for node in nodes)


def explain_start_kind(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a gradient to start from that is no tensor."""
    node = fault.argument(0, "gradient")
    shape = shape_text(fault.root.shape) if fault.root is not None else ""

    def changes() -> Iterator[Change]:
        if node is not None:
            code = f"torch.tensor({fault.text.text(node)})"
            yield code, fault.text.replaced((fault.text.span(node), code))

    return Explanation(
        f"The gradient to start from must be a tensor{f' of shape {shape}' if shape else ''}, and got {found[1]}.",
        "`torch.ones_like(y)` weighs all elements alike.",
        fault.fixes(changes),
    )


def explain_start_number(fault: Fault, found: re.Match[str]) -> Explanation | None:
    """Explain a Python number as the gradient to start from."""
    root = fault.root
    if fault.failed is None or root is None or fault.failed.op not in ("backward", "grad"):
        return None
    name = fault.name(_started(fault), "the tensor")
    many = f": one number for each of its {root.numel()} elements" if root.dim() else ""
    return Explanation(
        f"The gradient to start from must be a tensor of the shape of {name}, {shape_text(root.shape)}{many}; it got "
        f"{article(found[1])}.",
        "`torch.ones_like(y)` weighs all elements of y alike." if root.dim() else "backward() alone starts from 1.",
        fault.fixes(lambda: _start_tensors(fault, root)),
    )


def _started(fault: Fault) -> ast.expr | None:
    """Return the text of the tensor that gradients start from; of `torch.autograd.backward(y, …)` its argument."""
    node = root_node(fault)
    return node if isinstance(fault.value(node), torch.Tensor) else fault.argument(0, "tensors")


def _start_tensors(fault: Fault, root: torch.Tensor) -> Iterator[Change]:
    """Yield the program with a tensor in place of the number that backward was to start from."""
    places = {"gradient": 0, "grad_tensors": 1, "grad_outputs": 2}
    given = (fault.argument(place, keyword) for keyword, place in places.items())
    node = next((one for one in given if isinstance(fault.value(one), int | float)), None)
    start = _started(fault)
    if node is None:
        return
    value, text = fault.value(node), fault.text.text(node)
    codes = []
    if not root.dim() and isinstance(value, int | float):
        codes = [f"torch.tensor({text if isinstance(value, float) else float(value)})"]
    elif isinstance(start, ast.Name):
        codes = [] if value == 1 else [f"torch.full_like({start.id}, {text})"]
        codes.append(f"torch.ones_like({start.id})")
    for code in codes:
        yield code, fault.text.replaced((fault.text.span(node), code))


def explain_assigned_gradient(fault: Fault, found: re.Match[str]) -> Explanation | None:
    """Explain `x.grad = …` with another shape or dtype than x."""
    del found
    tensors = fault.failed.tensors if fault.failed is not None else ()
    if len(tensors) != 2:
        return None
    tensor, gradient = tensors
    target = fault.statement.targets[0] if isinstance(fault.statement, ast.Assign) else None
    name = fault.name(target.value, "the tensor") if isinstance(target, ast.Attribute) else "the tensor"
    return Explanation(
        f"{sentence(name)} has shape {shape_text(tensor.shape)} and dtype {dtype_text(tensor)}, and the gradient that "
        f"it was given has shape {shape_text(gradient.shape)} and dtype {dtype_text(gradient)}. It must have "
        "those of its tensor.",
        "`torch.zeros_like(x)` has the right shape and dtype; None takes the gradient away.",
    )


def explain_copied_result(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain `copy.deepcopy` of a tensor that was computed."""
    del found
    node = fault.argument(0, "x")
    value = fault.value(node)
    made = ""
    if isinstance(value, torch.Tensor) and fault.recorder is not None:
        history = History(fault.recorder)
        step = history.maker_of(history.state_of(value))
        made = f" {place_of(step)}" if step is not None else ""
    name = fault.name(node, "one of its tensors")
    return Explanation(
        f"{sentence(name)} was computed{made} and hangs on a graph. deepcopy copies leaves only: a copy of a result "
        "would need a copy of its whole graph.",
        "`.detach().clone()` copies the values; `.clone()` copies them and stays in the graph.",
        fault.fixes(lambda: fault.with_methods(node, ".detach()")),
    )


def explain_function_of_many(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain `torch.func.grad` of a function whose result is no scalar."""
    dims = int(found[1])

    def changes() -> Iterator[Change]:
        for node in ast.walk(fault.text.tree):
            if isinstance(node, ast.Attribute) and fault.text.text(node).endswith("func.grad"):
                code = f"{fault.text.text(node.value)}.jacrev"
                yield code, fault.text.replaced((fault.text.span(node), code))

    return Explanation(
        f"torch.func.grad takes a function that gives one number, and this one gives a tensor with {dims} "
        f"{'dimension' if dims == 1 else 'dimensions'}.",
        "Sum its result, or use torch.func.jacrev: it gives a derivative for each element.",
        fault.fixes(changes),
    )


def explain_missing_derivative(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain an operation without a derivative in torch."""
    del fault
    return Explanation(
        f"torch has no derivative for {found[1]}: a graph that holds it cannot be gone through backward.",
        "Compute it from operations that have one, or detach what goes into it.",
    )
