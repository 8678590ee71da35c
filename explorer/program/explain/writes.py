"""Writes in place that autograd forbids: into what it saved, into leaves, into one of several views."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.flow import is_lent, leaf_is_lost
from explorer.program.explain.history import History, broken_node, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.modes import mode_at
from explorer.program.explain.recomputing import recomputed
from explorer.program.explain.text import list_text, sentence, shape_text
from explorer.trace.peeking import is_leaf

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault
    from explorer.trace.model import Step


def explain_saved_write(fault: Fault, found: re.Match[str]) -> Explanation | None:
    """Explain a saved tensor that was written to: which, saved and written by which lines."""
    shape, version, expected = found[1] or "", int(found[2]), int(found[3])
    sizes = f"({shape}{',' if shape and ',' not in shape else ''})"
    saver, written = _saver_and_writes(fault, sizes, version, expected)
    tensor = f"a tensor of shape {sizes}"
    parts = []
    if saver is not None:
        name = _saved_name(fault, saver, sizes, {out.storage for step in written for out in step.outputs})
        tensor = f"{name} (shape {sizes})" if name else tensor
        parts.append(
            f"{sentence(saver.op.strip('_'))} {place_of(saver)} saved {tensor} for its backward, at version {expected}."
        )
    else:
        parts.append(f"Backward needs {tensor} as it was at version {expected}.")
    if written:
        where = list_text([place_of(step) for step in written[:2]])
        parts.append(f"It was then written in place {where}, and is at version {version} now.")
    else:
        parts.append(f"It was written in place since, and is at version {version} now.")
    parts.append("The derivative needs the old values, which are gone.")
    if any(_changes_trained(fault, step) for step in written):
        storages = {out.storage for step in written for out in step.outputs}
        leaf = any(out.is_leaf for step in written for out in step.outputs)
        return Explanation(
            " ".join(parts),
            "Compute what backward starts from anew after the write; or go backward before it."
            if leaf
            else "Make a new tensor in place of the in-place operation, where gradients are on.",
            fault.fixes(lambda: recomputed(fault, storages)),
        )
    return Explanation(
        " ".join(parts),
        "Make a new tensor in place of the in-place operation.",
        fault.fixes(lambda: _not_in_place(fault, written)),
    )


def _changes_trained(fault: Fault, step: Step) -> bool:
    """Tell whether a write changed what requires grad where gradients are off: a new tensor there requires none."""
    off = mode_at(fault, step.line) is not None
    return any(out.requires_grad and (out.is_leaf or off) for out in step.outputs)


def _saver_and_writes(fault: Fault, sizes: str, version: int, expected: int) -> tuple[Step | None, list[Step]]:
    root = fault.root
    if fault.recorder is None or root is None:
        return None, []
    history = History(fault.recorder)
    node = broken_node(root)
    saver = history.nodes_of().get(node) if node is not None else None
    if saver is None:
        return None, []
    states = [s for s in (*saver.inputs, *saver.outputs) if shape_text(s.shape) == sizes]
    # a layer's own parameters, which it saves turned around: weight.t()
    states += [s for one in saver.details for s in one.inputs if shape_text(sorted(s.shape)) == _sorted(sizes)]
    storages = {state.storage for state in states if state.version == expected}
    later = history.steps[saver.index + 1 :]
    written = [
        step
        for step in later
        if any(out.storage in storages and expected < out.version <= version for out in step.outputs)
        and step.kind == "inplace"
    ]
    return saver, written


def _sorted(sizes: str) -> str:
    return shape_text(sorted(int(size) for size in re.findall(r"\d+", sizes)))


def _saved_name(fault: Fault, saver: Step, sizes: str, storages: set[int]) -> str:
    """Return the name of the tensor that was saved: one of the saver's, in a storage that was written later."""
    if fault.recorder is None:
        return ""
    history = History(fault.recorder)
    states = [s for s in (*saver.outputs, *saver.inputs) if shape_text(s.shape) == sizes and s.storage in storages]
    return next((name for state in states if (name := history.name_of(state))), "")


def _not_in_place(fault: Fault, written: list[Step]) -> Iterator[Change]:
    for step in written[:1]:
        nodes = [
            n for n in ast.walk(fault.text.tree) if isinstance(n, ast.AugAssign | ast.Call) and n.lineno == step.line
        ]
        for node in nodes:
            yield from _new_tensor(fault, node)
        yield from _cloned_before(fault, step.line)


def _cloned_before(fault: Fault, line: int) -> Iterator[Change]:
    """Yield the program with a copy taken before an assignment to an index."""
    for node in ast.walk(fault.text.tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.stmt) and node.lineno == line and isinstance(target, ast.Subscript):
            owner = fault.text.text(target.value)
            code = f"{owner} = {owner}.clone()"
            yield code, fault.text.with_line_before(node, code)


