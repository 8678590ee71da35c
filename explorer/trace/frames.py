"""Follows the frames of a running program: its own functions, and the library functions that it calls.

`sys.settrace` reports both. Of the program's own frames it tells the lines, which count the passes of loops; of
library frames only those matter that the program calls itself, and the calls of modules inside them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.loops import Passes, Progress, loop_table
from explorer.trace.model import Position, Site
from explorer.trace.positions import SourceMap, is_transparent

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from explorer.trace.library import LibraryCalls

_MODULE_CALL: CodeType = torch.nn.Module._wrapped_call_impl.__code__
# from Python 3.12 on, switching tracing instruments all code anew
_CHEAP_TO_PAUSE = sys.version_info < (3, 12)
MAX_SITES = 32
FIRST_SITES = 8
_LocalTrace = Callable[["FrameType", str, Any], Any]


def _leave_tracing(_tracing: Any) -> None:  # noqa: ANN401 - a trace function
    """Let this thread be traced as before."""


# Makes a function trace this thread, or none, for what the recorder does inside the program. No Python function where
# that is worth it: its own call would be traced.
switch_tracing: Callable[[Any], None] = sys.settrace if _CHEAP_TO_PAUSE else _leave_tracing


class Activation:
    """One running call of one of the program's own functions; number 0 is the top level.

    `changed` says whether a line was run since its names were last looked at.
    """

    __slots__ = ("_tracker", "changed", "frame", "number", "outer", "passes", "stepped")

    def __init__(self, number: int, frame: FrameType, passes: Passes, tracker: FrameTracker) -> None:
        self.number = number
        self.frame = frame
        self.passes = passes
        self.changed = True
        self.stepped = False
        self.outer: tuple[Site, ...] | None = None
        self._tracker = tracker

    def trace(self, frame: FrameType, event: str, _arg: object) -> _LocalTrace:
        """Be told of each line, and of the return; this is the frame's `f_trace`."""
        if event in ("line", "return") and self._tracker.after_line is not None:
            self._tracker.after_line(self)
        if event == "line":
            self.changed = True
            self.passes.come_by(frame.f_lineno)
            if self._tracker.on_line is not None:
                self._tracker.on_line()
        elif event == "return":
            self._tracker.leave(self)
        return self.trace


