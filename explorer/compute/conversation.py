"""The server's side of one run: send the job, wait for the answer, not for ever."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from dataclasses import dataclass

from explorer.compute.jobs import (
    FAILED,
    HEADER,
    MAX_HEADER_BYTES,
    PAYLOAD,
    RAN,
    Answer,
    Job,
    ProtocolError,
    RefusedError,
    read_header,
    readable,
    receive_frame,
    send_job,
)
from explorer.compute.settings import GRACE_SECONDS, MAX_TRACE_BYTES
from explorer.compute.stops import Stopped, lens_overran, out_of_memory, overran, running_line, unreadable

_LOG = logging.getLogger("explorer.compute")
# for a program that has stopped at its limit and is only being written down
_FINISHING_SECONDS = 2.0
_MAX_DUMP = 65_536


class EndedError(Exception):
    """The process went away before it answered."""


@dataclass(frozen=True)
class Connection:
    """The server's ends: the channel, and the reading end of the pipe that the process dumps its stack to."""

    channel: socket.socket
    dump: int

    def close(self) -> None:
        """Close both."""
        self.channel.close()
        os.close(self.dump)

    def read_dump(self) -> bytes:
        """Return what was dumped since the last look."""
        with contextlib.suppress(OSError):
            if readable(self.dump, 0):
                return os.read(self.dump, _MAX_DUMP)
        return b""


def converse(connection: Connection, job: Job) -> Answer:
    """Have a job done.

    Raises:
        Stopped: There is no answer, and this is why.
        RefusedError: The job makes no sense where it was sent.
        EndedError: The process went away.
    """
    try:
        connection.channel.settimeout(job.limits.seconds + GRACE_SECONDS)
        send_job(connection.channel, job)
        return _answer(connection, job)
    except (EOFError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise lens_overran(job.limits) from None
        raise EndedError from None
    except ProtocolError as error:
        _LOG.warning("a run was discarded: %s", error)
        raise unreadable() from None


def _answer(connection: Connection, job: Job) -> Answer:
    _await_program(connection, job)
    deadline = time.monotonic() + job.limits.seconds + GRACE_SECONDS
    letter, content = receive_frame(connection.channel, deadline, MAX_HEADER_BYTES)
    if letter == RAN:
        deadline = time.monotonic() + job.limits.seconds + GRACE_SECONDS
        letter, content = receive_frame(connection.channel, deadline, MAX_HEADER_BYTES)
    header = read_header(content)
    if letter == FAILED:
        raise _failure(header, job)
    if letter != HEADER:
        raise ProtocolError("no header")
    letter, payload = receive_frame(connection.channel, deadline, MAX_TRACE_BYTES)
    if letter != PAYLOAD:
        raise ProtocolError("no payload")
    return Answer(header, payload)


def _await_program(connection: Connection, job: Job) -> None:
    """Wait until the program ended, or stop waiting shortly after its limit."""
    limit = job.limits.seconds + GRACE_SECONDS
    if readable(connection.channel.fileno(), limit):
        return
    dump = connection.read_dump()
    line = running_line(dump)
    # a stack without the program in it: the program stopped in time, and its trace is being finished
    if dump and not line and readable(connection.channel.fileno(), _FINISHING_SECONDS):
        return
    raise overran(job.limits, line)


def _failure(header: dict[str, object], job: Job) -> Exception:
    reason, message = header.get("reason"), str(header.get("message"))[:1000]
    if reason == "refused":
        return RefusedError(message)
    if reason == "memory":
        return out_of_memory(job.limits)
    _LOG.error("the explorer failed while a program ran: %s", str(header.get("detail"))[:8000])
    return Stopped(f"This is a fault of the explorer, not of the program ({message}).")
