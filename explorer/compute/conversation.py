"""The server's side of one run: send the job, wait for the answer, not for ever."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from explorer.compute.jobs import (
    FAILED,
    HEADER,
    MAX_HEADER_BYTES,
    PAYLOAD,
    PROGRESS,
    RAN,
    Answer,
    Job,
    Look,
    ProtocolError,
    Question,
    RefusedError,
    read_header,
    read_progress,
    readable,
    receive_frame,
    send_job,
)
from explorer.compute.settings import GRACE_SECONDS, MAX_PART_BYTES, MAX_SCENE_BYTES, MAX_TRACE_BYTES, Limits
from explorer.compute.stops import Stopped, lens_overran, out_of_memory, overran, running_line, unanswered, unreadable
from explorer.compute.watch import Watch

_LOG = logging.getLogger("explorer.compute")
# for a program that has stopped at its limit and is only being written down
_FINISHING_SECONDS = 2.0
_DUMPING_SECONDS = 1.0
_PIECE_SECONDS = 0.05
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


def converse(connection: Connection, job: Job, watch: Watch) -> Answer:
    """Have a job done; `watch` hears how far it is.

    Raises:
        Stopped: There is no answer, and this is why.
        RefusedError: The job makes no sense where it was sent.
        EndedError: The process went away.
    """
    late = unanswered(job.limits) if job.task == "question" else lens_overran(job.limits)
    connection.channel.settimeout(job.limits.seconds + GRACE_SECONDS)
    return _talk(connection, job, late, lambda: _answer(connection, job, watch))


def ask(connection: Connection, question: Question | Look, limits: Limits) -> Answer:
    """Ask about a run that is over.

    Raises:
        Stopped, RefusedError, EndedError: As `converse`.
    """
    most = MAX_SCENE_BYTES if isinstance(question, Look) else MAX_PART_BYTES

    def answer() -> Answer:
        deadline = time.monotonic() + limits.seconds
        letter, content = receive_frame(connection.channel, deadline, MAX_HEADER_BYTES)
        return _rest_of_answer(connection, letter, content, limits, (deadline, most))

    connection.channel.settimeout(limits.seconds)
    return _talk(connection, question, unanswered(limits), answer)


def _talk(connection: Connection, said: Job | Question | Look, late: Stopped, answer: Callable[[], Answer]) -> Answer:
    """Say something and wait for the answer; raise `late` when it does not come in time."""
    try:
        send_job(connection.channel, said)
        return answer()
    except (EOFError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise late from None
        raise EndedError from None
    except ProtocolError as error:
        _LOG.warning("a run was discarded: %s", error)
        raise unreadable() from None


def _answer(connection: Connection, job: Job, watch: Watch) -> Answer:
    letter, content = _end_of_program(connection, job, watch)
    deadline = time.monotonic() + job.limits.seconds + GRACE_SECONDS
    if letter == RAN:
        watch.note_ran()
        deadline = time.monotonic() + job.limits.seconds + GRACE_SECONDS
        letter, content = receive_frame(connection.channel, deadline, MAX_HEADER_BYTES)
    return _rest_of_answer(connection, letter, content, job.limits, (deadline, MAX_TRACE_BYTES))


def _rest_of_answer(
    connection: Connection, letter: bytes, content: bytes, limits: Limits, within: tuple[float, int]
) -> Answer:
    """Return the answer whose first frame is there; `within` are its deadline and how many bytes it may have."""
    header = read_header(content)
    if letter == FAILED:
        raise _failure(header, limits)
    if letter != HEADER:
        raise ProtocolError("no header")
    letter, payload = receive_frame(connection.channel, *within)
    if letter != PAYLOAD:
        raise ProtocolError("no payload")
    return Answer(header, payload)


def _end_of_program(connection: Connection, job: Job, watch: Watch) -> tuple[bytes, bytes]:
    """Return the first frame after the program ended; stop waiting for it shortly after the program's limit."""
    limit = time.monotonic() + job.limits.seconds + GRACE_SECONDS
    frame = _frame_after_progress(connection, limit, watch)
    if frame is not None:
        return frame
    dump = _dump_of(connection)
    line = running_line(dump)
    # a stack without the program in it: the program stopped in time, and its trace is being finished; one that came
    # by a line a moment ago stops at the next, which may take its time on a busy machine
    if (dump and not line) or watch.is_moving:
        frame = _frame_after_progress(connection, time.monotonic() + _FINISHING_SECONDS, watch)
    if frame is None:
        raise overran(job.limits, line, watch.progress)
    return frame


def _dump_of(connection: Connection) -> bytes:
    """Return the stack that the watchdog writes, in pieces, as far as the innermost line of the program."""
    readable(connection.dump, _DUMPING_SECONDS)  # on a busy machine the watchdog is late
    dump = connection.read_dump()
    while not running_line(dump) and readable(connection.dump, _PIECE_SECONDS):
        piece = connection.read_dump()
        if not piece:
            break
        dump += piece
    return dump


def _frame_after_progress(connection: Connection, limit: float, watch: Watch) -> tuple[bytes, bytes] | None:
    """Return the first frame that begins before `limit` and is no progress; progress is passed on."""
    while readable(connection.channel.fileno(), limit - time.monotonic()):
        letter, content = receive_frame(connection.channel, limit + _FINISHING_SECONDS, MAX_HEADER_BYTES)
        if letter != PROGRESS:
            return letter, content
        watch.note(read_progress(content))
    return None


def _failure(header: dict[str, object], limits: Limits) -> Exception:
    reason, message = header.get("reason"), str(header.get("message"))[:1000]
    if reason == "refused":
        return RefusedError(message)
    if reason == "memory":
        return out_of_memory(limits)
    _LOG.error("the explorer failed while a program ran: %s", str(header.get("detail"))[:8000])
    return Stopped(f"This is a fault of the explorer, not of the program ({message}).", kind="internal")
