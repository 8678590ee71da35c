"""How many layers and parameters a recurrent layer asks for: known when it makes its first one."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType

import torch
from torch import nn

from explorer.program.amounts import amount_text

MOST_STACKED = 1_000
"""Layers, times directions: each is made by Python, and has up to five parameters that are recorded."""

MOST_SIZE = 2**63 - 1
"""The largest size of a dimension."""

_BLOCKS = {"LSTM": 4, "GRU": 3}
_MAKERS = frozenset({nn.RNNBase.__init__.__code__, nn.RNNCellBase.__init__.__code__})
# from the check of torch.empty to the constructor: the recorder's own functions
_MOST_FRAMES = 12
_MOST_BITS = 100


@dataclass(frozen=True)
class RecurrentSizes:
    """The sizes that a recurrent layer, or a cell, is made with.

    Attributes:
        name: `LSTM`.
        inputs: input_size.
        hidden: hidden_size.
        layers: num_layers; 1 for a cell.
        directions: 1 or 2.
        projected: proj_size; 0 without.
        biases: 2 or 0.
        nbytes: Of one number.
    """

    name: str
    inputs: int
    hidden: int
    layers: int = 1
    directions: int = 1
    projected: int = 0
    biases: int = 2
    nbytes: int = 4

    @property
    def blocks(self) -> int:
        """How many matrices stand above each other in weight_ih."""
        return _BLOCKS.get(self.name.removesuffix("Cell"), 1)

    @property
    def state(self) -> int:
        """The size of h."""
        return self.projected or self.hidden

    def of_direction(self, inputs: int) -> int:
        """Return the parameters of one direction of a layer that reads so many features."""
        return self.blocks * self.hidden * (inputs + self.state + self.biases) + self.projected * self.hidden

    @property
    def parameters(self) -> int:
        """All of them."""
        above = self.of_direction(self.state * self.directions)
        return self.directions * (self.of_direction(self.inputs) + (self.layers - 1) * above)

    @property
    def stacked(self) -> int:
        """Layers, times directions."""
        return self.layers * self.directions


def sizes_from(name: str, values: Mapping[str, object]) -> RecurrentSizes | None:
    """Return the sizes that the names of a constructor say; None where one is no number.

    Args:
        name: The layer's type.
        values: Names in torch's own constructor, which all have the names of its parameters.
    """
    numbers = [
        values.get(key, least) for key, least in (("input_size", None), ("hidden_size", None), ("num_layers", 1))
    ]
    projected = values.get("proj_size", 0)
    whole = [number for number in (*numbers, projected) if isinstance(number, int) and not isinstance(number, bool)]
    if len(whole) < len(numbers) + 1:
        return None
    dtype = values.get("dtype")
    return RecurrentSizes(
        name,
        whole[0],
        whole[1],
        layers=whole[2],
        directions=2 if values.get("bidirectional") else 1,
        projected=whole[3],
        biases=2 if values.get("bias", True) else 0,
        nbytes=(dtype if isinstance(dtype, torch.dtype) else torch.get_default_dtype()).itemsize,
    )


def refusal(sizes: RecurrentSizes) -> tuple[str, str] | None:
    """Return why a layer of these sizes is not made on any device, and what to try; None where it can be."""
    for name, size, rows in (("input_size", sizes.inputs, 1), ("hidden_size", sizes.hidden, sizes.blocks)):
        if rows * size > MOST_SIZE:
            lines = f"{rows} · " if rows > 1 else ""
            why = (
                f"{sizes.name} gets {name}={_written(size)}. Its weights would be {lines}{name} long, and no dimension "
                f"is longer than {MOST_SIZE:,}."
            )
            return why, f"Use a smaller {name}."
    if sizes.stacked <= MOST_STACKED:
        return None
    most, each = MOST_STACKED // sizes.directions, ", in both directions" if sizes.directions > 1 else ""
    why = (
        f"{sizes.name} gets num_layers={_written(sizes.layers)}{each}. At most {most:,} can be made here: each has "
        "weights of its own, and reads all steps of the one below."
    )
    return why, "Use a smaller num_layers."


def too_large(sizes: RecurrentSizes, most: int | None) -> tuple[str, str] | None:
    """Return why weights of these sizes are not made where `most` bytes are; None: tensors have no memory there."""
    needed = sizes.parameters * sizes.nbytes
    if needed <= (MOST_SIZE if most is None else most):
        return None
    held = "torch counts no more than" if most is None else "a program may hold"
    return (
        f"{sizes.name} would have {sizes.parameters:,} parameters, {amount_text(needed)}; "
        f"{held} {amount_text(MOST_SIZE if most is None else most)} in all."
    ), "Use a smaller hidden_size."


def _written(number: int) -> str:
    """Return a number as people write it; of one that fills lines, how long it is."""
    if number.bit_length() <= _MOST_BITS:
        return f"{number:,}"
    return f"a number of about {round(number.bit_length() * math.log10(2)):,} digits"


def being_made() -> RecurrentSizes | None:
    """Return the sizes of the recurrent layer whose constructor makes its first parameter right now, if one does."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return None
        if frame.f_code in _MAKERS:
            values = frame.f_locals
            module = values["self"]
            return None if module._parameters or "w_ih" in values else sizes_from(type(module).__name__, values)
        frame = frame.f_back
    return None
