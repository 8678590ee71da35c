"""Checks of a backward pass: finite differences, the Jacobian behind vᵀ · J, the Hessian."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.lenses.autograd.checking_case import Case, Checked, leaf_names
from explorer.lenses.autograd.checking_differences import compared
from explorer.lenses.autograd.checking_matrices import jacobians, product, second_derivatives
from explorer.trace.chain import state_of
from explorer.trace.function_of import function_of
from explorer.trace.replay import CannotReplayError

if TYPE_CHECKING:
    from explorer.trace import Trace

_CHEAP_SIDE = 16
_CHEAP_STEPS = 200
# What torch raises for layouts and dtypes that an operation does not take.
_REFUSALS = (ValueError, TypeError, IndexError, RuntimeError)


def checks(trace: Trace, run: int = -1, *, full: bool = False) -> Checked:
    """Check one run of the engine.

    Args:
        trace: The run of the program, with its live calls.
        run: Which of `Trace.engine_runs`; negative numbers count from the end.
        full: Whether to compare with finite differences and to compute Jacobians and Hessians; else only the small
            Jacobian behind a root that is not a scalar.
    """
    if not trace.engine_runs:
        return Checked()
    place = run % len(trace.engine_runs)
    started = trace.engine_runs[place]
    if len(started.roots) != 1:
        return Checked(notes=("Backward started from several tensors at once: that is not checked.",) if full else ())
    try:
        root = state_of(trace, started.roots[0], started.clock)
        small = root.numel <= _CHEAP_SIDE and started.clock <= _CHEAP_STEPS
        if not full and (not small or not root.shape):
            return Checked()
        case = Case(trace, place, function_of(trace, root, started.clock), leaf_names(trace))
    except CannotReplayError as error:
        return Checked(notes=(f"This backward pass cannot be checked: {error}.",) if full else ())
    wanted = [product] if root.shape else []
    wanted += [compared, jacobians if root.shape else second_derivatives] if full else []
    found = [_done(check, case) for check in wanted]
    return Checked(
        tables=tuple(table for one in found for table in one.tables),
        matrices=tuple(matrix for one in found for matrix in one.matrices),
        notes=tuple(note for one in found for note in one.notes),
    )


def _done(check: Callable[[Case], Checked], case: Case) -> Checked:
    """Make one check; no unusual program costs the picture."""
    try:
        return check(case)
    except _REFUSALS:
        return Checked(notes=("A check of this backward pass cannot be made: torch does not take such values.",))
