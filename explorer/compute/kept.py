"""Runs that are over but not gone: live tensors too large for a picture, kept for questions about the rest of them.

A run is known by a token that nobody can guess: who has it has seen the run's picture. Only a few runs are kept alive,
and not for long; of the others the job is remembered, and a question does it again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from explorer.compute.forks import LiveRun
from explorer.compute.jobs import Job
from explorer.compute.settings import MAX_REMEMBERED, MAX_REMEMBERED_BYTES


@dataclass
class _Kept:
    """A run: what would do it again, and its process if that is alive, with the moment of the last question."""

    job: Job
    live: LiveRun | None
    used: float

    @property
    def nbytes(self) -> int:
        """Memory of what was uploaded for it."""
        return sum(getattr(value, "nbytes", 0) for value in self.job.inputs.values())


class KeptRuns:
    """The runs that can be asked about.

    Args:
        most: How many are alive at once; the one whose last question is longest ago goes first.
        idle_seconds: How long one is alive after its last question.
    """

    def __init__(self, most: int, idle_seconds: float) -> None:
        self._most = most
        self._idle_seconds = idle_seconds
        self._runs: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    @property
    def alive(self) -> int:
        """How many are alive now."""
        with self._lock:
            return sum(kept.live is not None for kept in self._runs.values())

    def add(self, job: Job, live: LiveRun | None) -> str:
        """Remember a run and return its token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._runs[token] = _Kept(job, live, time.monotonic())
        self._tidy()
        return token

    def find(self, token: str) -> tuple[Job, LiveRun | None] | None:
        """Return a run that is about to be asked; None when it is not known."""
        with self._lock:
            kept = self._runs.get(token)
            if kept is None:
                return None
            kept.used = time.monotonic()
            self._runs.move_to_end(token)
            return kept.job, kept.live

    def replace(self, token: str, live: LiveRun | None) -> None:
        """Note that a run was done again, or that its process is gone."""
        with self._lock:
            kept = self._runs.get(token)
            old, rest = (kept.live, None) if kept else (None, live)
            if kept:
                kept.live, kept.used = live, time.monotonic()
        for run in (old, rest):
            if run is not None:
                run.end()
        self._tidy()

    def forget(self, token: str) -> None:
        """Forget a run: its picture was replaced."""
        with self._lock:
            kept = self._runs.pop(token, None)
        if kept and kept.live:
            kept.live.end()

    def close(self) -> None:
        """Forget all of them."""
        with self._lock:
            runs, self._runs = self._runs, OrderedDict()
            timer, self._timer = self._timer, None
        if timer:
            timer.cancel()
        for kept in runs.values():
            if kept.live:
                kept.live.end()

    def _tidy(self) -> None:
        """End what is too many or idle, and look again when the next one may be."""
        with self._lock:
            ended = [*self._surplus(), *self._idle()]
            alive = [kept for kept in self._runs.values() if kept.live]
            if alive and self._timer is None:
                oldest = min(kept.used for kept in alive)
                self._timer = threading.Timer(max(0.05, oldest + self._idle_seconds - time.monotonic()), self._wake)
                self._timer.daemon = True
                self._timer.start()
        for run in ended:
            run.end()

    def _wake(self) -> None:
        with self._lock:
            self._timer = None
        self._tidy()

    def _surplus(self) -> list[LiveRun]:
        """Take out what is over the bounds, least recently used first."""
        ended = []
        while len(self._runs) > MAX_REMEMBERED or sum(k.nbytes for k in self._runs.values()) > MAX_REMEMBERED_BYTES:
            _, kept = self._runs.popitem(last=False)
            ended += [kept.live] if kept.live else []
        alive = [kept for kept in self._runs.values() if kept.live]
        return [*ended, *_let_go(alive[: max(0, len(alive) - self._most)])]

    def _idle(self) -> list[LiveRun]:
        then = time.monotonic() - self._idle_seconds
        return _let_go([kept for kept in self._runs.values() if kept.live and kept.used <= then])


def _let_go(runs: list[_Kept]) -> list[LiveRun]:
    live = [kept.live for kept in runs if kept.live]
    for kept in runs:
        kept.live = None
    return live
