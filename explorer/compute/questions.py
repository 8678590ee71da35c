"""Questions about a run that is over but not gone: asked by the server, answered beside the live tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np

from explorer.compute.jobs import Question, What
from explorer.lenses.autograd.lens import values_shown
from explorer.lenses.autograd.tensors import cuts_gradients
from explorer.lenses.autograd.tensors import shown_tensors as autograd_tensors
from explorer.lenses.shapes.tensors import Shown, shown_tensors
from explorer.lenses.sources import Source
from explorer.lenses.values import ValueGrids
from explorer.scene import Grid
from explorer.scene.decoding import DecodingError, decode_as
from explorer.scene.encoding import encode_as
from explorer.scene.parts import PART_MAGIC, SUMMARY_MAGIC, Part, Summary
from explorer.trace import Trace
from explorer.trace.parts import GoneError, live_of, place_window, placed, read_part
from explorer.trace.statistics import statistics
from explorer.trace.values import KEEP_ELEMENTS, Statistics

# lenses that show values which lie in no tensor of the program
_VALUES: dict[str, Callable[..., ValueGrids]] = {"autograd": values_shown}
_TENSORS: dict[str, Callable[[Trace], tuple[Shown, ...]]] = {
    "shapes": shown_tensors,
    "autograd": autograd_tensors,
}
_LONGEST_REFUSAL = 500
# values that lie in no tensor of the program are the same in all frames
_ALWAYS = (0, 2**31 - 1)


class Answers:
    """Answers questions about one run.

    Args:
        trace: The run, with its live tensors.
        options: Options of the task that made the scene: `lens`, the name of the lens whose grids are asked about, and
            what it was asked for.
    """

    def __init__(self, trace: Trace, options: Mapping[str, Any]) -> None:
        lens = options["lens"]
        self._trace, self._options = trace, options
        self._shown = _TENSORS[lens](trace) if lens in _TENSORS else ()
        self._known: dict[int, Statistics] = {}

    @property
    def needed(self) -> bool:
        """Whether there is anything that the scene does not hold."""
        if any(shown.is_cut for shown in self._shown):
            return True
        return self._options["lens"] in _VALUES and cuts_gradients(self._trace)

    @cached_property
    def _values(self) -> ValueGrids | None:
        """The values that lie in no tensor of the program; the lens looks once more."""
        lens = self._options["lens"]
        asked = {name: value for name, value in self._options.items() if name not in ("lens", "question", "title")}
        return _VALUES[lens](self._trace, **asked) if lens in _VALUES else None

    def to(self, question: Question) -> bytes:
        """Return the encoded `Part` or `Summary`.

        Raises:
            ValueError: There is no such grid, or it is not there in this frame.
        """
        if 0 <= question.grid < len(self._shown):
            shown = self._shown[question.grid]
            part, summary = partial(_part, shown), partial(self._summary, shown)
        else:
            grid, source = self._value(question.grid)
            part, summary = partial(_part_of_value, grid, source), partial(self._summary_of_value, source)
        if question.what == "part":
            return encode_as(part(question), PART_MAGIC)
        return encode_as(summary(question), SUMMARY_MAGIC)

    def _value(self, number: int) -> tuple[Grid, Source]:
        place = number - self._values.first_grid if self._values is not None else -1
        if self._values is None or not 0 <= place < len(self._values.grids):
            raise ValueError(f"no grid {number}")
        return self._values.grids[place], self._values.sources[place]

    def _summary_of_value(self, source: Source, _question: Question) -> Summary:
        try:
            if id(source) not in self._known:
                self._known[id(source)] = statistics(source.all_of_it())
        except GoneError:
            return Summary(_ALWAYS, math.prod(source.shape), 0, 0, np.full(4, np.nan), (), _rest_gone(source))
        return _told(self._known[id(source)], _ALWAYS)

    def _summary(self, shown: Shown, question: Question) -> Summary:
        state, frames, overwritten = shown.at(question.frame)
        try:
            if id(state) not in self._known:
                self._known[id(state)] = statistics(live_of(state))
        except GoneError:
            return Summary(frames, state.numel, 0, 0, np.full(4, np.nan), (), _gone(overwritten))
        return _told(self._known[id(state)], frames)


def _part(shown: Shown, question: Question) -> Part:
    state, frames, overwritten = shown.at(question.frame)
    first = place_window(state, question.first)
    try:
        values = read_part(state, first)
    except GoneError:
        return Part(first, state.window, frames, None, _gone(overwritten))
    return Part(first, state.window, frames, values.reshape(-1))


def _part_of_value(grid: Grid, source: Source, question: Question) -> Part:
    first = placed(question.first, grid.shape, grid.window)
    try:
        values = source.read(first, grid.window)
    except GoneError:
        return Part(first, grid.window, _ALWAYS, None, _rest_gone(source))
    return Part(first, grid.window, _ALWAYS, values.reshape(-1))


def _told(found: Statistics, frames: tuple[int, int]) -> Summary:
    moments = np.array([found.minimum, found.maximum, found.mean, found.std])
    return Summary(frames, found.count, found.nan_count, found.inf_count, moments, found.histogram)


def _rest_gone(source: Source) -> str:
    if source.has_rest:
        return _gone(None)
    return "Too much passed to keep it all: of this, only the corner was recorded."


def _gone(overwritten: int | None) -> str:
    when = "later in the program" if overwritten is None else f"at step {overwritten + 1}"
    return f"Overwritten {when}: of what was there before, only the corner that was recorded is known."


def checked(answer: bytes, what: What) -> bytes:
    """Return an answer as the stage may have it; whoever wrote it.

    Raises:
        DecodingError: It is no answer to such a question.
    """
    if what == "part":
        part = decode_as(answer, PART_MAGIC, Part)
        _check_part(part)
        return encode_as(part, PART_MAGIC)
    summary = decode_as(answer, SUMMARY_MAGIC, Summary)
    _check_summary(summary)
    return encode_as(summary, SUMMARY_MAGIC)


def _check_part(part: Part) -> None:
    count = math.prod(part.window)
    if len(part.window) > 64 or any(size < 0 for size in part.window) or count > KEEP_ELEMENTS:
        raise DecodingError("a window is larger than what is shown of a tensor")
    if len(part.first) != len(part.window) or any(index < 0 for index in part.first):
        raise DecodingError("a window begins at one index for each dimension")
    if part.values is None and not part.refused:
        raise DecodingError("neither values nor why there are none")
    if part.values is not None and part.values.size != count:
        raise DecodingError("a window has one value for each of its elements")
    _check_refusal(part.refused)


def _check_summary(summary: Summary) -> None:
    if summary.moments.dtype != np.float64 or summary.moments.size != 4:
        raise DecodingError("four numbers are expected")
    if len(summary.histogram) > 1000 or any(count < 0 for count in summary.histogram):
        raise DecodingError("a histogram counts elements")
    if min(summary.count, summary.nan_count, summary.inf_count) < 0:
        raise DecodingError("a count is negative")
    _check_refusal(summary.refused)


def _check_refusal(text: str) -> None:
    if len(text) > _LONGEST_REFUSAL:
        raise DecodingError("a refusal is a sentence")
