"""One torch call as the tables read it, whether it was done or failed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import torch

from explorer.lenses.shapes.timeline import Moment
from explorer.lenses.tables.expressions import Expression, expression_at
from explorer.lenses.tables.words import code_text
from explorer.trace import Binding, ProgramError, Step, TensorState, Trace
from explorer.trace.model import Detail, Position

_OPERATORS = frozenset({"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "matmul"})


class _Unknown:
    """An argument whose value the text of a failed call does not tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, eq=False)
class Operation:
    """A torch call with what went in and, unless it failed, what came out.

    Attributes:
        op: Its plain name: `add` for `a + b`, `torch.add` and `a.add_(b)`; of a layer, that of the call that it makes.
        kind: As `Step.kind`, or `error`.
        inputs: Tensor arguments before the call.
        outputs: Results; () when it failed.
        expression: Where it stands in the program.
        arguments: Positional arguments, a method's tensor first. Of a failed call those that the text tells.
        keywords: Keyword arguments likewise.
        bindings: What the names held before the call.
        error: What stopped it, or None.
        inplace: Whether it writes into its first argument.
    """

    op: str
    kind: str
    inputs: tuple[TensorState, ...]
    outputs: tuple[TensorState, ...]
    expression: Expression
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    bindings: tuple[Binding, ...]
    error: ProgramError | None = None
    inplace: bool = False

    @cached_property
    def operands(self) -> tuple[ast.expr | None, ...]:
        """The part of the text that stands for each tensor argument; None where the text does not tell."""
        return self.expression.operands(self.inputs, self.bindings)

    def name(self, number: int) -> str:
        """Return what the program calls a tensor argument, between backticks; `tensor 1` where it is not told."""
        node = self.operands[number]
        return f"tensor {number + 1}" if node is None else code_text(self.expression.segment(node))

    def argument(self, place: int, *names: str, default: object = None) -> Any:  # noqa: ANN401 - of any type
        """Return an argument by its place among the positional ones, or by one of its names."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.arguments[place] if place < len(self.arguments) else default


def operation_of(moment: Moment, trace: Trace) -> Operation | None:
    """Return the call that a moment shows; None when it shows none."""
    if moment.step is not None:
        return _done(moment.step, trace)
    if moment.error is not None and moment.error.op:
        return _failed(moment.error, trace)
    return None


def recorded(state: TensorState) -> torch.Tensor | None:
    """Return the recorded values as a tensor of the state's dtype; None when they were not all kept."""
    if state.values is None or state.window != state.shape:
        return None
    return torch.from_numpy(state.values.copy()).to(state.dtype)


def _done(step: Step, trace: Trace) -> Operation:
    call = trace.calls[step.index] if trace.calls is not None else None
    arguments, keywords = (call.arguments, call.keywords) if call is not None else ((), {})
    if call is not None and isinstance(call.function, torch.nn.Module) and hasattr(call.function, "dim"):
        keywords = {"dim": call.function.dim}
    before = trace.bindings[step.index - 1] if step.index else ()
    inner = _inner_call(step)
    return Operation(
        op=_plain(step.op if inner is None else inner.op),
        kind=step.kind,
        inputs=step.inputs if inner is None else inner.inputs,
        outputs=step.outputs,
        expression=expression_at(trace.source, step.position),
        arguments=arguments,
        keywords=keywords,
        bindings=tuple(name for name in before if name.activation in (0, step.activation)),
        inplace=step.kind == "inplace" and "out" not in keywords,
    )


def _inner_call(step: Step) -> Detail | None:
    """Return the call that a layer makes, where it makes a single one."""
    calls = [detail for detail in step.details if not detail.is_module]
    return calls[0] if step.module_class and len(calls) == 1 else None


def _plain(op: str) -> str:
    name = op.strip("_")
    # an operator that writes in place may be reported as `__iadd__`
    return name[1:] if op.startswith("__i") and name[1:] in _OPERATORS else name


def _failed(error: ProgramError, trace: Trace) -> Operation:
    position = Position(error.line, error.column, error.end_line or error.line, error.end_column)
    expression = expression_at(trace.source, position)
    keywords = {name: literal(node) for name, node in expression.keywords.items()}
    positional = expression.parts[: len(expression.parts) - len(keywords)]
    return Operation(
        op=_plain(error.op),
        kind="error",
        inputs=error.operands,
        outputs=(),
        expression=expression,
        arguments=tuple(literal(node) for node in positional),
        keywords=keywords,
        bindings=trace.bindings[-1],
        error=error,
        inplace=error.op.endswith("_") and not error.op.startswith("__"),
    )


def literal(node: ast.expr | None) -> Any:  # noqa: ANN401 - of any type
    """Return what a part's text says by itself: numbers, strings, tuples and slices of them; UNKNOWN for a name."""
    match node:
        case None:
            return None
        case ast.Tuple(elts=items):
            return tuple(literal(item) for item in items)
        case ast.List(elts=items):
            return [literal(item) for item in items]
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(literal(lower), literal(upper), literal(step))
    try:
        return ast.literal_eval(node)
    except ValueError:
        return UNKNOWN
