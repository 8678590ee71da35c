"""What to call the tensors of a step in a formula."""

from __future__ import annotations

import re

from explorer.trace import Step, TensorState, Trace

_LONGEST = 24
_STATEMENT = re.compile(r"\s[^\s\w]?=\s|\n|^torch\.")


def names_of(trace: Trace, step: Step) -> tuple[str, ...]:
    """Return what the program calls each tensor argument: its name, the text that made it, or "" ."""
    return tuple(_name(trace, step, given) or _expression(trace, step, given) for given in step.inputs)


def result_of(trace: Trace, step: Step, output: int, names: tuple[str, ...]) -> str:
    """Return what to call an output: as the argument that it is written into, its own name, or `out`."""
    state = step.outputs[output]
    place = next((n for n, given in enumerate(step.inputs) if given.tensor == state.tensor), None)
    if place is not None:
        return names[place] or "out"
    name = _bound(trace, step, state, step.index)
    return name if name and name not in names else _free("out", names)


def _name(trace: Trace, step: Step, state: TensorState) -> str:
    """Return the name that a tensor had when the step began, else after it (an argument of the program's function)."""
    before = _bound(trace, step, state, step.index - 1) if step.index else ""
    return before or _bound(trace, step, state, step.index)


def _bound(trace: Trace, step: Step, state: TensorState, place: int) -> str:
    for binding in reversed(trace.bindings[place]):
        if binding.state.tensor == state.tensor and binding.activation in (0, step.activation):
            return binding.name
    return ""


def _expression(trace: Trace, step: Step, state: TensorState) -> str:
    """Return the short text of the call that made an unnamed tensor, in parentheses where brackets could not follow."""
    for earlier in reversed(trace.steps[: step.index]):
        if any(made.tensor == state.tensor for made in earlier.outputs):
            text = earlier.expression
            if not text or len(text) > _LONGEST or _STATEMENT.search(text):
                return ""
            return text if text.replace("_", "").replace(".", "").isalnum() or text[-1] in ")]" else f"({text})"
    return ""


def _free(name: str, names: tuple[str, ...]) -> str:
    return name if name not in names else _free(f"{name}_", names)
