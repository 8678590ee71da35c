"""The one set of processes that runs this server's programs."""

from __future__ import annotations

import atexit
import logging
import re
import sys
import threading
import types
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from explorer.compute.conversation import EndedError
from explorer.compute.devices import devices, find
from explorer.compute.forks import Forks, LiveRun, LostError
from explorer.compute.jobs import Answer, Job, Look, Question, RefusedError
from explorer.compute.kept import KeptRuns
from explorer.compute.serving_worker import ServingWorker
from explorer.compute.settings import KEPT_SECONDS, kept_runs_from_environment, workers_from_environment
from explorer.compute.stops import Stopped, stopped_by_hand
from explorer.compute.turns import BusyError, GivenUpError, Turns
from explorer.compute.watch import Watch
from explorer.program.devices import ALWAYS, accelerator_names

_LOG = logging.getLogger("explorer.compute")
_LONGEST_LINE = 200
_PATIENCE = 30.0
_NAMES_ONE = re.compile(r"\b(cuda|mps|xpu|accelerator)\b")
_HOLDER = "explorer-workers"


class Workers:
    """Sends each job to where its device is.

    Args:
        count: How many programs run at once on the CPU.
        preload: Names of modules that the processes import besides their own.
    """

    def __init__(self, count: int, preload: Sequence[str] = ()) -> None:
        self.forks = Forks(ahead=count, preload=preload)
        self.kept = KeptRuns(kept_runs_from_environment(), KEPT_SECONDS)
        self._preload = preload
        self._turns = Turns(count, _LONGEST_LINE, _PATIENCE)
        self._serving: dict[str, ServingWorker] = {}
        self._lock = threading.Lock()

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
        answer, live = self._begin(job, Watch())
        if live is not None:
            live.end()
        return answer

    def begin(self, job: Job, watch: Watch | None = None, known: str = "") -> tuple[Answer, str]:
        """Have a job done, and keep its run for questions where the job and its answer say so.

        Processes of accelerators keep nothing: a question does the run again there.

        Args:
            job: What is to be done.
            watch: Follows the run, and may stop it.
            known: Token of a run; if it is one of the same program, it is looked at again instead.

        Returns:
            The answer, and the run's token; "" when there is nothing to ask.

        Raises:
            Stopped, RefusedError: As for `call`.
        """
        watch = watch or Watch()
        seen = self._look_again(job, watch, known)
        if seen is not None:
            return seen, known
        answer, live = self._begin(job, watch)
        more = job.keep and answer.header.get("more") is True
        return answer, self.kept.add(job, live) if more else ""

    def _look_again(self, job: Job, watch: Watch, known: str) -> Answer | None:
        """Look at a kept run; None where it is none of the job's program, or gone."""
        found = self.kept.find(known) if known else None
        if found is None or found[1] is None or not _same_program(job, found[0]):
            return None
        live, options = found[1], dict(job.options)
        try:
            with self._turns.turn(watch), watch.ended_by(live.end):
                watch.begin()
                return live.ask(Look(options.pop("lens"), options))
        except (BusyError, GivenUpError, Stopped, EndedError):
            self.kept.replace(known, None)
            if watch.stopped:
                raise stopped_by_hand(watch) from None
            return None  # it is run again, which has a line and limits of its own

    def ask(self, token: str, question: Question) -> Answer:
        """Ask about a run, which is done again if its process is gone.

        Raises:
            Stopped: There is no answer, and this is why.
            RefusedError: The question makes no sense, or the run is not known.
        """
        found = self.kept.find(token)
        if found is None:
            raise RefusedError("The server no longer knows this run. Reload the page to run the program again.")
        job, live = found
        try:
            if live is not None:
                with self._turns.turn():
                    return live.ask(question)
        except BusyError as error:
            raise Stopped(str(error)) from None
        except Stopped:
            self.kept.replace(token, None)  # it may still be at work
            raise
        except EndedError:
            _LOG.info("a run that was kept is gone; it is done again")
        options = {**job.options, "question": question}
        answer, live = self._begin(replace(job, task="question", options=options), Watch())
        self.kept.replace(token, live)
        return answer

    def _begin(self, job: Job, watch: Watch) -> tuple[Answer, LiveRun | None]:
        try:
            accelerator = _accelerator(job)
            if accelerator is not None:
                return self.serving(accelerator).run(job, watch), None
            with self._turns.turn(watch):
                watch.begin()
                return self.forks.begin(job, watch)
        except GivenUpError:
            raise stopped_by_hand(watch) from None
        except BusyError as error:
            raise Stopped(str(error)) from None

    def serving(self, device: str) -> ServingWorker:
        """Return what runs programs on one accelerator."""
        with self._lock:
            if device not in self._serving:
                turns = Turns(1, _LONGEST_LINE, _PATIENCE)
                self._serving[device] = ServingWorker(device, turns, self._preload)
            return self._serving[device]

    def close(self) -> None:
        """End all processes."""
        self.kept.close()
        self.forks.close()
        for worker in self._serving.values():
            worker.close()


def _same_program(one: Job, other: Job) -> bool:
    same = (one.source, one.device, one.seed, one.limits) == (other.source, other.device, other.seed, other.limits)
    return (
        same and one.inputs.keys() == other.inputs.keys() and all(one.inputs[k] is other.inputs[k] for k in one.inputs)
    )


def _accelerator(job: Job) -> str | None:
    """Return the accelerator whose process has to do a job; None for the CPU's.

    A program whose text names accelerators runs where they are, also when it starts on the CPU.

    Raises:
        RefusedError: There is no such device.
    """
    kind = job.device.partition(":")[0]
    if kind in ALWAYS and not (_NAMES_ONE.search(job.source) and accelerator_names()):
        return None
    allowed = devices()
    if kind in ALWAYS:
        return next((device.name for device in allowed if device.name not in ALWAYS), None)
    device = find(job.device, allowed)
    if device is None:
        names = ", ".join(device.name for device in allowed)
        raise RefusedError(f"no device {job.device!r} here; there are: {names}")
    return device.name


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
