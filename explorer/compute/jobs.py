"""What goes between the server and the processes that run programs, and how.

A job goes to a process that is trusted while it reads it, so pickle may carry it. What comes back may have been
written by anybody: frames of one letter, a length and bytes, whose contents are read as data only.
"""

from __future__ import annotations

import json
import pickle
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from explorer.compute.settings import Limits
from explorer.trace.loops import Progress

if TYPE_CHECKING:
    from explorer.trace import Trace

# What the server asks of the process that forks, and what that writes to a fork's status pipe at its end.
REQUEST = struct.Struct("<cBQ")
STATUS = struct.Struct("<i")
FORK, END = b"F", b"E"

_FRAME = struct.Struct("<cQ")
_LENGTH = struct.Struct("<Q")
_STOP = _LENGTH.pack(0)
_PROGRESS = struct.Struct("<QQQ")
MAX_HEADER_BYTES = 32 * 1024**2
_PIECE = 1 << 20

What = Literal["part", "statistics"]

READY = b"A"  # a process that serves many can take the next job
PROGRESS = b"T"  # the program goes on; how far it is
RAN = b"R"  # the program ended; what follows is the lens's time
HEADER = b"H"
PAYLOAD = b"P"
FAILED = b"F"  # no answer; the header says why: `reason`, `message`, `detail`


class ProtocolError(Exception):
    """What came from a process is not an answer."""


class RefusedError(Exception):
    """What was asked for makes no sense here (no such device, no such lens)."""


@dataclass(frozen=True, eq=False)
class Job:
    """One run.

    Attributes:
        task: Name in `explorer.compute.tasks.TASKS`.
        source, device, seed, inputs: As for `explorer.run`.
        options: What the task needs besides; plain data.
        limits: What it may use.
        keep: Whether its process stays for questions, if there is anything to ask.
    """

    task: str
    source: str
    device: str = "cpu"
    seed: int = 0
    inputs: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    keep: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked of a run that is over.

    Attributes:
        what: A `part` (the window at another place) or `statistics`.
        grid: Number of the grid in the run's scene.
        frame: Frame of the scene that is looked at.
        first: Index at which the window should begin, in each dimension.
    """

    what: What
    grid: int
    frame: int
    first: tuple[int, ...] = ()


@dataclass(frozen=True)
class Look:
    """Another look at a run that is over: through a lens, with its options."""

    lens: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a task returns: JSON values, and bytes; the trace stays in the process, for questions."""

    header: dict[str, Any]
    payload: bytes = b""
    trace: Trace | None = None


@dataclass(frozen=True)
class Reports:
    """What a task tells while it works: that the program `ran`, and before that its `progress`, now and then.

    `progress` returns False when the program is to stop.
    """

    ran: Callable[[], None]
    progress: Callable[[Progress], bool | None]


def send_job(channel: socket.socket, job: Job | Question | Look) -> None:
    """Send a job, or a question about the one that was done."""
    text = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    channel.sendall(_LENGTH.pack(len(text)) + text)


def receive_job(channel: socket.socket) -> Job | None:
    """Wait for a job from the server; None when the server went away."""
    said = _receive(channel)
    return said if isinstance(said, Job) else None


def receive_question(channel: socket.socket) -> Question | Look | None:
    """Wait for a question from the server; None when the server went away."""
    said = _receive(channel)
    return said if isinstance(said, Question | Look) else None


def send_stop(channel: socket.socket) -> None:
    """Ask for the end of the program that runs; what comes after its end is passed over."""
    channel.sendall(_STOP)


def is_stop_asked(channel: socket.socket) -> bool:
    """Tell whether `send_stop` was called since the job came, and take that out of the channel."""
    try:
        return channel.recv(_LENGTH.size, socket.MSG_DONTWAIT) == _STOP
    except OSError:  # nothing is there
        return False


def _receive(channel: socket.socket) -> object:
    try:
        head = _STOP
        while head == _STOP:
            head = _exactly(channel, _LENGTH.size, None)
        return pickle.loads(_exactly(channel, _LENGTH.unpack(head)[0], None))  # noqa: S301 - the server wrote it
    except (EOFError, OSError):
        return None


def send_frame(channel: socket.socket, letter: bytes, content: bytes = b"") -> None:
    """Send one frame."""
    channel.sendall(_FRAME.pack(letter, len(content)))
    channel.sendall(content)


def send_progress(channel: socket.socket, progress: Progress) -> None:
    """Say how far the program is."""
    send_frame(channel, PROGRESS, _PROGRESS.pack(progress.line, progress.step, progress.total))


def read_progress(content: bytes) -> Progress:
    """Return what `send_progress` sent.

    Raises:
        ProtocolError: It is none.
    """
    if len(content) != _PROGRESS.size:
        raise ProtocolError("no progress")
    return Progress(*_PROGRESS.unpack(content))


def send_answer(channel: socket.socket, answer: Answer) -> None:
    """Send an answer; the bytes come last, so that the server knows when it has everything."""
    send_frame(channel, HEADER, json.dumps(answer.header).encode())
    send_frame(channel, PAYLOAD, answer.payload)


def receive_frame(channel: socket.socket, deadline: float, most: int) -> tuple[bytes, bytes]:
    """Wait for a frame and return its letter and content.

    Args:
        channel: Where it comes from.
        deadline: When to give up, in `time.monotonic()` seconds.
        most: Bytes that the content may have.

    Raises:
        TimeoutError: The deadline passed.
        EOFError: The process went away.
        ProtocolError: The content is larger than `most`.
    """
    letter, length = _FRAME.unpack(_exactly(channel, _FRAME.size, deadline))
    if length > most:
        raise ProtocolError(f"{length:,} bytes where {most:,} may come")
    return letter, _exactly(channel, length, deadline)


def read_header(content: bytes) -> dict[str, Any]:
    """Return the JSON object of a header.

    Raises:
        ProtocolError: It is none.
    """
    try:
        header = json.loads(content)
    except (ValueError, RecursionError):
        raise ProtocolError("the header is not JSON") from None
    if not isinstance(header, dict):
        raise ProtocolError("the header is not an object")
    return header


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytes:
    pieces = []
    while count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        piece = channel.recv(min(count, _PIECE))
        if not piece:
            raise EOFError
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def readable(descriptor: int, seconds: float) -> bool:
    """Tell whether there is something to read, or becomes so in time; also true at the end of the stream."""
    poll = select.poll()  # not select.select, which knows the first 1,024 descriptors only
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(seconds, 0) * 1000))
