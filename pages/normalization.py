"""Normalisation: whose mean, whose variance, before and after."""

from __future__ import annotations

from explorer.ui.examples.normalization import NORMALIZATION_EXAMPLES
from explorer.ui.norm_fields import batch_field, mode_field, sentence_fields, weight_field
from explorer.ui.program_page import ProgramPage, program_page

program_page(
    ProgramPage(
        name="normalization",
        title="Normalisation",
        subtitle="Whose mean, whose variance, before and after.",
        examples=NORMALIZATION_EXAMPLES,
        groups=("Normalisation", "Layer"),
        lens="normalization",
        chips_below=True,
        layer_fields=True,
        fields=(mode_field, weight_field, batch_field),
        tools=(sentence_fields,),
    )
)
