"""The server's side of the process that runs programs on one device."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from explorer.compute.conversation import Connection, EndedError, converse
from explorer.compute.environment import environment
from explorer.compute.jobs import READY, Answer, Job, ProtocolError, receive_frame
from explorer.compute.stops import Stopped, exited, killed, running_line, stopped_by_hand
from explorer.compute.turns import Turns
from explorer.compute.watch import Watch

_LOG = logging.getLogger("explorer.compute")
_START_SECONDS = 120.0
_END_SECONDS = 5.0


class _Process:
    """One process that serves, from its start to its end."""

    def __init__(self, device: str, preload: Sequence[str]) -> None:
        channel, theirs = socket.socketpair()
        dump, their_dump = os.pipe()
        self.connection = Connection(channel, dump)
        module = [sys.executable, "-P", "-m", "explorer.compute.serving"]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [*module, str(theirs.fileno()), str(their_dump), device, *preload],
                env=environment(accelerators=True),
                pass_fds=[theirs.fileno(), their_dump],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            theirs.close()
            os.close(their_dump)

    def wait_until_ready(self) -> None:
        """Wait until it can take a job.

        Raises:
            EndedError: It cannot, and never will.
        """
        try:
            letter, _ = receive_frame(self.connection.channel, time.monotonic() + _START_SECONDS, 0)
        except (OSError, EOFError, ProtocolError):
            raise EndedError from None
        if letter != READY or self._process.poll() is not None:
            raise EndedError

    def ending(self, job: Job) -> Stopped:
        """Return what to say of a job during which the process ended."""
        status = self._process.wait(_END_SECONDS)
        dump = self.connection.read_dump()
        _LOG.warning("a run on %s ended with status %d: %s", job.device, status, dump.decode(errors="replace"))
        line = running_line(dump)
        return killed(-status, job.limits, line) if status < 0 else exited(status, line)

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """End it, and wait until it is gone."""
        self.kill()
        self._process.wait()
        self.connection.close()


class ServingWorker:
    """Runs jobs on one device, one after the other, in one process; a new one after a crash.

    Args:
        device: Name of the device that the process wakes.
        turns: Who may go when; one at a time.
        preload: Names of modules that the process imports besides its own.
    """

    def __init__(self, device: str, turns: Turns, preload: Sequence[str] = ()) -> None:
        self._device = device
        self._turns = turns
        self._preload = preload
        self._process: _Process | None = None

    def run(self, job: Job, watch: Watch | None = None) -> Answer:
        """Have a job done; who stops it through `watch` ends the process.

        Raises:
            Stopped, RefusedError: As `converse` does, also when the process crashed.
            BusyError: Too many wait.
            GivenUpError: It was stopped before its turn came.
        """
        watch = watch or Watch()
        with self._turns.turn(watch):
            process = self._ready()
            watch.begin()
            try:
                with watch.ended_by(process.kill):
                    return converse(process.connection, job, watch)
            except EndedError:
                stopped = stopped_by_hand(watch) if watch.stopped else process.ending(job)
                self._end()
                raise stopped from None
            except Stopped:
                self._end()  # it may still be at work
                raise

    def close(self) -> None:
        """End the process; waits for the run that is under way."""
        with self._turns.turn():
            self._end()

    def _ready(self) -> _Process:
        """Return the process, when it can take a job; a new one if it cannot go on."""
        for _ in range(2):
            self._process = self._process or _Process(self._device, self._preload)
            try:
                self._process.wait_until_ready()
            except EndedError:
                self._end()
            else:
                return self._process
        raise Stopped(f"The explorer cannot run programs on {self._device} now; the server's log says why.")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.close()
