"""Backward passes that cannot be made, and writes that autograd forbids; each with the lines that led to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.history import History, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import sentence, shape_text
from explorer.program.explain.writes import explain_leaf_write, explain_saved_write, explain_view_write

if TYPE_CHECKING:
    import torch

    from explorer.program.explain.fault import Change, Fault
    from explorer.trace.model import Step, TensorState

_BACKWARD = frozenset({"backward", "grad"})
_CREATORS = frozenset(
    {"tensor", "ones", "zeros", "rand", "randn", "full", "arange", "linspace", "eye", "ones_like", "zeros_like",
     "rand_like", "randn_like", "full_like", "empty", "normal", "logspace"}
)  # fmt: skip


def explain_gradient(fault: Fault) -> Explanation | None:
    """Explain what autograd refuses."""
    for pattern, explain in _TABLE:
        found = fault.matches(pattern)
        if found is not None:
            return explain(fault, found)
    return None


def _root_node(fault: Fault) -> ast.expr | None:
    """Return the text of the tensor that backward starts from."""
    call = fault.call
    if call is None:
        return None
    if isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
        return call.func.value
    return fault.argument(0, "outputs")


def _twice(fault: Fault, found: re.Match[str]) -> Explanation:
    del found
    before = [step for step in fault.recorder.steps if step.op in _BACKWARD] if fault.recorder is not None else []
    first = before[-1] if before else None
    said = f", {place_of(first)}," if first is not None else ""
    same = first is not None and (first.line, first.column) == (fault.position.line, fault.position.column)
    again = " The loop comes back to the same graph: part of it was made before the loop." if same else ""

    def changes() -> Iterator[Change]:
        yield from _detached(fault) if same else ()
        for node in ast.walk(fault.text.tree):
            if isinstance(node, ast.Call) and first is not None and node.lineno == first.line and _is_backward(node):
                yield "retain_graph=True", fault.text.with_argument(node, "retain_graph=True")

    return Explanation(
        f"A backward pass has gone through this graph before{said} and freed the values that it had saved.{again}",
        "Compute the result anew before each backward(); `.detach()` cuts off what was computed before; "
        "`retain_graph=True` in the first call keeps the values.",
        fault.fixes(changes),
    )


def _detached(fault: Fault) -> Iterator[Change]:
    """Yield the program with what a loop carries on, `h = f(h)`, detached at the start of each pass."""
    loop = fault.text.around(fault.node, ast.For | ast.While) if fault.node is not None else None
    if not isinstance(loop, ast.For | ast.While):
        return
    for node in ast.walk(loop):
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
            used = {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
            if target.id in used:
                code = f"{target.id} = {target.id}.detach()"
                yield code, fault.text.with_line_before(loop.body[0], code)


def _is_backward(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in _BACKWARD


def _no_graph(fault: Fault, found: re.Match[str]) -> Explanation:
    del found
    root, node = fault.root, _root_node(fault)
    name = sentence(fault.name(node, "the tensor"))
    cut = _cut(fault, root)
    if cut is not None:
        step, why = cut
        return Explanation(
            f"{name} does not require grad: {step.op.strip('_')} {place_of(step)} {why}, so autograd has lost track "
            "of how it was computed.",
            "Keep the computation in torch, outside of torch.no_grad(), from the parameters to the loss.",
            fault.fixes(lambda: _uncut(fault, step)),
        )
    return Explanation(
        f"{name} was not computed from any tensor with requires_grad=True, so there is nothing to send gradients to.",
        "Make the tensors whose gradient you want with requires_grad=True.",
        fault.fixes(lambda: _requiring(fault, root)),
    )


def _cut(fault: Fault, root: torch.Tensor | None) -> tuple[Step, str] | None:
    """Return the step at which a tensor that requires grad became one that does not, and why."""
    if fault.recorder is None or root is None:
        return None
    history = History(fault.recorder)
    for step in history.ancestors(history.state_of(root)):
        if any(given.requires_grad for given in step.inputs) and not any(out.requires_grad for out in step.outputs):
            return step, _why_cut(step)
    return None


def _why_cut(step: Step) -> str:
    if step.op in {"detach", "data", "numpy", "tensor", "item"}:
        return "gives the values without their graph"
    if step.outputs and not step.outputs[0].dtype.is_floating_point:
        return f"gives a result of dtype {str(step.outputs[0].dtype).removeprefix('torch.')}, which has no derivative"
    return "ran where gradients are off (torch.no_grad())"


def _uncut(fault: Fault, step: Step) -> Iterator[Change]:
    """Yield the program without `.detach()` or `.data` where the graph was cut, or without the `no_grad` block."""
    text = fault.text
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Call | ast.Attribute) and node.lineno == step.line:
            function = node.func if isinstance(node, ast.Call) else node
            if isinstance(function, ast.Attribute) and function.attr == step.op and step.op in {"detach", "data"}:
                start, end = text.span(function.value)[1], text.span(node)[1]
                yield f"without .{step.op}", text.replaced(((start, end), ""))
        if isinstance(node, ast.With) and node.lineno < step.line <= (node.end_lineno or 0):
            manager = node.items[0].context_expr
            if "no_grad" in text.text(manager):
                yield "torch.enable_grad()", text.replaced((text.span(manager), "torch.enable_grad()"))


def _requiring(fault: Fault, root: torch.Tensor | None) -> Iterator[Change]:
    """Yield the program with requires_grad=True where the tensors behind the result are made."""
    if fault.recorder is None or root is None:
        return
    history = History(fault.recorder)
    steps = list(history.ancestors(history.state_of(root)))
    makers = [step for step in steps if not step.inputs and _is_floating(step.outputs)]
    for step in reversed(makers):
        for node in ast.walk(fault.text.tree):
            if isinstance(node, ast.Call) and node.lineno == step.line and _makes(node, step.op):
                name = history.name_of(step.outputs[0])
                label = f"{name}: requires_grad=True" if name else "requires_grad=True"
                yield label, fault.text.with_argument(node, "requires_grad=True")


def _is_floating(states: tuple[TensorState, ...]) -> bool:
    return bool(states) and states[0].dtype.is_floating_point


def _makes(node: ast.Call, op: str) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == op and name in _CREATORS and all(key.arg != "requires_grad" for key in node.keywords)


def _scalar(fault: Fault, found: re.Match[str]) -> Explanation | None:
    del found
    root, node = fault.root, _root_node(fault)
    if root is None:
        return None
    start = "backward() starts" if fault.failed is not None and fault.failed.op == "backward" else "Gradients start"
    return Explanation(
        f"{start} from one number. {sentence(fault.name(node, 'the tensor'))} has shape {shape_text(root.shape)}: "
        f"{root.numel()} elements.",
        "Reduce it to one number, or hand over the gradient to start from: `.backward(torch.ones_like(y))`.",
        fault.fixes(lambda: fault.with_methods(node, ".sum()", ".mean()")),
    )


def _non_leaf_flag(fault: Fault, found: re.Match[str]) -> Explanation:
    del found
    target = fault.statement.targets[0] if isinstance(fault.statement, ast.Assign) else None
    owner = target.value if isinstance(target, ast.Attribute) else None
    name = fault.name(owner, "the tensor")

    def changes() -> Iterator[Change]:
        if fault.statement is not None and owner is not None:
            code = f"{name} = {name}.detach()"
            yield code, fault.text.replaced((fault.text.span(fault.statement), code))

    return Explanation(
        f"{sentence(name)} was computed from tensors that require grad, so it requires grad too: requires_grad can "
        "only be set on leaves, the tensors that were not computed.",
        "`.detach()` gives the same values outside of the graph.",
        fault.fixes(changes),
    )


def _unused(fault: Fault, found: re.Match[str]) -> Explanation:
    del found

    def changes() -> Iterator[Change]:
        if fault.call is not None:
            yield "allow_unused=True", fault.text.with_argument(fault.call, "allow_unused=True")

    return Explanation(
        "One of the tensors that gradients are asked for has no part in the result: no path in the graph leads there.",
        "Check that the result is computed from it, not from a copy; allow_unused=True gives None for it.",
        fault.fixes(changes),
    )


def _start_shape(fault: Fault, found: re.Match[str]) -> Explanation:
    del fault
    return Explanation(
        f"The gradient to start from has shape {shape_text(_sizes(found[1]))}, and the tensor has shape "
        f"{shape_text(_sizes(found[2]))}: each element of the tensor needs one number.",
        "`torch.ones_like(y)` has the right shape.",
    )


def _sizes(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


_TABLE: tuple[tuple[str, Callable[[Fault, re.Match[str]], Explanation | None]], ...] = (
    (r"modified by an inplace operation: \[[\w.]+ \[(.*?)\]\].*? is at version (\d+); expected version (\d+)",
     explain_saved_write),
    (r"Trying to backward through the graph a second time", _twice),
    (r"does not require grad and does not have a grad_fn", _no_graph),
    (r"grad can be implicitly created only for scalar outputs", _scalar),
    (r"(?:a view of )?a leaf Variable that requires grad (?:is|has)", explain_leaf_write),
    (r"you can only change requires_grad flags of leaf variables", _non_leaf_flag),
    (r"appears to not have been used in the graph", _unused),
    (r"Output \d+ of (\w+) is a view and is being modified inplace", explain_view_write),
    (r"grad_output\[0\] has a shape of torch.Size\(\[(.*?)\]\) and output\[0\] has a shape of torch.Size\(\[(.*?)\]\)",
     _start_shape),
)  # fmt: skip
