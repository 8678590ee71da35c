"""What happened to the names in a step: which were bound anew, which name one object, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from explorer.lenses.shapes.timeline import Moment
    from explorer.trace import Binding, TensorState, Trace
    from explorer.trace.model import ArrayBinding


@dataclass(frozen=True, eq=False)
class Rebinding:
    """A name that holds another object than before; `kept` are the names that still hold the one before."""

    name: str
    before: TensorState
    now: TensorState
    kept: tuple[str, ...]


def rebindings(moment: Moment, trace: Trace) -> tuple[Rebinding, ...]:
    """Return the names that hold another tensor object after the moment's step than before it."""
    if moment.step is None or moment.step.index == 0:
        return ()
    before = {(b.name, b.activation): b.state for b in trace.bindings[moment.step.index - 1]}
    found = []
    for binding in moment.names:
        old = before.get((binding.name, binding.activation))
        if old is None or old.tensor == binding.state.tensor:
            continue
        kept = tuple(other.name for other in moment.names if other.state.tensor == old.tensor)
        found.append(Rebinding(binding.name, old, binding.state, kept))
    return tuple(found)


def arrays_of(moment: Moment, trace: Trace) -> tuple[ArrayBinding, ...]:
    """Return the names that hold NumPy arrays after a moment, as far as the step's own frame can see them."""
    step = moment.step
    if step is None or not trace.arrays:
        return trace.arrays[-1] if trace.arrays else ()
    # names bound after the last step belong to its moment
    last = step is trace.steps[-1] and trace.error is None
    found = trace.arrays[-1 if last else step.index]
    return tuple(array for array in found if array.activation in (0, step.activation))


def named(state: TensorState, names: Iterable[Binding]) -> tuple[str, ...]:
    """Return the names of a tensor object."""
    return tuple(binding.name for binding in names if binding.state.tensor == state.tensor)


def sharing_with(state: TensorState, names: Iterable[Binding]) -> tuple[str, ...]:
    """Return the names of other tensor objects that look at the same storage."""
    return tuple(b.name for b in names if b.state.storage == state.storage and b.state.tensor != state.tensor)


def code_list(names: Sequence[str]) -> str:
    """Return names as code, joined as in a sentence."""
    marked = [f"`{name}`" for name in names]
    return marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} and {marked[-1]}"
