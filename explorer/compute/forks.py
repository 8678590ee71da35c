"""The server's side of the process that forks: one fork for each run, some of them waiting ahead."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.compute.conversation import Connection, EndedError, ask, converse
from explorer.compute.environment import environment
from explorer.compute.jobs import END, FORK, REQUEST, STATUS, Answer, Job, Look, Question, readable, send_stop
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped, exited, killed, overran, running_line, stopped_by_hand
from explorer.compute.watch import Watch
from explorer.lenses import LENSES

_LOG = logging.getLogger("explorer.compute")
_START_SECONDS = 120.0
_END_SECONDS = 2.0
_LENSES = list(LENSES)
_LAYERS = ("capabilities", "landlock", "seccomp")


class LostError(Exception):
    """The process that forks is gone, and its forks with it."""


@dataclass(frozen=True)
class _Fork:
    """A fork as the server knows it: its number, the connection, and where its end is told."""

    number: int
    connection: Connection
    status: int

    def ask_to_stop(self) -> None:
        """Ask the program that runs in it to stop at its next line."""
        with contextlib.suppress(OSError):  # it has just ended
            send_stop(self.connection.channel)

    def close(self) -> None:
        self.connection.close()
        os.close(self.status)


class Zygote:
    """The process that forks, from its start to its end.

    Args:
        preload: Names of modules that it imports besides its own, before it gives up its privileges.

    Attributes:
        pid: Its process number.
    """

    def __init__(self, preload: Sequence[str] = ()) -> None:
        self._control, theirs = socket.socketpair()
        self._folder = tempfile.TemporaryDirectory(prefix="explorer-")
        command = [sys.executable, "-P", "-m", "explorer.compute.zygote", str(theirs.fileno()), *preload]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                cwd=self._folder.name,
                env=environment(accelerators=False),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.pid = self._process.pid
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()

    def wait_until_ready(self) -> None:
        """Wait until it has torch imported.

        Raises:
            LostError: It did not start.
        """
        self._control.settimeout(_START_SECONDS)
        try:
            said = self._control.recv(4096)
        except OSError:
            said = b""
        self._control.settimeout(None)
        if not said:
            raise LostError("the process that runs programs did not start; the server's log says why")
        missing = [layer for layer in _LAYERS if layer not in json.loads(said)["layers"]]
        if missing:
            _LOG.warning("programs run without %s here: see Settings in README.md", ", ".join(missing))

    def fork(self, lens: str) -> _Fork:
        """Ask for a fork.

        Args:
            lens: Through which its run will probably be looked at: what that writes to is copied ahead.

        Raises:
            LostError: It is gone.
        """
        channel, their_channel = socket.socketpair()
        status, their_status = os.pipe()
        dump, their_dump = os.pipe()
        fork = _Fork(next(self._numbers), Connection(channel, dump), status)
        try:
            with self._sending:
                ends = [their_channel.fileno(), their_status, their_dump]
                socket.send_fds(self._control, [REQUEST.pack(FORK, _LENSES.index(lens), fork.number)], ends)
        except OSError:
            fork.close()
            raise LostError("the process that runs programs is gone") from None
        finally:
            their_channel.close()
            os.close(their_status)
            os.close(their_dump)
        return fork

    def end(self, fork: _Fork) -> None:
        """End a fork, whatever it does."""
        try:
            with self._sending:
                self._control.sendall(REQUEST.pack(END, 0, fork.number))
        except OSError:
            return  # gone, and the fork with it

    def close(self, patience: float = _END_SECONDS) -> None:
        """End the process and its forks; kill it when it does not end by itself in so many seconds."""
        self._control.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


class LiveRun:
    """A run that is over, in a fork that stays for questions.

    Args:
        zygote: The process that made the fork.
        fork: The fork.
        limits: What the run may use; each question may take as much time.
    """

    def __init__(self, zygote: Zygote, fork: _Fork, limits: Limits) -> None:
        self._zygote = zygote
        self._fork = fork
        self._limits = limits
        self._ended = False
        self._lock = threading.Lock()

    def ask(self, question: Question | Look) -> Answer:
        """Ask it; one question at a time.

        Raises:
            EndedError: The fork is gone.
            Stopped, RefusedError: As `ask` of a conversation.
        """
        with self._lock:
            if self._ended:
                raise EndedError
            return ask(self._fork.connection, question, self._limits)

    def end(self) -> None:
        """End the fork, also in the middle of an answer."""
        self._zygote.end(self._fork)
        with self._lock:  # whoever waits for an answer has to let go of the connection before it is closed
            if not self._ended:
                self._ended = True
                self._fork.close()


class Forks:
    """Runs jobs, each in a fork of its own.

    Args:
        ahead: How many forks wait for a job.
        preload: As for `Zygote`.
    """

    def __init__(self, ahead: int, preload: Sequence[str] = ()) -> None:
        self._ahead = ahead
        self._preload = preload
        self._zygote: Zygote | None = None
        self._waiting: deque[_Fork] = deque()
        # people stay on a page: the next run is looked at as the last one was
        self._lens = _LENSES[0]
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The number of the process that forks; None when there is none."""
        return self._zygote.pid if self._zygote else None

    def start(self) -> None:
        """Start the process that forks, unless it runs; wait until it is ready.

        Raises:
            LostError: It does not start.
        """
        with self._lock:
            if self._zygote is None:
                zygote = Zygote(self._preload)
                try:
                    zygote.wait_until_ready()
                except BaseException:  # Ctrl+C, too
                    zygote.close(patience=0)
                    raise
                self._zygote = zygote
                self._waiting.extend(zygote.fork(self._lens) for _ in range(self._ahead))

    def run(self, job: Job) -> Answer:
        """Have a job done in a fork that ends then.

        Raises:
            Stopped, RefusedError: As `converse` does, also when the process crashed.
        """
        answer, kept = self.begin(job, Watch())
        if kept is not None:
            kept.end()
        return answer

    def begin(self, job: Job, watch: Watch) -> tuple[Answer, LiveRun | None]:
        """Have a job done; its fork stays for questions where the job and its answer say so.

        Raises:
            Stopped, RefusedError: As for `run`, also when somebody stopped it through `watch`.
        """
        for _ in range(2):
            try:
                return self._begin(job, watch)
            except LostError as error:
                lost = error
                self.close()
        raise Stopped(f"The explorer cannot run programs now: {lost}.")

    def close(self) -> None:
        """End all processes; the next run starts new ones."""
        with self._lock:
            zygote, self._zygote = self._zygote, None
            waiting, self._waiting = self._waiting, deque()
        for fork in waiting:
            fork.close()
        if zygote:
            zygote.close()

    def _begin(self, job: Job, watch: Watch) -> tuple[Answer, LiveRun | None]:
        zygote, fork = self._take(str(job.options.get("lens", _LENSES[0])))
        kept = None
        try:
            with watch.ended_by(lambda: zygote.end(fork), fork.ask_to_stop):
                answer = converse(fork.connection, job, watch)
            if job.keep and answer.header.get("more") is True:
                kept = LiveRun(zygote, fork, job.limits)
            return answer, kept
        except EndedError:
            raise stopped_by_hand(watch) if watch.stopped else _ending(fork, job) from None
        finally:
            if kept is None:
                zygote.end(fork)
                fork.close()

    def _take(self, lens: str) -> tuple[Zygote, _Fork]:
        """Return a fork for a job, and have another one wait in its place."""
        self.start()
        with self._lock:
            if self._zygote is None:
                raise LostError("it was ended")
            self._lens = lens
            fork = self._waiting.popleft() if self._waiting else self._zygote.fork(lens)
            if len(self._waiting) < self._ahead:
                self._waiting.append(self._zygote.fork(lens))
            return self._zygote, fork


def _ending(fork: _Fork, job: Job) -> Exception:
    """Return what to raise for a fork that ended without an answer."""
    told = os.read(fork.status, STATUS.size) if readable(fork.status, _END_SECONDS) else b""
    if len(told) < STATUS.size:
        return LostError("the process that forks is gone")
    (status,) = STATUS.unpack(told)
    dump = fork.connection.read_dump()
    _LOG.warning("a run ended with status %d: %s", status, dump.decode(errors="replace"))
    line = running_line(dump)
    if dump.startswith(b"Timeout ("):  # whatever ended it then, its time was over
        return overran(job.limits, line)
    if os.WIFSIGNALED(status):
        return killed(os.WTERMSIG(status), job.limits, line)
    return exited(os.waitstatus_to_exitcode(status), line)
