"""Memory laboratory: which names share memory, and which write is seen through which of them."""

from __future__ import annotations

from explorer.ui.examples.memory import MEMORY_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="memory",
        title="Memory laboratory",
        subtitle="Step through the writes: which names see them, and where new memory is taken.",
        examples=MEMORY_EXAMPLES,
        groups=("Write", "Memory", "Elementwise", "Select"),
    )
)
