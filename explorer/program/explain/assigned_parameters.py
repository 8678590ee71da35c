"""Values put in the place of a module's parameter: `rnn.weight_hh_l0 = torch.eye(3)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from explorer.program.builders.weights import is_no_grad
from explorer.program.explain.layer import described
from explorer.program.explain.model import Explanation
from explorer.program.explain.naming import IMPORTS
from explorer.program.explain.source import SourceText, parenthesised
from explorer.program.explain.text import article, sentence, shape_text
from explorer.program.explain.values import METHODS

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

# by the name that a fix uses: what it writes where the program calls something else so, and the module that it means
_MODULES = {"nn": ("torch.nn", nn), "torch": ("torch", torch)}


@dataclass(frozen=True, eq=False)
class _Assigned:
    """A value that was to take a parameter's place.

    Attributes:
        fault: The exception.
        module: The module.
        name: The parameter's name in it.
        value: What was assigned.
        target: The parameter as the program writes it; None where the line is no plain assignment.
    """

    fault: Fault
    module: nn.Module
    name: str
    value: object
    target: ast.Attribute | None

    @property
    def parameter(self) -> torch.Tensor | None:
        """The parameter that is there; None where it was registered as None."""
        return self.module._parameters.get(self.name)

    @property
    def title(self) -> str:
        """Return `rnn.weight_hh_l0`."""
        return self.name if self.target is None else self.fault.text.text(self.target)

    @property
    def owner(self) -> str:
        """Return `rnn (RNN(2, 3))`."""
        own = described(self.module)
        return f"the module {own}" if self.target is None else f"{self.fault.text.text(self.target.value)} ({own})"


def explain_assigned_parameter(fault: Fault, found: re.Match[str]) -> Explanation | None:
    """Explain a tensor, a number or a list that is assigned to a parameter."""
    assigned = _assigned(fault, found[1])
    if assigned is None:
        return None
    value = assigned.value
    kind = article("tensor" if isinstance(value, torch.Tensor) else type(value).__name__)
    computed = isinstance(value, torch.Tensor) and value.requires_grad
    return Explanation(
        f"{sentence(assigned.title)} is a parameter of {assigned.owner}, and only an nn.Parameter (or None) can take "
        f"its place: optimizers and state_dict() find parameters by their type. This line assigns {kind}."
        f"{_shapes(assigned)}",
        "`nn.Parameter(…)` makes a new parameter of it. A write within `torch.no_grad()` keeps the parameter and "
        "changes its numbers, so an optimizer that holds it goes on with it."
        + (" With either, no gradient flows back into what the values were computed from." if computed else ""),
        fault.fixes(lambda: _changes(assigned)),
    )


def _assigned(fault: Fault, name: str) -> _Assigned | None:
    held = next((frame for frame in fault.frames[:0:-1] if {"self", "name", "value"} <= set(frame)), None)
    module = held["self"] if held is not None else None
    if held is None or not isinstance(module, nn.Module):
        return None
    match fault.statement:
        case ast.Assign(targets=[ast.Attribute(attr=attr) as target]) if attr == name:
            return _Assigned(fault, module, name, held["value"], target)
    return _Assigned(fault, module, name, held["value"], None)


def _shapes(assigned: _Assigned) -> str:
    """Say both shapes where they differ."""
    value, parameter = assigned.value, assigned.parameter
    if parameter is None or not isinstance(value, torch.Tensor) or value.shape == parameter.shape:
        return ""
    return f" The parameter has shape {shape_text(parameter.shape)}, the tensor {shape_text(value.shape)}."


def _changes(assigned: _Assigned) -> Iterator[Change]:
    statement, target = assigned.fault.statement, assigned.target
    if target is None or not isinstance(statement, ast.Assign):
        return
    changes = [_replacing(assigned, statement), *_writing(assigned, statement, target)]
    # `w = w - lr * w.grad` is a step of the parameter that there is
    steps = any(ast.unparse(node) == ast.unparse(target) for node in ast.walk(statement.value))
    yield from reversed(changes) if steps else changes


def _replacing(assigned: _Assigned, statement: ast.Assign) -> Change:
    """Return the program that assigns a new parameter."""
    fault = assigned.fault
    code = f"{_named(fault, 'nn', 'Parameter')}({_tensor_text(assigned, statement.value)})"
    changed = fault.text.replaced((fault.text.span(statement.value), code))
    return f"{assigned.title} = {code}", _complete(fault, changed, code)


def _writing(assigned: _Assigned, statement: ast.Assign, target: ast.Attribute) -> Iterator[Change]:
    """Yield the program that writes the values into the parameter, if the line has no other statement on it."""
    fault, parameter = assigned.fault, assigned.parameter
    indent = _indent(fault.text, statement)
    if parameter is None or indent is None:
        return
    plain = isinstance(assigned.value, torch.Tensor | int | float)
    value = fault.text.text(statement.value) if plain else _tensor_text(assigned, statement.value)
    code = f"{fault.text.text(target)}[{':' if parameter.dim() else '...'}] = {value}"
    around = fault.text.parents.get(statement)
    held = isinstance(around, ast.stmt) and is_no_grad(around)
    block = f"with {_named(fault, 'torch', 'no_grad')}():"
    written = code if held else f"{block}\n{indent}    {code}"
    changed = fault.text.replaced((fault.text.span(statement), written))
    label = code if held else f"{block} {code}"
    yield label, _complete(fault, changed, label)


def _indent(text: SourceText, statement: ast.stmt) -> str | None:
    """Return what stands before a statement that has its lines for itself; None for any other."""
    before = text.before(statement)
    after = text.source[text.span(statement)[1] :].partition("\n")[0].strip()
    return None if before.strip() or (after and not after.startswith("#")) else before


def _tensor_text(assigned: _Assigned, node: ast.expr) -> str:
    """Return text for the value as a tensor of the parameter's dtype."""
    text, value, parameter = assigned.fault.text.text(node), assigned.value, assigned.parameter
    if isinstance(value, int | float) and parameter is not None:
        return f"torch.full_like({assigned.title}, {text})"
    if not isinstance(value, torch.Tensor):
        maker = "from_numpy" if isinstance(value, np.ndarray) else "tensor"
        text, node = f"torch.{maker}({text})", ast.Call(func=ast.Name("torch"), args=[node], keywords=[])
    wanted = parameter.dtype if parameter is not None else torch.get_default_dtype()
    made = _dtype(value)
    return text if made in {None, wanted} else f"{parenthesised(text, node)}{METHODS.get(wanted, f'.to({wanted})')}"


def _dtype(value: object) -> torch.dtype | None:
    """Return the dtype of the tensor that a value becomes; None where it becomes none."""
    try:
        return torch.as_tensor(value).dtype
    except (TypeError, ValueError, RuntimeError):
        return None


def _named(fault: Fault, short: str, name: str) -> str:
    """Return a name of `nn` or `torch` as the program may write it, whatever else it calls so."""
    path, module = _MODULES[short]
    return f"{short if fault.names.get(short, module) is module else path}.{name}"


def _complete(fault: Fault, source: str, code: str) -> str:
    """Return a changed program with the imports of what its new code uses and the program did not."""
    nodes = list(ast.walk(fault.text.tree))
    known = {node.id for node in nodes if isinstance(node, ast.Name)} | {
        (alias.asname or alias.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    for short in _MODULES:
        if short in used - known:
            source = SourceText(source).with_import(IMPORTS[short])
    return source