def _new_tensor(fault: Fault, node: ast.AugAssign | ast.Call) -> Iterator[Change]:
    """Yield the program with `x += 1` as `x = x + 1`, and `x.add_(1)` as `x = x.add(1)`."""
    text = fault.text
    line, name = _renewed(fault, node)
    if line is not None and name is not None and is_lent(text, line, name):
        return
    if isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name | ast.Attribute):
            between = text.source[text.span(node.target)[1] : text.span(node.value)[0]]
            target, sign = text.text(node.target), between.strip().removesuffix("(").strip().removesuffix("=")
            value = text.source[text.span(node.target)[1] + len(between.split("=")[0]) + 1 : text.span(node)[1]].strip()
            code = f"{target} = {target} {sign} {_grouped(value, node.value)}"
            yield code, text.replaced((text.span(node), code))
        return
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr.endswith("_") and not function.attr.startswith("_"):
        start, end = text.span(node)
        name_end = text.span(function)[1]
        code = f"{text.source[start : name_end - 1]}{text.source[name_end:end]}"
        if isinstance(text.parents.get(node), ast.Expr):
            code = f"{text.text(function.value)} = {code}"
        yield code, text.replaced(((start, end), code))
    for key in node.keywords:
        if key.arg == "inplace" and isinstance(key.value, ast.Constant) and key.value.value is True:
            yield "inplace=False", text.replaced((text.span(key.value), "False"))


def _renewed(fault: Fault, node: ast.AugAssign | ast.Call) -> tuple[ast.stmt | None, ast.expr | None]:
    """Return the line and the name to which a new tensor would be given: none where the line uses the result."""
    if isinstance(node, ast.AugAssign):
        return node, node.target
    line = fault.text.parents.get(node)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return (line, owner) if isinstance(line, ast.Expr) else (None, None)


def _grouped(value: str, node: ast.expr) -> str:
    simple = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)
    return value if isinstance(node, simple) or value.startswith("(") else f"({value})"


def explain_leaf_write(fault: Fault, found: re.Match[str]) -> Explanation | None:
    """Explain a write into a leaf that requires grad, or into a view of one."""
    root = fault.root
    if root is None:
        return None
    target = written_node(fault)
    may_be_new = not is_leaf(root) or not _loses_leaf(fault)
    what = "some of its elements" if found[0].startswith("a view") else "it"
    kind = "a leaf" if is_leaf(root) else "a view of a leaf"
    return Explanation(
        f"{sentence(fault.name(target, 'the tensor'))} is {kind} that requires grad (shape {shape_text(root.shape)}). "
        f"Writing to {what} in place would change the value that its gradient belongs to.",
        f"Write inside `with torch.no_grad():` (as optimisers do){', or make a new tensor' if may_be_new else ''}.",
        fault.fixes(lambda: allowed_write(fault, may_be_new=may_be_new)),
    )


def _loses_leaf(fault: Fault) -> bool:
    """Tell whether a new tensor in place of the written leaf would leave its name without a gradient that is wanted."""
    if not isinstance(fault.node, ast.AugAssign | ast.Call):
        return False
    line, name = _renewed(fault, fault.node)
    return line is not None and name is not None and leaf_is_lost(fault.text, line, name)


def written_node(fault: Fault) -> ast.expr | None:
    """Return the text of the tensor that the failing statement or call writes to."""
    node: ast.AST | None = fault.node
    if isinstance(node, ast.Assign):
        node = node.targets[0]
    if isinstance(node, ast.AugAssign):
        node = node.target
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if isinstance(node, ast.Subscript):
        node = node.value
    return node if isinstance(node, ast.expr) else None


def allowed_write(fault: Fault, *, may_be_new: bool = True) -> Iterator[Change]:
    """Yield the program with the write under `no_grad`, or with a new tensor in its place if there may be one."""
    statement = fault.statement
    if statement is None:
        return
    text = fault.text
    start, end = text.span(statement)
    indent = text.before(statement)
    if not indent.strip() and statement.lineno == statement.end_lineno:
        code = f"with torch.no_grad():\n{indent}    {text.text(statement)}"
        yield "with torch.no_grad(): …", text.replaced(((start, end), code))
    if may_be_new and isinstance(fault.node, ast.AugAssign | ast.Call):
        yield from _new_tensor(fault, fault.node)


def explain_view_write(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a write into one of the views that unbind, split and their like give."""
    maker = found[1].removesuffix("Backward0").removesuffix("Backward").lower()
    return Explanation(
        f"This tensor is one of several views that {maker} gave at once, and autograd cannot follow a write into one "
        "of them.",
        "Make a new tensor, or write through an index: `x[0] += 1`.",
        fault.fixes(
            lambda: _new_tensor(fault, fault.node) if isinstance(fault.node, ast.AugAssign | ast.Call) else iter(())
        ),
    )
