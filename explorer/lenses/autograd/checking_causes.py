"""Why the gradient of a run is not the slope of what was computed: what of this program explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from explorer.lenses.autograd.checking_case import Case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.scene.relations import Array
    from explorer.trace.model import BackwardEvent

_BEHIND = frozenset({"data", "numpy", "numpy_write"})


def cause_of(case: Case) -> str:
    """Return the likely reason of a difference, in a sentence."""
    events = [event for event in case.trace.backward if event.run == case.run]
    return _nan(case, events) or _own(case, events) or _behind(case) or _hook(case) or "What changed it is not known."


def _nan(case: Case, events: Iterable[BackwardEvent]) -> str:
    """Say where the first NaN was made of gradients without one."""
    for event in events:
        if _has_nan(event.gradients_out) and not _has_nan(event.gradients_in):
            line = case.trace.graph.nodes[event.index].line if event.index >= 0 else 0
            where = f" (line {line})" if line else ""
            return f"{event.node}{where} made NaN of a gradient without NaN: an infinite slope met a gradient of 0."
    return ""


def _has_nan(gradients: Iterable[Array | None]) -> bool:
    return any(one is not None and one.dtype.kind in "fc" and bool(np.isnan(one).any()) for one in gradients)


def _own(case: Case, events: Iterable[BackwardEvent]) -> str:
    """Name the functions of the program's own that the gradient went through."""
    nodes = case.trace.graph.nodes
    names = dict.fromkeys(nodes[event.index].name for event in events if event.index >= 0 and nodes[event.index].custom)
    if not names:
        return ""
    own = ", ".join(name.removesuffix("Backward") for name in names)
    return f"The backward of {own} is not the derivative of its forward; that may be on purpose (straight-through)."


def _behind(case: Case) -> str:
    """Name the line that reached a value behind the graph, and wrote there."""
    steps = case.trace.steps[: case.trace.engine_runs[case.run].clock]
    written = {state.storage: step.line for step in steps if step.kind == "inplace" for state in step.outputs}
    for step in steps:
        line = next((written[state.storage] for state in step.outputs if state.storage in written), 0)
        if step.op in _BEHIND and line:
            return f"Line {line} changed a value behind the graph, which had saved it or the result of it."
    return ""


def _hook(case: Case) -> str:
    steps = case.trace.steps[: case.trace.engine_runs[case.run].clock]
    hooked = any(state.hooks for step in steps for state in (*step.inputs, *step.outputs))
    held = any(binding.state.hooks for bound in case.trace.bindings for binding in bound)
    return "A hook of the program changed the gradient on its way." if hooked or held else ""
