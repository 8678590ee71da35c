"""A page's program as it ran last in one browser tab, and the run of it that may be under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import streamlit as st

from explorer.compute.runs import Terms, forget
from explorer.compute.stops import Stopped
from explorer.compute.watch import Watch
from explorer.ui.evaluation import Evaluation, Start, evaluate
from explorer.ui.interim import stopped_by_hand, waiting
from explorer.ui.options import Value
from explorer.ui.running import Running

PATIENCE = 0.5
"""Seconds that a page waits for a run before it is drawn without its result."""

_Asked = tuple[object, ...]


class Latest:
    """What a page last knew of its program.

    Args:
        page: Prefix of its keys in the session.
        lens: The lens that the program is looked at through.
        correct: Told of each new result; returns the lens's options that it shows.
    """

    def __init__(self, page: str, lens: str, correct: Callable[[Evaluation], Mapping[str, Value]]) -> None:
        self._known, self._under_way = f"{page}/evaluation", f"{page}/running"
        self._lens = lens
        self._correct = correct

    @property
    def evaluation(self) -> Evaluation | None:
        """The last result; None before the first."""
        return self._last[1]

    @property
    def running(self) -> str:
        """The token of the run that is under way; "" where none is."""
        known = st.session_state.get(self._under_way)
        return known[1].token if known else ""

    def evaluate(self, start: Start, options: Mapping[str, Value]) -> Evaluation:
        """Run a program unless it ran last, or is running; return what there is to show of it by now."""
        uploads = tuple((name, id(array)) for name, array in start.inputs.items())
        asked = (start.source, start.device, uploads)
        known, before = self._last
        if before is not None and known == (*asked, options):
            self._only((), None)
            return before
        seen = before.run if before and known else ""  # of what is in doubt nothing is looked at again
        running = self._only((*asked, options), self._work(start, options, seen))
        if running is None or not running.wait(PATIENCE):
            return waiting(start.source, before)
        self._only((), None)
        try:
            evaluation = replace(running.result(), finished=not running.stopped)
            options = self._correct(evaluation)
        except Stopped as stopped:
            evaluation = stopped_by_hand(start, self._lens, before, stopped)
        if before is not None and before.run != evaluation.run:
            forget(before.run)
        st.session_state[self._known] = ((*asked, options), evaluation)
        return evaluation

    def _work(self, start: Start, options: Mapping[str, Value], known: str) -> Callable[[Watch], Evaluation]:
        """Return what runs a program; `known`: token of the run before, which may be one of the same program."""
        return lambda watch: evaluate(start, self._lens, options, Terms(keep=True, watch=watch, known=known))

    def doubt(self) -> None:
        """Have a program that was stopped run again when it is asked for again."""
        _, evaluation = self._last
        if evaluation is not None and not evaluation.finished:
            st.session_state[self._known] = ((), evaluation)

    @property
    def _last(self) -> tuple[_Asked, Evaluation | None]:
        return cast("tuple[_Asked, Evaluation | None]", st.session_state.get(self._known, ((), None)))

    def _only(self, asked: _Asked, work: Callable[[Watch], Evaluation] | None) -> Running[Evaluation] | None:
        """Return the run that was asked for, begun now unless it is under way; any other ends."""
        known = st.session_state.get(self._under_way)
        if known is not None and known[0] != asked:
            known[1].stop()
            known = None
        if known is None and work is not None:
            known = (asked, Running(work))
        st.session_state[self._under_way] = known
        return known[1] if known else None
