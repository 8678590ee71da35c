"""What an operation did, in words of its own: one more sentence beside what it did to memory, and why it matters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.lenses.shapes.remarks.computations import COMPUTATIONS
from explorer.lenses.shapes.remarks.moves import MOVES
from explorer.lenses.shapes.remarks.picks import PICKS
from explorer.lenses.shapes.remarks.remark import Remark
from explorer.lenses.tables.operation import operation_of

if TYPE_CHECKING:
    from explorer.lenses.shapes.timeline import Moment
    from explorer.scene import Frame
    from explorer.trace import Trace

__all__ = ["Remark", "remark_of", "remarked"]

_RULES = {**MOVES, **PICKS, **COMPUTATIONS}


def remarked(frame: Frame, moment: Moment, trace: Trace) -> Frame:
    """Return the frame with what is to be said of its operation; the frame itself when there is nothing."""
    remark = remark_of(moment, trace)
    if remark is None:
        return frame
    return replace(frame, sentence=f"{frame.sentence} {remark.what}".strip(), why=frame.why or remark.why)


def remark_of(moment: Moment, trace: Trace) -> Remark | None:
    """Return what is to be said of a moment's operation; None for one that failed, or of which nothing is said."""
    if moment.step is None or not moment.step.outputs or not moment.step.inputs:
        return None
    operation = operation_of(moment, trace)
    rule = None if operation is None else _RULES.get(operation.op)
    return None if rule is None or operation is None or not operation.outputs else rule(operation)
