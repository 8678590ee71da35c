"""Functions of one tensor, element by element."""

from __future__ import annotations

from explorer.program.builders.operation import Operation

_SUMMARIES = {
    "relu": "0 for what is negative, the rest as it is.",
    "sigmoid": "From 0 to 1: 1 / (1 + exp(-x)).",
    "tanh": "From -1 to 1.",
    "exp": "e to the power of each element.",
    "log": "The natural logarithm; NaN for what is negative.",
    "sqrt": "The square root; NaN for what is negative.",
    "sin": "The sine, of radians.",
    "square": "Each element times itself.",
    "abs": "Without the sign.",
}
FUNCTIONS_TABLE = tuple(Operation(name, "Elementwise", summary) for name, summary in _SUMMARIES.items())
