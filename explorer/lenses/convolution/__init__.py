"""Convolution and pooling: the window of every output cell, its products, and what they add up to."""

from __future__ import annotations

from explorer.lenses.convolution.lens import convolution

__all__ = ["convolution"]
