"""Which names see what a step wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.lenses.memory.regions import changed_by, region_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.trace import Binding, Step


@dataclass(frozen=True)
class Sharing:
    """What a step did to the memory that the names look at.

    Attributes:
        seen: Names that read an element which it changed, in binding order.
        beside: Names of the written storages that read none of the changed elements.
        apart: Names of tensors in other storages.
        changed: Whether any recorded value is another one than before.
    """

    seen: tuple[str, ...]
    beside: tuple[str, ...]
    apart: tuple[str, ...]
    changed: bool


def sharing_of(step: Step, names: Iterable[Binding]) -> Sharing:
    """Tell which names see what an in-place step wrote."""
    changed = {state.storage: changed_by(step, state) for state in step.outputs}
    seen, beside, apart = [], [], []
    for binding in names:
        region = changed.get(binding.state.storage)
        if region is None:
            apart.append(binding.name)
        elif region.overlaps(region_of(binding.state)):
            seen.append(binding.name)
        else:
            beside.append(binding.name)
    return Sharing(tuple(seen), tuple(beside), tuple(apart), any(not region.empty for region in changed.values()))
