"""Recording of ordinary Python: `with explorer.record() as recording:` in a script or a notebook."""

from __future__ import annotations

import html
import io
import linecache
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

import torch

from explorer.trace.model import Print, ProgramError, Trace
from explorer.trace.positions import raised_at
from explorer.trace.recorder import Recorder, Subject

if TYPE_CHECKING:
    from types import FrameType, TracebackType

FRAME_HEIGHT = 760


class Recording:
    """What `explorer.record` returns: after its `with` block, the Trace of all that the block did.

    Its attributes are those of the trace (`recording.steps`); `recording.trace` is the trace itself. In a notebook
    it shows itself as a scene that can be stepped through. Steps are the torch calls that stand in the block's own
    file or cell; what they do elsewhere is in their details.

    Args:
        render: Makes a page of a trace, as one self-contained HTML text.
    """

    def __init__(self, render: Callable[[Trace], str]) -> None:
        self._render = render
        self._trace: Trace | None = None
        self._recorder: Recorder | None = None
        self._frame: FrameType | None = None
        self._output: _Listened | None = None

    @property
    def trace(self) -> Trace:
        """The trace.

        Raises:
            RuntimeError: The `with` block has not ended.
        """
        if self._trace is None:
            raise RuntimeError("a recording has no trace before its with block has ended")
        return self._trace

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the trace's attributes
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.trace, name)

    def __enter__(self) -> Recording:
        if self._recorder is not None:
            raise RuntimeError("a recording is made once: call explorer.record() again")
        self._frame = frame = sys._getframe(1)
        filename = frame.f_code.co_filename
        source = "".join(linecache.getlines(filename, frame.f_globals))
        recorder = Recorder(Subject(source, filename, frame.f_locals), max_steps=None, running=frame)
        self._recorder = recorder
        self._output = sys.stdout = _Listened(sys.stdout, lambda: len(recorder.steps) - 1, frame.f_code.co_filename)
        recorder.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        recorder, output, frame = self._recorder, self._output, self._frame
        if recorder is None or output is None or frame is None:
            raise RuntimeError("the recording was not begun")
        frame.f_locals  # noqa: B018 - reading it brings the names of a function up to date
        recorder.__exit__(kind, error, at)
        sys.stdout = output.stream
        self._frame = None
        self._trace = Trace(
            source=recorder.source,
            device=str(torch.get_default_device()),
            seed=torch.initial_seed(),
            output="".join(piece.text for piece in output.pieces),
            error=None if error is None else _error(error, recorder, frame.f_code.co_filename),
            steps=tuple(recorder.steps),
            graph=recorder.graph(),
            backward=tuple(recorder.backward.events),
            engine_runs=tuple(recorder.backward.runs),
            bindings=tuple(recorder.names.bindings),
            prints=tuple(output.pieces),
            omitted=recorder.budget.omitted,
            arrays=tuple(recorder.arrays.bindings) if recorder.arrays.active else (),
            calls=tuple(recorder.calls),
        )

    def _repr_html_(self) -> str | None:
        """Show the scene in a notebook, in a frame of its own."""
        if self._trace is None:
            return None
        page = html.escape(self._render(self._trace), quote=True)
        return (
            f'<iframe srcdoc="{page}" title="Tensor Explorer: the recorded steps" sandbox="allow-scripts"'
            f' style="width: 100%; height: {FRAME_HEIGHT}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        if self._trace is None:
            return "<Recording: not ended>"
        return f"<Recording: {len(self._trace.steps)} steps>"


class _Listened(io.TextIOBase):
    """Passes text on to a stream, and keeps it with the step and the line that it belongs to."""

    def __init__(self, stream: TextIO, last_step: Callable[[], int], filename: str) -> None:
        self.stream = stream
        self.pieces: list[Print] = []
        self._last_step = last_step
        self._filename = filename

    def write(self, text: str) -> int:
        """Write as the stream does; what one `print` writes in parts is one piece."""
        line, step = self._line(), self._last_step()
        last = self.pieces[-1] if self.pieces else None
        if last is not None and (last.step, last.line) == (step, line) and not last.text.endswith("\n"):
            self.pieces[-1] = Print(last.text + text, step, line)
        else:
            self.pieces.append(Print(text, step, line))
        return self.stream.write(text)

    def flush(self) -> None:
        """Flush the stream."""
        self.stream.flush()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the stream's attributes
        return getattr(self.stream, name)

    def _line(self) -> int:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename != self._filename:
            frame = frame.f_back
        return 0 if frame is None else frame.f_lineno


def _error(error: BaseException, recorder: Recorder, filename: str) -> ProgramError:
    position = raised_at(error.__traceback__, recorder.map, filename)
    failed = recorder.failed if recorder.failed is not None and recorder.failed.error is error else None
    message = str(error) or type(error).__name__
    return ProgramError(
        kind=type(error).__name__,
        message=message,
        line=position.line,
        column=position.column,
        hint="",
        end_line=position.end_line,
        end_column=position.end_column,
        detail=message,
        op=failed.op if failed else "",
        operands=tuple(recorder.states.state(tensor) for tensor in failed.tensors) if failed else (),
        node=recorder.backward.node_of(error),
    )
