"""The one set of processes that runs this server's programs."""

from __future__ import annotations

import atexit
import sys
import threading
import types
from collections.abc import Sequence
from typing import cast

from explorer.compute.forks import Forks, LostError
from explorer.compute.jobs import Answer, Job
from explorer.compute.settings import workers_from_environment
from explorer.compute.stops import Stopped
from explorer.compute.turns import BusyError, Turns

_LONGEST_LINE = 200
_PATIENCE = 30.0
_HOLDER = "explorer-workers"


class Workers:
    """Sends each job to where its device is.

    Args:
        count: How many programs run at once on the CPU.
        preload: Names of modules that the processes import besides their own.
    """

    def __init__(self, count: int, preload: Sequence[str] = ()) -> None:
        self.forks = Forks(ahead=count, preload=preload)
        self._turns = Turns(count, _LONGEST_LINE, _PATIENCE)

    def start(self) -> None:
        """Start what runs programs on the CPU, and wait until it is warm.

        Raises:
            RuntimeError: It does not start; the log says why.
        """
        try:
            self.forks.start()
        except LostError as error:
            raise RuntimeError(str(error)) from None

    def call(self, job: Job) -> Answer:
        """Have a job done.

        Raises:
            Stopped: There is no answer, and this is why.
            RefusedError: The job makes no sense here.
        """
        try:
            with self._turns.turn():
                return self.forks.run(job)
        except BusyError as error:
            raise Stopped(str(error)) from None

    def close(self) -> None:
        """End all processes."""
        self.forks.close()


def workers() -> Workers:
    """Return the processes of this server.

    They are kept where Streamlit's reloading of changed modules does not reach; a reloaded module starts new ones,
    with its new code, and ends the old.
    """
    holder = sys.modules.setdefault(_HOLDER, types.ModuleType(_HOLDER))
    with _lock_of(holder):
        known = getattr(holder, "workers", None)
        if not isinstance(known, Workers):
            if known is not None:
                known.close()
            known = Workers(workers_from_environment())
            atexit.register(known.close)
            holder.workers = known  # type: ignore[attr-defined]
        return known


def _lock_of(holder: types.ModuleType) -> threading.Lock:
    return cast(threading.Lock, vars(holder).setdefault("lock", threading.Lock()))
