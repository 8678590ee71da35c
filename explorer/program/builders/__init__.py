"""Builders: choices become program text, and program text becomes choices.

The text is the only state. `chain.chips` shows it as a row of chips with fields; every other function of
`chain` takes the text and returns it changed.
"""

from explorer.program.builders import chain, creations, operations, parameters
from explorer.program.builders.problems import ArgumentProblem, EditProblem

__all__ = ["ArgumentProblem", "EditProblem", "chain", "creations", "operations", "parameters"]
