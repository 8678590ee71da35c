"""Reductions & dim: which elements feed a result, and which dimension disappears into it."""

from __future__ import annotations

from explorer.ui.examples.reductions import REDUCTION_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="reductions",
        title="Reductions & dim",
        subtitle="Hover a cell of the result: all that it was made from lights up along the dimension that disappears.",
        examples=REDUCTION_EXAMPLES,
        groups=("Reduce", "Scan & sort", "Elementwise"),
    )
)
