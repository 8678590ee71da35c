"""Lenses: each turns a trace into a scene for one topic."""

from __future__ import annotations

from collections.abc import Callable

from explorer.lenses.autograd import autograd
from explorer.lenses.convolution import convolution
from explorer.lenses.normalization import normalization
from explorer.lenses.recurrent import recurrent
from explorer.lenses.shapes import shapes
from explorer.scene import Scene

LENSES: dict[str, Callable[..., Scene]] = {
    "shapes": shapes,
    "autograd": autograd,
    "convolution": convolution,
    "normalization": normalization,
    "recurrent": recurrent,
}
"""The lenses by name."""

__all__ = ["LENSES", "autograd", "convolution", "normalization", "recurrent", "shapes"]
