"""Where in the program a step stood, and what the library did for it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.scene import Span

if TYPE_CHECKING:
    from explorer.trace import Step
    from explorer.trace.model import Detail, Position, Site, TensorState

MAX_DETAILS = 60

_UNNAMED = {"<lambda>": "a lambda", "<genexpr>": "a generator"}


def span_of(position: Position) -> Span:
    """Return a position of the trace as a span of the scene."""
    return Span(position.line, position.column, position.end_line, position.end_column)


def callers(step: Step) -> tuple[Span, ...]:
    """Return the calls on the way to the step, outermost first."""
    return tuple(span_of(site.position) for site in step.stack[:-1])


def where(step: Step) -> str:
    """Say which functions and which passes of loops the step stood in; "" at the top level outside of loops."""
    passes = [
        f"pass {iteration.number + 1} of the loop on line {iteration.line}"
        for site in step.stack
        for iteration in site.iterations
    ]
    calls = [
        f"{_function(inner)}, called on line {outer.position.line}"
        for outer, inner in zip(step.stack, step.stack[1:], strict=False)
        if not inner.function.endswith("comp>")
    ]
    return " · ".join([*reversed(calls), *passes])


def details(step: Step) -> tuple[str, ...]:
    """Say in a line each what the library called for the step, with the module that it happened in."""
    lines = [_detail(detail) for detail in step.details if not detail.is_module]
    if len(lines) <= MAX_DETAILS:
        return tuple(lines)
    return (*lines[:MAX_DETAILS], f"and {len(lines) - MAX_DETAILS:,} more calls")


def _detail(detail: Detail) -> str:
    label = f"{detail.module} ({detail.module_class})" if detail.module else detail.module_class
    moved = " → ".join(filter(None, [_shapes(detail.inputs), _shapes(detail.outputs)]))
    return " ".join(filter(None, [f"{label}:" if label else "", detail.op, moved]))


def _shapes(states: tuple[TensorState, ...]) -> str:
    return ", ".join(str(tuple(state.shape)) for state in states[:4]) + (", …" if len(states) > 4 else "")


def _function(site: Site) -> str:
    head, _, last = site.function.rpartition(".")
    return f"{_UNNAMED[last]} in {head}" if last in _UNNAMED and head else _UNNAMED.get(last, site.function)
