"""Why a result does not require grad: where the graph ends, or why there never was one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.program.explain.history import History, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.modes import MODES, mode_at
from explorer.program.explain.text import sentence
from explorer.program.explain.updates import Update, update_at, written_into_leaf

if TYPE_CHECKING:
    import torch

    from explorer.program.explain.fault import Change, Fault
    from explorer.trace.model import Step, TensorState

_CREATORS = frozenset(
    {"tensor", "ones", "zeros", "rand", "randn", "full", "arange", "linspace", "eye", "ones_like", "zeros_like",
     "rand_like", "randn_like", "full_like", "empty", "normal", "logspace"}
)  # fmt: skip
# what gives the place of a value, and what gives the value
_PLACES = {"argmax": "amax", "argmin": "amin"}
_NUMBERS = re.compile(r"\.(item|tolist|numpy)\(")


@dataclass(frozen=True)
class _Cut:
    """The step at which the graph ends.

    Attributes:
        step: The step.
        words: What it does, after its name and place: "gives the values without their graph".
        hint: What to try.
    """

    step: Step
    words: str
    hint: str = "Keep the computation in torch, outside of torch.no_grad(), from the parameters to the loss."


def root_node(fault: Fault) -> ast.expr | None:
    """Return the text of the tensor that backward starts from."""
    call = fault.call
    if call is None:
        return None
    if isinstance(call.func, ast.Attribute) and call.func.attr == "backward":
        return call.func.value
    return fault.argument(0, "outputs")


def explain_no_graph(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a root that does not require grad: which step cut it off, or that nothing behind it asked for it."""
    del found
    root = fault.root
    name = sentence(fault.name(root_node(fault), "the tensor"))
    cut = _cut(fault, root)
    update = update_at(fault, cut.step.line) if cut is not None else None
    if cut is not None and update is not None and update.follows_gradient:
        return _replaced_leaf(fault, name, cut, update)
    if cut is not None:
        return Explanation(
            f"{name} does not require grad: {cut.step.op.strip('_')} {place_of(cut.step)} {cut.words}, so autograd has "
            "lost track of how it was computed.",
            cut.hint,
            fault.fixes(lambda: _uncut(fault, cut.step)),
        )
    frozen = _frozen(fault, root)
    why = f" The parameters behind it were frozen {place_of(frozen)}." if frozen is not None else ""
    return Explanation(
        f"{name} was not computed from any tensor with requires_grad=True, so there is nothing to send gradients to."
        f"{why}",
        "Leave one of them to be trained."
        if why
        else "Make the tensors whose gradient you want with requires_grad=True.",
        fault.fixes(lambda: requiring(fault, root)) if frozen is None else (),
    )


def _replaced_leaf(fault: Fault, root: str, cut: _Cut, update: Update) -> Explanation:
    """Explain a step of training that gave a leaf's name a new tensor, which requires no gradient."""
    target = fault.text.text(update.target)
    return Explanation(
        f"{root} does not require grad: {cut.step.op.strip('_')} {place_of(cut.step)} {cut.words}, so the new tensor "
        f"that it gave {target} does not require grad.",
        f"Write into {target} itself, inside `with torch.no_grad():`, as optimisers do.",
        fault.fixes(lambda: written_into_leaf(fault, update)),
    )


def _cut(fault: Fault, root: torch.Tensor | None) -> _Cut | None:
    """Return the step at which a tensor that requires grad became one that does not, and why."""
    if fault.recorder is None or root is None:
        return None
    history = History(fault.recorder)
    for step in history.ancestors(history.state_of(root)):
        given = any(state.requires_grad for state in step.inputs)
        if given and not any(out.requires_grad for out in step.outputs):
            return _why_cut(fault, step)
        if not step.inputs and _left_torch(fault, history, step):
            return _Cut(step, "is made of plain numbers, which have no graph", "Keep tensors: no `.item()`, no NumPy.")
    return None


def _left_torch(fault: Fault, history: History, step: Step) -> bool:
    """Tell whether a step made a tensor of the numbers of another one that requires grad."""
    storages = {state.storage for state in step.outputs}
    if step.op == "from_numpy":
        seen = (state for other in history.steps for state in (*other.inputs, *other.outputs))
        return any(state.requires_grad and state.storage in storages for state in seen)
    lines = fault.source.split("\n")
    return step.op in _CREATORS and bool(_NUMBERS.search(lines[step.line - 1]))


