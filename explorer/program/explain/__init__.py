"""Explain failing torch calls: what is wrong, with the numbers of the case, and changed programs that run."""

from explorer.program.explain.dispatch import explain
from explorer.program.explain.model import Explanation
from explorer.program.explain.python import (
    explain_attribute_error,
    explain_list_index,
    explain_name_error,
    explain_python_error,
)
from explorer.trace.strides import Conflict, conflict_sentence, view_conflict

__all__ = [
    "Conflict",
    "Explanation",
    "conflict_sentence",
    "explain",
    "explain_attribute_error",
    "explain_list_index",
    "explain_name_error",
    "explain_python_error",
    "view_conflict",
]
