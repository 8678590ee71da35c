"""Programs with recurrent layers, run and changed as the page does."""

from __future__ import annotations

from typing import Any

import torch

from explorer.program.builders import chain
from explorer.program.builders.layers import LAYERS

PLAIN = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
"""


def run(source: str) -> dict[str, Any]:
    """Run a program as it is."""
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def index(source: str, path: str = "lstm") -> int:
    """Return the chip of a layer."""
    return next(chip.index for chip in chain.chips(source) if chip.path == path)


def with_fields(source: str, path: str = "lstm", **fields: str) -> str:
    """Return a program with other fields of a layer."""
    place = index(source, path)
    return chain.set_fields(source, place, chain.chips(source)[place].name, fields)


def became(source: str, name: str, path: str = "lstm") -> str:
    """Return a program with another kind of layer in the place of one, as the page asks for it."""
    place = index(source, path)
    fields = LAYERS[name].taken_over((5, 2, 4), chain.chips(source)[place].fields)
    return chain.set_fields(source, place, name, fields)