class FrameTracker:
    """While started, knows which of the program's functions are running, and where each stands.

    Args:
        source_map: Positions in the program's text.
        filename: The filename that it was compiled with.
        library: Told of the library functions that the program calls.
        recording: The functions of the recorder that the program's calls come to; they are no library functions.
        left: Called with each activation that is about to end.
    """

    def __init__(
        self,
        source_map: SourceMap,
        filename: str,
        library: LibraryCalls,
        recording: frozenset[CodeType],
        left: Callable[[Activation], None],
    ) -> None:
        self.stack: list[Activation] = []
        self.on_line: Callable[[], None] | None = None
        self.after_line: Callable[[Activation], None] | None = None
        self._map = source_map
        self._loops = loop_table(source_map.source)
        self._filename = filename
        self._library = library
        self._recording = recording
        self._left = left
        self._count = 0
        self._following = False
        self._before: Any = None
        self._paused: Any = None

    @property
    def line(self) -> int:
        """The line that the program's innermost frame is at, or 0."""
        if not self.stack:
            return 0
        frame = self.stack[-1].frame
        return self._map.position(frame.f_code, frame.f_lasti).line

    @property
    def progress(self) -> Progress:
        """Where the outermost frame of the program stands, and in which pass of the outermost loop that is running."""
        passes = (activation.passes for activation in self.stack)
        found = next((found for found in (each.outermost() for each in passes) if found is not None), (0, 0))
        return Progress(self.stack[0].passes.line if self.stack else 0, *found)

    def expect(self, frame: FrameType, total: int) -> None:
        """Note how many passes a loop will make that begins on the line where `frame` is; 0: nobody knows."""
        if self.stack and self.stack[-1].frame is frame:
            self.stack[-1].passes.expect(frame.f_lineno, total)

    def start(self, running: FrameType | None = None) -> None:
        """Begin to follow the calling thread; `running` is a frame of the program that has begun already."""
        self._before = sys.gettrace()
        self._following = True
        sys.settrace(self.called)
        if running is not None:
            running.f_trace = self._enter(running).trace

    def stop(self) -> None:
        """Stop following, and give the thread back to whoever traced it before."""
        self._following = False
        sys.settrace(self._before)
        for activation in self.stack:
            if activation.frame.f_trace == activation.trace:
                activation.frame.f_trace = None

    def pause(self) -> bool:
        """Stop following for what the recorder itself does, which would cost more than the doing; tell if it did."""
        if not self._following or not _CHEAP_TO_PAUSE:
            return False
        self._paused = sys.gettrace()  # on a thread of the engine it is not our own
        sys.settrace(None)
        self._following = False
        return True

    def resume(self) -> None:
        """Follow again after a pause."""
        self._following = True
        sys.settrace(self._paused)

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """Follow inside a pause, where torch calls back into the program."""
        if self._following:
            yield
            return
        self.resume()
        try:
            yield
        finally:
            self.pause()

    def sites(self, position: Position) -> tuple[Site, ...]:
        """Return where each of the program's frames stands; the innermost one at `position`."""
        if not self.stack:
            return (Site("<module>", position, (), 0),)
        activation = self.stack[-1]
        if activation.outer is None:
            around = self.stack[:-1]
            if len(around) > MAX_SITES:  # of a deep recursion, the ends say enough
                around = [*around[:FIRST_SITES], *around[FIRST_SITES - MAX_SITES :]]
            activation.outer = tuple(self._site(outer) for outer in around)
        return (*activation.outer, self._site(activation, position))

    def leave(self, activation: Activation) -> None:
        """Note that a function of the program returns, yields or raises."""
        self._left(activation)
        if self.stack and self.stack[-1] is activation:
            self.stack.pop()
        elif activation in self.stack:
            del self.stack[self.stack.index(activation) :]

    def _site(self, activation: Activation, position: Position | None = None) -> Site:
        frame = activation.frame
        at = position or self._map.position(frame.f_code, frame.f_lasti)
        function = frame.f_code.co_qualname.replace("<locals>.", "")
        return Site(function, at, activation.passes.at(at.line), activation.number)

    def called(self, frame: FrameType, _event: str, _arg: object) -> _LocalTrace | None:
        """Be told of every Python function that is called, as a trace function; nearly all are of no interest."""
        code, above = frame.f_code, frame.f_back
        if code.co_filename == self._filename:
            return self._enter(frame).trace
        if code is _MODULE_CALL:
            return self._library.enter_module(frame, self._caller(above))
        if above is None or not self.stack:
            return None
        caller_file = above.f_code.co_filename
        if caller_file != self._filename and not is_transparent(caller_file):
            return None
        if is_transparent(code.co_filename) or code in self._recording:
            return None
        caller = self._caller(above)
        return None if caller is None else self._library.enter(frame, caller)

    def _caller(self, above: FrameType | None) -> FrameType | None:
        """Return the frame of the program that a call comes from; None when it comes from library code."""
        while above is not None and above.f_code.co_filename != self._filename:
            if not is_transparent(above.f_code.co_filename):
                return None
            above = above.f_back
        return above

    def _enter(self, frame: FrameType) -> Activation:
        known = getattr(frame.f_trace, "__self__", None)
        if isinstance(known, Activation):  # a generator that goes on
            activation = known
            activation.outer = None
        else:
            passes = Passes(self._loops.loops(frame.f_code))
            activation = Activation(self._count, frame, passes, self)
            self._count += 1
        self.stack.append(activation)
        return activation
