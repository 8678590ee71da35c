"""Autograd, step by step: the graph as forward builds it, and every node that the backward engine runs."""

from __future__ import annotations

from explorer.lenses.autograd.lens import autograd

__all__ = ["autograd"]
