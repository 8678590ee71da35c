"""Runs that gave no answer: what is said about them, and the Trace that stands in for theirs."""

from __future__ import annotations

import re
import signal

from explorer.compute.settings import Limits
from explorer.compute.watch import Watch
from explorer.program.deadline import less
from explorer.trace.loops import Progress
from explorer.trace.model import Graph, ProgramError, Trace

_PROGRAM_LINE = re.compile(rb'File "<program[^"\n]*", line (\d{1,7})\b')
BY_HAND = "stopped"
"""Kind of the error of a run that somebody stopped."""
_LESS = "Make it do less: fewer repetitions, smaller tensors."


class Stopped(Exception):  # noqa: N818 - named for what happened to the run
    """A run ended without an answer.

    Attributes:
        message: What happened, for people.
        hint: What to try; may be "".
        line: The line of the program that was running; 0 where that is not known.
        kind: `limit`, `stopped` by somebody, or `internal` for a fault of the explorer's own.
    """

    def __init__(self, message: str, hint: str = "", line: int = 0, kind: str = "limit") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.line = line
        self.kind = kind


def running_line(dump: bytes) -> int:
    """Return the innermost line of the program in what `faulthandler` wrote; 0 when no program was running."""
    found = _PROGRAM_LINE.search(dump)
    return int(found[1]) if found else 0


def overran(limits: Limits, line: int, progress: Progress | None = None) -> Stopped:
    """Return what to say of a run that was killed at its time limit; `progress` is the last that it reported."""
    where = f"line {line} was still running" if line else "it had not finished"
    at = f", at {progress.text}" if progress is not None and progress.text else ""
    hint = less(progress, limits.seconds) if progress is not None and progress.total else _LESS
    return Stopped(f"Stopped after {limits.seconds:g} s: {where}{at}.", hint, line)


def stopped_by_hand(watch: Watch) -> Stopped:
    """Return what to say of a run that somebody stopped."""
    progress, seconds = watch.progress, watch.seconds
    if seconds is None:
        return Stopped("Stopped by you before its turn came.", kind=BY_HAND)
    where = f" at {step}" if progress and (step := progress.text) else ""
    return Stopped(
        f"Stopped by you{where}, after {seconds:.1f} s.", line=progress.line if progress else 0, kind=BY_HAND
    )


def lens_overran(limits: Limits) -> Stopped:
    """Return what to say of a run whose picture took too long."""
    return Stopped(f"The program ran, but its picture was not ready {limits.seconds:g} s later.", _LESS)


def unanswered(limits: Limits) -> Stopped:
    """Return what to say of a question about a run that took too long."""
    return Stopped(f"There was no answer within {limits.seconds:g} s. Asking again runs the program again.")


def killed(number: int, limits: Limits, line: int) -> Stopped:
    """Return what to say of a run whose process a signal ended."""
    place = f" at line {line}" if line else ""
    if number == signal.SIGXCPU:
        return overran(limits, line)
    if number == signal.SIGKILL:
        return Stopped(f"The system stopped the program{place}: most likely memory ran out.", _LESS, line)
    name = signal.Signals(number).name if number in set(signal.Signals) else "unknown"
    return Stopped(f"The program crashed its process{place} (signal {number}, {name}).", "", line)


def exited(status: int, line: int) -> Stopped:
    """Return what to say of a run whose process ended by itself."""
    return Stopped(f"The program's process ended (status {status}) before it answered.", "", line)


def out_of_memory(limits: Limits, line: int = 0) -> Stopped:
    """Return what to say of a run that reached the limit on memory outside the program's own text."""
    return Stopped(f"Memory ran out: a program may use {limits.nbytes / 2**20:,.0f} MiB.", _LESS, line)


def unreadable() -> Stopped:
    """Return what to say of a run whose answer was none."""
    return Stopped("The program's process sent something that is no answer; the run was discarded.")


def too_large(what: str, nbytes: int, most: int) -> Stopped:
    """Return what to say of an answer that is larger than what may be sent."""
    mib = 2**20
    return Stopped(f"{what} takes {nbytes / mib:,.1f} MiB; {most / mib:,.0f} MiB may be sent.", _LESS)


def stopped_trace(stopped: Stopped, source: str, device: str, seed: int) -> Trace:
    """Return the trace of a run of which only its end is known."""
    text = source.split("\n")
    line = stopped.line if 0 < stopped.line <= len(text) else 1
    width = len(text[line - 1]) if stopped.line else 0
    error = ProgramError(stopped.kind, stopped.message, line, 0, stopped.hint, end_line=line, end_column=width)
    return Trace(source, device, seed, "", error, (), Graph(), (), ((),))
