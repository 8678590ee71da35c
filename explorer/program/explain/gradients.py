"""Backward passes that cannot be made, and writes that autograd forbids; each with the lines that led to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.anomaly import explain_anomaly, explain_checkpoint
from explorer.program.explain.asking import (
    explain_assigned_gradient,
    explain_complex_root,
    explain_copied_result,
    explain_function_of_many,
    explain_input_without_grad,
    explain_missing_derivative,
    explain_no_grad_wanted,
    explain_no_inputs,
    explain_start_kind,
    explain_start_number,
    explain_unused,
)
from explorer.program.explain.custom import (
    explain_gradient_count,
    explain_gradient_shape,
    explain_hook_kind,
    explain_hook_size,
    explain_no_backward,
    explain_save,
)
from explorer.program.explain.cut import explain_no_graph, root_node
from explorer.program.explain.history import place_of
from explorer.program.explain.inference import explain_detached_view, explain_inference, explain_view_of_no_grad
from explorer.program.explain.model import Explanation
from explorer.program.explain.recomputing import recomputed
from explorer.program.explain.text import sentence, shape_text
from explorer.program.explain.writes import explain_leaf_write, explain_saved_write, explain_view_write

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.trace.model import Step

_BACKWARD = frozenset({"backward", "grad"})


def explain_gradient(fault: Fault) -> Explanation | None:
    """Explain what autograd refuses."""
    for pattern, explain in _TABLE:
        found = fault.matches(pattern)
        if found is not None:
            return explain(fault, found)
    return None


def _twice(fault: Fault, found: re.Match[str]) -> Explanation:
    del found
    steps = fault.recorder.steps if fault.recorder is not None else []
    # reading `x.grad` is a step called grad too
    before = [step for step in steps if step.op in _BACKWARD and not step.expression.endswith(".grad")]
    first = before[-1] if before else None
    said = f", {place_of(first)}," if first is not None else ""
    same = first is not None and (first.line, first.column) == (fault.position.line, fault.position.column)
    again = " The loop comes back to the same graph: part of it was made before the loop." if same else ""

    def changes() -> Iterator[Change]:
        written = _trained_since(fault, first)
        yield from recomputed(fault, written) if written else ()
        yield from _detached(fault) if same else ()
        # once leaves have changed, the kept values would give the gradient of a loss that is out of date
        for node in ast.walk(fault.text.tree) if not written else ():
            if isinstance(node, ast.Call) and first is not None and node.lineno == first.line and _is_backward(node):
                yield "retain_graph=True", fault.text.with_argument(node, "retain_graph=True")

    return Explanation(
        f"A backward pass has gone through this graph before{said} and freed the values that it had saved.{again}",
        "Compute the result anew before each backward(); `.detach()` cuts off what was computed before; "
        "`retain_graph=True` in the first call keeps the values.",
        fault.fixes(changes),
    )


def _trained_since(fault: Fault, first: Step | None) -> set[int]:
    """Return the storages of leaves that were written to after a step: their old values count no more."""
    steps = fault.recorder.steps[first.index + 1 :] if fault.recorder is not None and first is not None else []
    outputs = [out for step in steps if step.kind == "inplace" for out in step.outputs]
    return {out.storage for out in outputs if out.requires_grad and out.is_leaf}


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


def _scalar(fault: Fault, found: re.Match[str]) -> Explanation | None:
    del found
    root, node = fault.root, root_node(fault)
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
    call = fault.call.func if fault.call is not None else None
    owner = next((one.value for one in (call, target) if isinstance(one, ast.Attribute)), None)
    name = fault.name(owner, "the tensor")

    def changes() -> Iterator[Change]:
        if fault.statement is not None and isinstance(owner, ast.Name | ast.Attribute):
            code = f"{name} = {name}.detach()"
            yield code, fault.text.replaced((fault.text.span(fault.statement), code))

    return Explanation(
        f"{sentence(name)} was computed from tensors that require grad, so it requires grad too: requires_grad can "
        "only be set on leaves, the tensors that were not computed.",
        "`.detach()` gives the same values outside of the graph.",
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
    (r"does not require grad and does not have a grad_fn", explain_no_graph),
    (r"grad can be implicitly created only for scalar outputs", _scalar),
    (r"grad can be implicitly created only for real scalar outputs but got torch\.(\w+)", explain_complex_root),
    (r"(?:a view of )?a leaf Variable that requires grad (?:is|has)", explain_leaf_write),
    (r"you can only change requires_grad flags of leaf variables", _non_leaf_flag),
    (r"appears to not have been used in the graph", explain_unused),
    (r"Output \d+ of (\w+) is a view and is being modified inplace", explain_view_write),
    (r"grad_output\[0\] has a shape of torch.Size\(\[(.*?)\]\) and output\[0\] has a shape of torch.Size\(\[(.*?)\]\)",
     _start_shape),
    (r"function (\w+?)Backward returned an incorrect number of gradients \(expected (\d+), got (\d+)\)",
     explain_gradient_count),
    (r"Function (\w+?)Backward returned an invalid gradient at index (\d+) - got (.*?) but expected .*? with (.*)",
     explain_gradient_shape),
    (r"must implement either the backward or vjp method", explain_no_backward),
    (r"save_for_backward can only save variables, but argument (\d+) is of type (\w+)", explain_save),
    (r"hook '(.*?)' has changed the size of value", explain_hook_size),
    (r"expected Variable, but hook returned '(\w+)'", explain_hook_kind),
    (r"Inference tensors cannot be saved|Inplace update to inference tensor|Setting requires_grad=True on inference",
     explain_inference),
    (r"[Aa] view was created in no_grad mode and is being modified inplace", explain_view_of_no_grad),
    (r"Can't detach views in-place", explain_detached_view),
    (r"cannot register a hook on a tensor that doesn't require|can't retain_grad on Tensor that has requires_grad=F",
     explain_no_grad_wanted),
    (r"One of the differentiated Tensors does not require grad", explain_input_without_grad),
    (r"`inputs` argument to `(\w+)\(\)` cannot be empty", explain_no_inputs),
    (r"gradients can be either Tensors or None, but got (\w+)", explain_start_kind),
    (r"'(int|float|bool)' object is not iterable", explain_start_number),
    (r"(?i:assign(?:ing|ed)?) a? ?grad(?:ient)? ", explain_assigned_gradient),
    (r"Only Tensors created explicitly by the user \(graph leaves\) support the deepcopy", explain_copied_result),
    (r"Expected f\(\*args\) to return a scalar Tensor, got tensor with (\d+) dims", explain_function_of_many),
    (r"derivative for '?([\w:.]+)'? is not implemented", explain_missing_derivative),
    (r"Function '(\w+)' returned nan values in its (\d+)th output", explain_anomaly),
    (r"torch\.utils\.checkpoint: ", explain_checkpoint),
)  # fmt: skip
