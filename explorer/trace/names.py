"""What the names of a running program hold, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.parameter import is_lazy

from explorer.trace.model import Binding

if TYPE_CHECKING:
    from explorer.trace.frames import Activation
    from explorer.trace.states import StateKeeper

_Bound = dict[str, tuple[torch.Tensor, Binding]]


class NameKeeper:
    """Writes down, for each step, the names that hold tensors when the next step begins.

    Names are looked up again only in frames that have run a line since, and only where something changed.
    """

    def __init__(self, states: StateKeeper) -> None:
        self.bindings: list[tuple[Binding, ...]] = []
        self._states = states
        self._known: dict[int, _Bound] = {}
        self._seen_changes = -1
        self._left: list[Binding] = []

    def settle(self, stack: Iterable[Activation], count: int) -> None:
        """Give the newest of `count` steps their names; another step is about to begin, so they are settled."""
        missing = count - len(self.bindings)
        if missing <= 0:
            return
        mutated = self._seen_changes != self._states.changes
        bound: list[Binding] = []
        for activation in stack:
            bound += self._look(activation, mutated=mutated)
        # looking may itself have found that tensors changed
        self._seen_changes = self._states.changes
        self.bindings += [(*bound, *self._left)] * missing
        self._left = []

    def leave(self, activation: Activation, count: int) -> None:
        """Note the names of a function that is about to return, for the steps that it made last."""
        if activation.stepped and len(self.bindings) < count:
            self._left += self._look(activation, mutated=True)
        self._known.pop(activation.number, None)

    def finish(self, names: Mapping[str, Any], count: int) -> None:
        """Note what the names of the top level hold at the end."""
        final = tuple(
            Binding(name, self._states.state(value)) for name, value in names.items() if is_shown(name, value)
        )
        self.bindings += [(*final, *self._left)] * (count - len(self.bindings))
        self.bindings.append(final)

    def _look(self, activation: Activation, *, mutated: bool) -> Iterable[Binding]:
        known = self._known.setdefault(activation.number, {})
        if activation.changed:
            self._known[activation.number] = known = self._refreshed(activation, known, mutated=mutated)
            activation.changed = False
        elif mutated:
            for name, (tensor, binding) in known.items():
                known[name] = (tensor, self._binding(name, tensor, activation.number, binding))
        return [binding for _, binding in known.values()]

    def _refreshed(self, activation: Activation, known: _Bound, *, mutated: bool) -> _Bound:
        found: _Bound = {}
        for name, value in activation.frame.f_locals.items():
            if not is_shown(name, value):
                continue
            before = known.get(name)
            if before is not None and before[0] is value and not mutated:
                found[name] = before
            else:
                old = before[1] if before is not None else None
                found[name] = (value, self._binding(name, value, activation.number, old))
        return found

    def _binding(self, name: str, tensor: torch.Tensor, activation: int, old: Binding | None) -> Binding:
        state = self._states.state(tensor)
        return old if old is not None and old.state is state else Binding(name, state, activation)


def is_shown(name: str, value: object) -> bool:
    """Tell whether a name is shown: it holds a tensor, and is not one of those that the machinery uses."""
    if type(value) is not torch.Tensor and (not isinstance(value, torch.Tensor) or is_lazy(value)):
        return False
    return not name.startswith(("__", "_tmp"))
