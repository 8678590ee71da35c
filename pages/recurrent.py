"""Recurrent layers: gates, memory and gradient through time."""

from __future__ import annotations

from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page
from explorer.ui.recurrent_fields import inside_note

program_page(
    ProgramPage(
        name="recurrent",
        title="Recurrent",
        subtitle="Gates, memory and gradient through time, on your own sequence.",
        examples=RECURRENT_EXAMPLES,
        groups=("Recurrent", "Layer"),
        lens="recurrent",
        chips_below=True,
        layer_fields=True,
        fields=(inside_note,),
    )
)
