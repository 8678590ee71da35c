"""Long runs: how far they are is told while they go on, and who waits may end them."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.compute.codec import decode_trace
from explorer.compute.conversation import Connection, converse
from explorer.compute.jobs import (
    Answer,
    Job,
    Question,
    is_stop_asked,
    receive_job,
    receive_question,
    send_answer,
    send_job,
    send_progress,
    send_stop,
)
from explorer.compute.runs import Terms, view
from explorer.compute.settings import Limits
from explorer.compute.stops import BY_HAND, Stopped, overran
from explorer.compute.turns import GivenUpError, Turns
from explorer.compute.watch import Watch
from explorer.compute.workers import Workers
from explorer.trace.loops import Progress

LONG = "x = torch.zeros(3)\nfor i in range(1_000_000):\n    x = x + 1"

# the last pass has begun; its call goes on for longer than anybody waits
LONG_CALL = "import time\nfor seconds in [0.3, 0.3, 60]:\n    time.sleep(seconds)"


def in_background(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """Do something in a thread; return it, and what it raises."""
    raised: list[BaseException] = []

    def go() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    return thread, raised


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def children(workers: Workers) -> set[int]:
    """Return the numbers of the processes that wait for a run, or do one."""
    zygote = workers.forks.pid
    return set(map(int, Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()))


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process took; 0 for one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_run_tells_how_far_it_is_and_ends_when_it_is_stopped(workers: Workers) -> None:
    watch = Watch()
    job = Job("scene", LONG, options={"lens": "shapes"}, limits=Limits(seconds=120))
    thread, raised = in_background(lambda: workers.begin(job, watch))
    until(lambda: watch.progress)
    first = watch.progress
    until(lambda: watch.progress != first)
    assert first is not None
    assert watch.progress is not None
    assert (watch.progress.total, watch.progress.line in (2, 3)) == (1_000_000, True)
    assert 0 < first.step < watch.progress.step
    assert (watch.ran, watch.stopped) == (False, False)
    watch.stop()
    thread.join(30)
    (stopped,) = raised
    assert isinstance(stopped, Stopped)
    assert stopped.kind == BY_HAND
    assert stopped.message.startswith(f"Stopped by you at step {watch.progress.step:,} of 1,000,000, after ")
    assert stopped.line in (2, 3)
    # the next run has a turn, and a process
    assert workers.call(Job("unguarded", "result = 1")).header["result"] == 1


def test_what_ran_until_it_was_asked_to_stop_is_kept(workers: Workers) -> None:
    watch = Watch()
    job = Job("trace", LONG, limits=Limits(seconds=120))
    answers: list[Answer] = []
    thread, raised = in_background(lambda: answers.append(workers.begin(job, watch)[0]))
    until(lambda: watch.progress)
    watch.stop(keeping=True)
    watch.stop(keeping=True)  # somebody clicks twice
    thread.join(60)
    assert not raised
    header, payload = answers[0].header, answers[0].payload
    trace = decode_trace(payload[: header["trace"]])
    assert trace.error is not None
    assert trace.error.kind == "interrupted"
    assert re.fullmatch(
        r"Stopped by you at step [\d,]+ of 1,000,000, after \d+\.\d s: this is what ran until then\.",
        trace.error.message,
    )
    assert [fix.source for fix in trace.error.fixes] == [LONG]
    assert [step.expression for step in trace.steps[:3]] == ["torch.zeros(3)", "x + 1", "x + 1"]
    last = trace.steps[-1].outputs[0].whole
    assert last is not None
    assert last.tolist() == [len(trace.steps) - 1.0] * 3
    assert workers.call(Job("unguarded", "result = 1")).header["result"] == 1


def test_what_does_not_come_to_a_line_is_ended_though_it_was_only_asked(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.compute.watch.PATIENCE", 0.1)
    watch = Watch()
    job = Job("scene", LONG_CALL, options={"lens": "shapes"}, limits=Limits(seconds=120))
    thread, raised = in_background(lambda: workers.begin(job, watch))
    until(lambda: watch.progress and watch.progress.step == 3)
    watch.stop(keeping=True)
    thread.join(30)
    assert isinstance(raised[0], Stopped)
    assert raised[0].kind == BY_HAND


def test_who_asked_may_still_end_it(workers: Workers) -> None:
    watch = Watch()
    job = Job("scene", LONG_CALL, options={"lens": "shapes"}, limits=Limits(seconds=120))
    thread, raised = in_background(lambda: workers.begin(job, watch))
    until(lambda: watch.progress and watch.progress.step == 3)
    watch.stop(keeping=True)
    watch.stop()
    thread.join(30)
    assert isinstance(raised[0], Stopped)


def test_a_stop_that_comes_after_the_end_is_passed_over() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not is_stop_asked(theirs)
        send_stop(ours)
        send_job(ours, Question("statistics", 1, 2))
        assert receive_question(theirs) == Question("statistics", 1, 2)
        send_stop(ours)
        assert is_stop_asked(theirs)
        assert not is_stop_asked(theirs)
        ours.close()
        assert not is_stop_asked(theirs)


def test_a_run_that_reports_nothing_is_stopped_too(workers: Workers) -> None:
    watch = Watch()
    source = (
        "x = torch.zeros(1_000_000)\nx.sort()\n" + "[torch.rand(4000, 4000) @ torch.rand(4000, 4000) for _ in range(9)]"
    )
    job = Job("scene", source, options={"lens": "shapes"}, limits=Limits(seconds=120))
    thread, raised = in_background(lambda: workers.begin(job, watch))
    until(lambda: watch.seconds)
    watch.stop()
    thread.join(30)
    assert isinstance(raised[0], Stopped)
    assert raised[0].message.startswith("Stopped by you")


@pytest.mark.parametrize("moving", [True, False])
def test_a_run_whose_lines_go_by_is_given_time_to_stop_at_its_next_one(
    moving: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a machine so busy that a line takes longer than what a run has after its limit
    monkeypatch.setattr("explorer.compute.conversation.GRACE_SECONDS", 0.05)
    monkeypatch.setattr("explorer.compute.conversation._DUMPING_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    os.write(writing, b'Timeout (0:00:00.1)!\n  File "<program>", line 3 in <module>\n')
    job, watch = Job("unguarded", "", limits=Limits(seconds=0.1)), Watch()

    def run() -> None:
        receive_job(theirs)
        if moving:
            send_progress(theirs, Progress(3, 17, 40))
        time.sleep(0.6)
        with contextlib.suppress(OSError):
            send_answer(theirs, Answer({"result": 5}))

    thread = threading.Thread(target=run)
    thread.start()
    connection = Connection(ours, reading)
    if moving:
        assert converse(connection, job, watch).header["result"] == 5
    else:
        with pytest.raises(Stopped, match=r"Stopped after 0\.1 s: line 3 was still running\.$"):
            converse(connection, job, watch)
    thread.join()
    connection.close()
    os.close(writing)
    theirs.close()


def test_a_run_that_is_killed_says_in_which_pass_of_its_loop() -> None:
    stopped = overran(Limits(seconds=10), 14, Progress(14, 1_713, 50_000))
    assert stopped.message == "Stopped after 10 s: line 14 was still running, at step 1,713 of 50,000."
    assert "1,712 steps of 50,000 in 10 s" in stopped.hint
    assert overran(Limits(seconds=10), 14, Progress(14, 5)).message.endswith("running, at step 5.")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_stopping_ends_the_process(workers: Workers) -> None:
    watch = Watch()
    job = Job("scene", LONG, options={"lens": "shapes"}, limits=Limits(seconds=120))
    thread, _ = in_background(lambda: workers.begin(job, watch))
    until(lambda: watch.progress)
    busy = max(children(workers), key=processor_time)
    watch.stop()
    thread.join(30)
    until(lambda: busy not in children(workers))


def test_stopping_what_is_over_ends_nothing(workers: Workers) -> None:
    watch = Watch()
    job = Job("scene", "x = torch.zeros(1000, 1000)", options={"lens": "shapes"}, keep=True)
    _, run = workers.begin(job, watch)
    assert watch.ran
    watch.stop()
    found = workers.kept.find(run)
    assert found is not None
    assert found[1] is not None
    workers.kept.forget(run)


def test_a_run_that_waits_for_its_turn_leaves_the_line() -> None:
    turns, watch = Turns(1, 10, 60.0), Watch()

    def wait() -> None:
        with turns.turn(watch):
            pass

    with turns.turn():
        thread, raised = in_background(wait)
        until(lambda: watch._end is not None)
        watch.stop()
        thread.join(30)
    assert isinstance(raised[0], GivenUpError)
    with turns.turn():
        pass


def test_a_run_stopped_before_it_began_never_runs(workers: Workers) -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped, match="Stopped by you"):
        workers.begin(Job("scene", LONG, options={"lens": "shapes"}, limits=Limits(seconds=120)), watch)


def test_what_is_stopped_has_no_picture() -> None:
    watch = Watch()
    thread, raised = in_background(lambda: view(LONG, terms=Terms(watch=watch)))
    until(lambda: watch.progress)
    watch.stop()
    thread.join(30)
    assert isinstance(raised[0], Stopped)


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(3), ""),
        (Progress(3, 1), "step 1"),
        (Progress(3, 1200, 30_000), "step 1,200 of 30,000"),
    ],
)
def test_a_step_is_said_as_people_say_it(progress: Progress, text: str) -> None:
    assert progress.text == text
