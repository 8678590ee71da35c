"""Relations: from which cells of which grids each cell of a result was made, term by term."""

from __future__ import annotations

from explorer.lenses.relations.relating import Related, relate

__all__ = ["Related", "relate"]
