"""The record of a run: what was called where, what went in and out, what shares memory with what."""

from explorer.trace.contributors import Contribution, Contributors, contributors, contributors_of_all
from explorer.trace.model import Binding, Fix, Kind, ProgramError, Step, TensorState, Trace
from explorer.trace.provenance import NotMovedError, Origins, origins
from explorer.trace.recorder import Recorder

__all__ = [
    "Binding",
    "Contribution",
    "Contributors",
    "Fix",
    "Kind",
    "NotMovedError",
    "Origins",
    "ProgramError",
    "Recorder",
    "Step",
    "TensorState",
    "Trace",
    "contributors",
    "contributors_of_all",
    "origins",
]
