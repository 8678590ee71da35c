"""Shape & memory: what a chain of operations does to shape, strides and storage."""

from __future__ import annotations

from explorer.ui.examples.shape import SHAPE_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="shape",
        title="Shape & memory",
        subtitle="Hover a cell: the same element lights up everywhere it lives.",
        examples=SHAPE_EXAMPLES,
    )
)
