"""Broadcasting & matmul: how shapes are aligned and stretched, and which row meets which column."""

from __future__ import annotations

from explorer.ui.examples.broadcasting import BROADCASTING_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="broadcasting",
        title="Broadcasting & matmul",
        subtitle="Hover a cell of the result: the cells that it was computed from light up, with their products.",
        examples=BROADCASTING_EXAMPLES,
        groups=("Elementwise", "Products", "Repeat", "Shape"),
    )
)
