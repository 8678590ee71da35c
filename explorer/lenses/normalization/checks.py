"""The picture beside what the module itself returned."""

from __future__ import annotations

from explorer.lenses.convolution.checks import compared
from explorer.lenses.normalization.statistics import Way
from explorer.lenses.normalization.values import Values
from explorer.scene.windows import Check


def checks_of(values: Values, way: Way) -> tuple[Check, ...]:
    """Return what was compared, over all cells, as far as there are values."""
    found = []
    if values.output is not None:
        dtype = str(values.output.dtype).removeprefix("torch.")
        found.append(
            compared(
                "output",
                way.output,
                values.output,
                f"The steps of the picture beside the module's own result, in {dtype}.",
            )
        )
    return tuple(found)
