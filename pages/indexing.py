"""Indexing & gathering: which elements an index picks, and where they go."""

from __future__ import annotations

from explorer.ui.examples.indexing import INDEXING_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="indexing",
        title="Indexing & gathering",
        subtitle="Hover a cell of the result: an arrow shows where it was picked, the formula why.",
        examples=INDEXING_EXAMPLES,
        groups=("Select", "Gather & scatter", "Write"),
    )
)
