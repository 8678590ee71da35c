"""Convolution & pooling: every output cell, its window, its products, its size."""

from __future__ import annotations

from explorer.ui.examples.convolution import CONVOLUTION_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page
from explorer.ui.solver import solver
from explorer.ui.switches import Switch

program_page(
    ProgramPage(
        name="convolution",
        title="Convolution & pooling",
        subtitle="Every output cell: window, products, size.",
        examples=CONVOLUTION_EXAMPLES,
        groups=("Convolution", "Pooling", "Layer"),
        lens="convolution",
        switches=(
            Switch(
                "flip",
                "Flip the kernel",
                "torch slides the kernel as it is, a cross-correlation; convolution in mathematics slides it flipped.",
                lambda workspace: workspace.has_kernel,
            ),
        ),
        chips_below=True,
        layer_fields=True,
        tools=(solver,),
    )
)
