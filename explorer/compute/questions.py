"""Questions about a run that is over but not gone: asked by the server, answered beside the live tensors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from explorer.compute.jobs import Question, What
from explorer.lenses.autograd.tensors import shown_tensors as autograd_tensors
from explorer.lenses.shapes.tensors import Shown, shown_tensors
from explorer.scene.decoding import DecodingError, decode_as
from explorer.scene.encoding import encode_as
from explorer.scene.parts import PART_MAGIC, SUMMARY_MAGIC, Part, Summary
from explorer.trace import Trace
from explorer.trace.parts import GoneError, live_of, place_window, read_part
from explorer.trace.statistics import statistics
from explorer.trace.values import KEEP_ELEMENTS, Statistics

_TENSORS: dict[str, Callable[[Trace], tuple[Shown, ...]]] = {
    "shapes": shown_tensors,
    "autograd": autograd_tensors,
}
_LONGEST_REFUSAL = 500


class Answers:
    """Answers questions about one run.

    Args:
        trace: The run, with its live tensors.
        lens: Name of the lens whose grids are asked about.
    """

    def __init__(self, trace: Trace, lens: str) -> None:
        self._shown = _TENSORS[lens](trace) if lens in _TENSORS else ()
        self._known: dict[int, Statistics] = {}

    @property
    def needed(self) -> bool:
        """Whether there is anything that the scene does not hold."""
        return any(shown.is_cut for shown in self._shown)

    def to(self, question: Question) -> bytes:
        """Return the encoded `Part` or `Summary`.

        Raises:
            ValueError: There is no such grid, or it is not there in this frame.
        """
        if not 0 <= question.grid < len(self._shown):
            raise ValueError(f"no grid {question.grid}")
        shown = self._shown[question.grid]
        if question.what == "part":
            return encode_as(_part(shown, question), PART_MAGIC)
        return encode_as(self._summary(shown, question), SUMMARY_MAGIC)

    def _summary(self, shown: Shown, question: Question) -> Summary:
        state, frames, overwritten = shown.at(question.frame)
        try:
            if id(state) not in self._known:
                self._known[id(state)] = statistics(live_of(state))
        except GoneError:
            return Summary(frames, state.numel, 0, 0, np.full(4, np.nan), (), _gone(overwritten))
        found = self._known[id(state)]
        moments = np.array([found.minimum, found.maximum, found.mean, found.std])
        return Summary(frames, found.count, found.nan_count, found.inf_count, moments, found.histogram)


def _part(shown: Shown, question: Question) -> Part:
    state, frames, overwritten = shown.at(question.frame)
    first = place_window(state, question.first)
    try:
        values = read_part(state, first)
    except GoneError:
        return Part(first, state.window, frames, None, _gone(overwritten))
    return Part(first, state.window, frames, values.reshape(-1))


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
