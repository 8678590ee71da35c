"""Recurrent layers: gates, memory and gradient through time."""

from __future__ import annotations

from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES
from explorer.ui.inside_fields import inside_fields
from explorer.ui.program_page import ProgramPage, program_page

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
        fields=(inside_fields,),
    )
)
