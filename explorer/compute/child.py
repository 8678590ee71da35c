"""One run in a process of its own: wait for the job, do it, answer."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from explorer.compute import confinement, syscalls
from explorer.compute.jobs import (
    FAILED,
    RAN,
    Answer,
    Job,
    Look,
    RefusedError,
    Reports,
    is_stop_asked,
    receive_job,
    receive_question,
    send_answer,
    send_frame,
    send_progress,
)
from explorer.compute.questions import Answers
from explorer.compute.settings import DUMP_SECONDS
from explorer.compute.tasks import TASKS, look_again
from explorer.trace.garbage import collect_rarely
from explorer.trace.loops import Progress
from explorer.trace.model import Trace

_MAX_DETAIL = 4_000


@dataclass(frozen=True)
class Ends:
    """The file descriptors of a run: where the job comes from and the answer goes, and where dumps are written."""

    channel: int
    dump: int


def live(ends: Ends, null: int, mapped: int | None, prepare: Callable[[], None]) -> None:
    """Live the whole life of a fork; never returns.

    Args:
        ends: Its connections.
        null: A descriptor of the null device.
        mapped: Address space that it started with, in bytes.
        prepare: Called before it waits for its job.
    """
    try:
        prepare()
        collect_rarely()  # what a run leaves stays until the fork ends
        _forget_signals()
        confinement.leave_parent((ends.channel, ends.dump), null)
        # named in full, or Python would ask the kernel, which does not answer any more
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=ends.channel)
        faulthandler.enable(file=ends.dump, all_threads=False)
        job = receive_job(channel)
        if job is not None:
            _confine(job, ends, mapped)
            answer = do(job, channel)
            if job.keep and answer is not None and answer.trace is not None:
                _answer_questions(answer.trace, job, channel)
    except BaseException:  # the last words go to the server's log
        with contextlib.suppress(OSError):
            os.write(ends.dump, traceback.format_exc()[-_MAX_DETAIL:].encode())
        os._exit(1)
    finally:
        os._exit(0)


def do(job: Job, channel: socket.socket) -> Answer | None:
    """Do a job and send the answer, or why there is none; return what was sent."""

    def ran() -> None:
        faulthandler.cancel_dump_traceback_later()  # a dump beside a thread that runs on can crash the process
        confinement.ease_for_lens()
        send_frame(channel, RAN)

    try:
        answer = TASKS[job.task](job, Reports(ran, partial(_report, channel)))
    except MemoryError:
        confinement.ease_for_lens()
        _fail(channel, "memory", "")
    except RefusedError as error:
        _fail(channel, "refused", str(error))
    except Exception as error:  # a fault of ours must not look like one of the program's
        _fail(channel, "internal", f"{type(error).__name__}: {error}")
    else:
        send_answer(channel, answer)
        return answer
    return None


def _report(channel: socket.socket, progress: Progress) -> bool:
    """Say how far the program is; return whether it may go on."""
    send_progress(channel, progress)
    return not is_stop_asked(channel)


def _answer_questions(trace: Trace, job: Job, channel: socket.socket) -> None:
    """Answer questions about the run until the server goes away; its limits are still those of the run."""
    answers = Answers(trace, job.options)
    while (question := receive_question(channel)) is not None:
        try:
            if isinstance(question, Look):
                answer = look_again(trace, job, question)
                answers = Answers(trace, {**question.options, "lens": question.lens})
            else:
                answer = Answer({}, answers.to(question))
        except MemoryError:
            _fail(channel, "memory", "")
        except ValueError as error:
            _fail(channel, "refused", str(error))
        except Exception as error:  # as in `do`
            _fail(channel, "internal", f"{type(error).__name__}: {error}")
        else:
            send_answer(channel, answer)


def _fail(channel: socket.socket, reason: str, message: str) -> None:
    detail = traceback.format_exc()[-_MAX_DETAIL:]
    content: dict[str, Any] = {"reason": reason, "message": message, "detail": detail}
    send_frame(channel, FAILED, json.dumps(content).encode())


def _forget_signals() -> None:
    """Undo what the zygote set up to hear of its children."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def _confine(job: Job, ends: Ends, mapped: int | None) -> None:
    """Set limits; the watchdog's thread starts after the filter, which binds it too, and before threads are counted."""
    confinement.limit_program(job.limits.seconds, job.limits.nbytes, mapped)
    syscalls.install(syscalls.program_filter(os.getpid()))
    faulthandler.dump_traceback_later(job.limits.seconds + DUMP_SECONDS, file=ends.dump)
    confinement.forbid_children()
