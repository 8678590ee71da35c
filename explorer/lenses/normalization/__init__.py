"""Normalisation: which cells share a mean and a variance, and each cell's way through the layer."""

from __future__ import annotations

from explorer.lenses.normalization.lens import normalization

__all__ = ["normalization"]