def _why_cut(fault: Fault, step: Step) -> _Cut:
    if step.op in {"detach", "data", "numpy", "tensor", "item"}:
        return _Cut(step, "gives the values without their graph")
    if step.op == "detach_":
        return _Cut(step, "takes the tensor itself out of its graph", "Leave it out, or use the tensor from before it.")
    if step.op == "grad":
        return _Cut(step, *_ungraphed(fault, step))
    if step.outputs and not step.outputs[0].dtype.is_floating_point:
        dtype = str(step.outputs[0].dtype).removeprefix("torch.")
        return _Cut(step, f"gives a result of dtype {dtype}, which has no derivative", _smooth(step.op))
    mode = mode_at(fault, step.line)
    where = f" ({mode[0]} in line {mode[1]})" if mode is not None else " (torch.no_grad())"
    return _Cut(step, f"ran where gradients are off{where}")


def _smooth(op: str) -> str:
    """Say what to compute of values in place of places, of truth values or of whole numbers."""
    if op in _PLACES:
        return (
            f"{op} gives a place, which jumps where the values change smoothly: use the values themselves, as "
            f"{_PLACES[op]} does, or for classes F.cross_entropy of the scores."
        )
    return "Compute the loss of the values themselves: for classes, F.cross_entropy of the scores."


def _ungraphed(fault: Fault, step: Step) -> tuple[str, str]:
    """Say why a gradient has no graph of its own."""
    if "create_graph=True" in fault.source:
        return (
            "gives a gradient that depends on no tensor that requires grad",
            "The derivative is constant, or a backward of the program's own is not followed (once_differentiable).",
        )
    what = "reads a gradient" if step.expression.endswith(".grad") else "gives a gradient"
    return (
        f"{what} that was computed without a graph of its own",
        "With `create_graph=True`, autograd follows the backward pass too, and its result can be differentiated again.",
    )


def _frozen(fault: Fault, root: torch.Tensor | None) -> Step | None:
    """Return the step that switched `requires_grad` off for a tensor behind the root."""
    if fault.recorder is None or root is None:
        return None
    history = History(fault.recorder)
    steps = list(history.ancestors(history.state_of(root)))
    behind = {state.tensor for step in steps for state in step.inputs}
    behind |= {state.tensor for step in steps for detail in step.details for state in detail.inputs}
    for step in reversed(history.steps):
        if step.op == "requires_grad_" and any(s.tensor in behind and not s.requires_grad for s in step.outputs):
            return step
    return None


def _uncut(fault: Fault, step: Step) -> Iterator[Change]:
    """Yield the program without what cut the graph: `.detach()`, `.data`, the `no_grad` block, a missing graph."""
    text = fault.text
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Attribute) and node.lineno == step.line and node.attr == step.op in _PLACES:
            end = text.span(node)[1]
            yield _PLACES[step.op], text.replaced(((end - len(node.attr), end), _PLACES[step.op]))
        if isinstance(node, ast.Call | ast.Attribute) and node.lineno == step.line:
            function = node.func if isinstance(node, ast.Call) else node
            if isinstance(function, ast.Attribute) and function.attr == step.op and step.op in {"detach", "data"}:
                start, end = text.span(function.value)[1], text.span(node)[1]
                yield f"without .{step.op}", text.replaced(((start, end), ""))
        if isinstance(node, ast.With) and node.lineno < step.line <= (node.end_lineno or 0):
            manager = node.items[0].context_expr
            if any(mode in text.text(manager) for mode in MODES):
                yield "torch.enable_grad()", text.replaced((text.span(manager), "torch.enable_grad()"))
    if step.op == "grad" and "create_graph" not in fault.source:
        yield from _with_graph(fault, step)
    if step.op == "detach_":
        yield from _without_statement(fault, step)


def _with_graph(fault: Fault, step: Step) -> Iterator[Change]:
    """Yield the program with create_graph=True in the last call before the error that computes gradients."""
    calls = [
        node
        for node in ast.walk(fault.text.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"backward", "grad"}
        and node.lineno <= step.line
    ]
    for call in sorted(calls, key=lambda call: -call.lineno):
        if call is not fault.call:
            yield "create_graph=True", fault.text.with_argument(call, "create_graph=True")


def _without_statement(fault: Fault, step: Step) -> Iterator[Change]:
    for node in fault.text.tree.body:
        if isinstance(node, ast.Expr) and node.lineno == step.line == node.end_lineno:
            start, end = fault.text.span(node)
            if not fault.text.before(node).strip():
                yield (
                    f"without {fault.text.text(node)}",
                    fault.text.replaced(((start, min(end + 1, len(fault.source))), "")),
                )


def requiring(fault: Fault, root: torch.Tensor | None) -> Iterator[Change]:
    """Yield the program with requires_grad=True where the tensors behind `root` are made."""
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
