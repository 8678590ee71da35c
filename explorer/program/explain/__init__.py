"""Explain what stops a program: what is wrong, with the numbers of the case, and changed programs that run."""

from explorer.program.explain.attributes import explain_attribute_error
from explorer.program.explain.containers import explain_list_index
from explorer.program.explain.dispatch import explain, explain_limit
from explorer.program.explain.fault import Fault
from explorer.program.explain.model import Explanation
from explorer.program.explain.naming import explain_name_error
from explorer.program.explain.rerun import Inputs, Rerun
from explorer.program.explain.syntax import explain_syntax
from explorer.trace.strides import Conflict, conflict_sentence, view_conflict

__all__ = [
    "Conflict",
    "Explanation",
    "Fault",
    "Inputs",
    "Rerun",
    "conflict_sentence",
    "explain",
    "explain_attribute_error",
    "explain_limit",
    "explain_list_index",
    "explain_name_error",
    "explain_syntax",
    "view_conflict",
]
