"""Memory laboratory: who shares memory with whom, step by step, and which values are no facts."""

from __future__ import annotations

from explorer.lenses.memory.table import tables_of
from explorer.lenses.memory.unwritten import Unwritten

__all__ = ["Unwritten", "tables_of"]
