"""All layers of a sequence, one above the other."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.lenses.recurrent.cells import Passed, passed
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer took and what it went through.

    Attributes:
        given: (T, B, I): the sequence, or what the layer below returned, after dropout.
        passed: What it went through.
    """

    given: torch.Tensor
    passed: Passed

    def apart(self) -> Layer:
        """Return the same numbers without their history."""
        return Layer(self.given.detach(), self.passed.apart())


def layers_of(sequence: Sequence, tensors: Tensors, *, cut: bool = False) -> tuple[Layer, ...]:
    """Run all layers.

    Args:
        sequence: The calls.
        tensors: What they took.
        cut: Whether the history of the states ends where one call ends and the next begins, as what comes back from
            there is known; else only where the program cut it.
    """
    cuts = sequence.ends[:-1] if cut else sequence.cuts
    given, found = tensors.input, []
    for number, weights in enumerate(tensors.weights):
        made = passed(sequence.settings.kind, given, tensors.starts[number], weights, tensors.lengths, cuts)
        found.append(Layer(given, made))
        if number + 1 < len(tensors.weights):
            above = _without_padding(made.output, tensors)
            given = above * tensors.noise[number] if tensors.noise else above
    return tuple(found)


def _without_padding(output: torch.Tensor, tensors: Tensors) -> torch.Tensor:
    """Return what a layer returned with 0 where there is padding."""
    return output if tensors.valid is None else output * tensors.valid
