"""Recurrent layers: every gate at every time step, what is kept, and the gradient through time."""

from __future__ import annotations

from explorer.lenses.recurrent.lens import recurrent

__all__ = ["recurrent"]
