"""Makes steps of what the program writes into tensors through NumPy arrays that share their memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.graph import Origin
from explorer.trace.kinds import NUMPY_WRITE
from explorer.trace.steps import Before, Made

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explorer.trace.frames import Activation
    from explorer.trace.recorder import Recorder


class ArrayWrites:
    """Looks for writes through arrays for a recorder, from the first storage on that NumPy and torch share."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def note_call(self, arguments: tuple[Any, ...], result: object, tensors: Iterable[torch.Tensor]) -> None:
        """Note the arrays of a call; once a storage is shared, look after each line for what NumPy wrote."""
        arrays, frames = self._recorder.arrays, self._recorder.frames
        arrays.note_call(arguments, result, tensors)
        if arrays.sharing and frames.after_line is None:
            arrays.refresh()
            frames.after_line = self._ran_line

    def note_writes(self) -> None:
        """Make a step of what was written through NumPy since the last look, if anything was."""
        recorder = self._recorder
        if not recorder.arrays.sharing or recorder.library.open or not recorder.frames.stack:
            return
        line = recorder.frames.stack[-1].passes.line
        changed = recorder.arrays.written()
        if not changed or not line:
            return
        position = recorder.map.statement(line)
        if not recorder.budget.takes(position, NUMPY_WRITE):
            return
        recorder.states.frozen = True
        recorder.settle_names()
        before = Before.of(recorder.states, changed)
        recorder.states.frozen = False
        for tensor in changed:
            recorder.states.note_write(tensor)
        origin = Origin(NUMPY_WRITE, position.line, recorder.map.text(position))
        recorder.add(recorder.step(Made(NUMPY_WRITE, changed, written=True), before, position, origin), None)

    def _ran_line(self, activation: Activation) -> None:
        """Make a step of what the line that has just run wrote through NumPy."""
        stack = self._recorder.frames.stack
        if stack and stack[-1] is activation:
            with torch._C.DisableTorchFunction():
                self.note_writes()
