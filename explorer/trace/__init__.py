"""The record of a run: what was called where, what went in and out, what shares memory with what."""

from explorer.trace.model import Binding, Fix, Kind, ProgramError, Step, TensorState, Trace
from explorer.trace.provenance import NotMovedError, Origins, origins
from explorer.trace.recorder import Recorder

__all__ = [
    "Binding",
    "Fix",
    "Kind",
    "NotMovedError",
    "Origins",
    "ProgramError",
    "Recorder",
    "Step",
    "TensorState",
    "Trace",
    "origins",
]
