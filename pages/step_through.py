"""Step through: forward builds the graph, backward walks it, node by node, with the engine's own values."""

from __future__ import annotations

from explorer.ui.examples.autograd import AUTOGRAD_EXAMPLES
from explorer.ui.program_page import ProgramPage, program_page
from explorer.ui.switches import Switch

program_page(
    ProgramPage(
        name="autograd",
        title="Step through",
        subtitle="Step with ← →: forward builds the graph, backward walks it.",
        examples=AUTOGRAD_EXAMPLES,
        groups=("Autograd", "Elementwise", "Reduce", "Products", "Memory"),
        lens="autograd",
        switches=(
            Switch(
                "check",
                "Compare with finite differences",
                "Each leaf's gradient beside a difference quotient in double precision; Jacobian and Hessian where they"
                " are small.",
            ),
        ),
        chips_below=True,
    )
)
