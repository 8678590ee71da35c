"""What is open of a sequence: one layer, one direction, one item of the batch, and all that it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.names import function_of
from explorer.lenses.recurrent.passes import Layer
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors


@dataclass(frozen=True)
class Choice:
    """What is to be opened: numbers of a layer, a direction, an item, a unit."""

    depth: int
    reverse: int
    item: int
    unit: int

    def inside(self, sequence: Sequence) -> Choice:
        """Return the nearest that there is."""
        first, gates = sequence.first, len(GATES[sequence.settings.kind])
        units = first.weights[0].shape[0] // gates
        sizes = (sequence.settings.layers, sequence.settings.directions, first.batch, units)
        numbers = (self.depth, self.reverse, self.item, self.unit)
        return Choice(*(max(min(number, size - 1), 0) for number, size in zip(numbers, sizes, strict=True)))


@dataclass(frozen=True, eq=False)
class Opened:
    """One layer, direction and item. Tensors have the sequence's times, without padding.

    Attributes:
        sequence: The calls.
        tensors: What they took and returned.
        layer: The layer that is open.
        choice: Which layer, direction, item and unit.
    """

    sequence: Sequence
    tensors: Tensors
    layer: Layer
    choice: Choice

    @property
    def steps(self) -> int:
        """T of this item."""
        lengths = self.tensors.lengths
        return self.layer.given.shape[0] if lengths is None else int(lengths[self.choice.item])

    @property
    def given(self) -> torch.Tensor:
        """What the layer took, (T, I)."""
        return self.layer.given[: self.steps, self.choice.item]

    def weight(self, name: str) -> torch.Tensor | None:
        """Return one of its parameters by its field in `Weights`, or None."""
        every: torch.Tensor | None = getattr(self.tensors.weights[self.choice.depth], name)
        return None if every is None else every[self.choice.reverse]

    def of(self, every: torch.Tensor) -> torch.Tensor:
        """Return (T, ·) of this direction and item, of (T, D, B, ·)."""
        return every[: self.steps, self.choice.reverse, self.choice.item]

    @cached_property
    def first_hidden(self) -> torch.Tensor:
        """h_0, (H_out,)."""
        return self.tensors.starts[self.choice.depth].hidden[self.choice.reverse, self.choice.item]

    @cached_property
    def first_cell(self) -> torch.Tensor | None:
        """c_0, (H,), or None."""
        cell = self.tensors.starts[self.choice.depth].cell
        return None if cell is None else cell[self.choice.reverse, self.choice.item]

    @cached_property
    def hidden(self) -> torch.Tensor:
        """h_t, (T, H_out)."""
        return self.of(self.layer.passed.hidden)

    @cached_property
    def cell(self) -> torch.Tensor | None:
        """c_t, (T, H), or None."""
        every = self.layer.passed.cell
        return None if every is None else self.of(every)

    @cached_property
    def previous_hidden(self) -> torch.Tensor:
        """The h of the step before, in the order in which the layer computes, (T, H_out)."""
        return self._before(self.hidden, self.first_hidden)

    def _before(self, states: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        if self.choice.reverse:
            return torch.cat((states[1:], first[None]))
        return torch.cat((first[None], states[:-1]))

    @cached_property
    def from_input(self) -> Mapping[str, torch.Tensor]:
        """W_ih · x_t of each gate, (T, H)."""
        return self._blocks(F.linear(self.given, self._known("input")))

    @cached_property
    def from_hidden(self) -> Mapping[str, torch.Tensor]:
        """W_hh · h of the step before, of each gate, (T, H)."""
        return self._blocks(F.linear(self.previous_hidden, self._known("hidden")))

    @cached_property
    def before(self) -> Mapping[str, torch.Tensor]:
        """What goes through each gate's function, (T, H)."""
        return self._blocks(self.of(self.layer.passed.before))

    @cached_property
    def gates(self) -> Mapping[str, torch.Tensor]:
        """Each gate, (T, H)."""
        kind = self.sequence.settings.kind
        return {name: FUNCTIONS[function_of(kind, name)](value) for name, value in self.before.items()}

    def _blocks(self, every: torch.Tensor) -> dict[str, torch.Tensor]:
        names = GATES[self.sequence.settings.kind]
        return dict(zip(names, every.chunk(len(names), -1), strict=True))

    def _known(self, name: str) -> torch.Tensor:
        found = self.weight(name)
        assert found is not None  # noqa: S101 - all layers have these; this is for the type checker
        return found


FUNCTIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
