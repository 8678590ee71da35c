"""Runs that are kept for questions: what they answer, how long they live, and what a hostile one cannot do."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from explorer.compute import runs
from explorer.compute.jobs import Job, Question, RefusedError
from explorer.compute.kept import KeptRuns
from explorer.compute.questions import checked
from explorer.compute.runs import ask
from explorer.compute.settings import Limits, kept_runs_from_environment
from explorer.compute.stops import Stopped
from explorer.compute.watch import Watch
from explorer.compute.workers import Workers
from explorer.scene.decoding import DecodingError, decode_as
from explorer.scene.encoding import encode_as
from explorer.scene.parts import PART_MAGIC, SUMMARY_MAGIC, Part, Summary
from tests.compute.conftest import HOOKS

LARGE = "x = torch.arange(10**6).view(1000, 1000)\ny = x.t() * 0.5"
WRITTEN = "x = torch.arange(10**6)\nx[500_000] = 7\ny = x + 1"
X, Y = 1, 3  # grids of LARGE: arange, x, x.t(), y

Begin = Callable[..., str]


@pytest.fixture
def kept(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """The workers, as those that `ask` asks, with nothing kept."""
    monkeypatch.setattr(runs, "workers", lambda: workers)
    before, workers.kept = workers.kept, KeptRuns(2, 60)
    yield workers
    workers.kept.close()
    workers.kept = before


def job(source: str, **options: Any) -> Job:
    return Job("scene", source, options={"lens": "shapes"}, limits=Limits(seconds=60), keep=True, **options)


def part(run: str, grid: int, frame: int, first: tuple[int, ...]) -> Part:
    return decode_as(ask(run, Question("part", grid, frame, first)), PART_MAGIC, Part)


def summary(run: str, grid: int, frame: int) -> Summary:
    return decode_as(ask(run, Question("statistics", grid, frame)), SUMMARY_MAGIC, Summary)


def test_a_window_anywhere_holds_what_torch_holds(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    x = torch.arange(10**6).view(1000, 1000)
    for grid, tensor in ((X, x), (X + 1, x.t()), (Y, x.t() * 0.5)):
        for first in ((0, 0), (500, 321), (936, 936)):
            answer = part(run, grid, 3, first)
            assert (answer.first, answer.window, answer.refused) == (first, (64, 64), "")
            expected = tensor[first[0] : first[0] + 64, first[1] : first[1] + 64].numpy()
            np.testing.assert_array_equal(answer.values, expected.reshape(-1))
    assert kept.kept.alive == 1


def test_a_window_stays_inside(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    assert part(run, X, 3, (10**9, -5)).first == (936, 0)


def test_statistics_are_of_all_elements(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    found = summary(run, Y, 3)
    assert found.count == 10**6
    # 0, 1, …, n − 1 have the variance n (n + 1) / 12 with correction 1
    std = 0.5 * math.sqrt(10**6 * (10**6 + 1) / 12)
    np.testing.assert_allclose(np.asarray(found.moments, np.float64), [0, 499_999.5, 249_999.75, std], rtol=1e-12)
    assert sum(found.histogram) == 10**6


def test_what_was_overwritten_is_said_with_the_step(kept: Workers) -> None:
    _, run = kept.begin(job(WRITTEN))
    before, after = part(run, 0, 0, (499_990,)), part(run, 0, 1, (499_990,))
    assert before.values is None
    assert "Overwritten at step 2" in before.refused
    assert before.frames == (0, 1)
    assert after.values is not None
    assert after.values[10] == 7
    assert after.frames == (1, 3)
    assert "Overwritten at step 2" in summary(run, 0, 0).refused


@pytest.mark.parametrize(
    "write", ["x.data[0] = 9", "x.numpy()[0] = 9", "x.t_()", "x.resize_(4)", "x.data = torch.zeros(300, 300)"]
)
def test_writes_that_have_no_version_are_found_or_harmless(write: str, kept: Workers) -> None:
    _, run = kept.begin(job(f"x = torch.arange(90_000).view(300, 300).clone()\ny = x.sum()\n{write}\nz = x.sum()"))
    answer = part(run, 2, 2, (100, 100))
    expected = torch.arange(90_000).view(300, 300)[100:164, 100:164].numpy().reshape(-1)
    if answer.values is None:
        assert answer.refused.startswith("Overwritten")
    else:
        np.testing.assert_array_equal(answer.values, expected)


def test_small_tensors_keep_nothing(kept: Workers) -> None:
    answer, run = kept.begin(job("x = torch.arange(100)"))
    assert (answer.header["more"], run, kept.kept.alive) == (False, "", 0)
    assert kept.begin(replace(job(LARGE), keep=False))[1] == ""


def test_meta_has_nothing_to_ask(kept: Workers) -> None:
    assert kept.begin(job("x = torch.empty(10**6, 10**6, 10**5)", device="meta"))[1] == ""


def test_the_least_recently_used_goes_first_and_is_done_again(kept: Workers) -> None:
    tokens = [kept.begin(job(f"torch.manual_seed({seed})\nx = torch.rand(10**5)"))[1] for seed in range(2)]
    first = part(tokens[0], 0, 0, (50_000,)).values
    tokens.append(kept.begin(job(LARGE))[1])
    assert kept.kept.alive == 2
    assert kept.kept.find(tokens[1])[1] is None  # type: ignore[index]
    again = part(tokens[1], 0, 0, (50_000,)).values
    torch.manual_seed(1)
    np.testing.assert_array_equal(again, torch.rand(10**5)[50_000:51_024].numpy())
    assert kept.kept.alive == 2
    np.testing.assert_array_equal(part(tokens[0], 0, 0, (50_000,)).values, first)


def test_idle_runs_end(kept: Workers) -> None:
    kept.kept = KeptRuns(2, 0.3)
    _, run = kept.begin(job(LARGE))
    assert kept.kept.alive == 1
    end = time.monotonic() + 10
    while kept.kept.alive and time.monotonic() < end:
        time.sleep(0.05)
    assert kept.kept.alive == 0
    assert part(run, X, 3, (1, 2)).first == (1, 2)


def test_a_run_whose_process_is_gone_is_done_again(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    _, live = kept.kept.find(run) or (None, None)
    assert live is not None
    live._zygote.end(live._fork)
    assert part(run, X, 3, (5, 5)).values is not None
    assert kept.kept.alive == 1


def test_a_run_that_is_not_known_is_nobodys(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    assert len(run) == 32
    runs.forget(run)
    assert kept.kept.alive == 0
    with pytest.raises(ValueError, match="no longer knows"):
        part(run, X, 3, (0, 0))


def test_a_question_that_makes_no_sense_ends_nothing(kept: Workers) -> None:
    _, run = kept.begin(job(LARGE))
    for grid, frame, first in ((99, 3, (0, 0)), (-1, 3, (0, 0)), (X, 99, (0, 0)), (Y, 0, (0, 0)), (X, 3, (0, 0, 0))):
        with pytest.raises(ValueError, match=r"grid|frame|dimensions"):
            part(run, grid, frame, first)
    assert part(run, X, 3, (7, 7)).values is not None


SLOW = "torch.manual_seed(0)\nx = torch.rand(3)\nfor i in range(2_500):\n    y = x + i\nwhile True:\n    break"


def test_a_run_that_took_long_is_looked_at_again(kept: Workers) -> None:
    first, token = kept.begin(job(SLOW))
    assert token
    asked = replace(job(SLOW), options={"lens": "autograd"})
    zygote = kept.forks.pid
    watch = Watch()
    again, same = kept.begin(asked, watch, token)
    assert (same, watch.ran, kept.kept.alive) == (token, False, 1)
    expected, other = kept.begin(asked)
    assert other != token
    assert again.payload == expected.payload
    assert again.header == expected.header
    assert first.payload != again.payload
    assert kept.forks.pid == zygote


@pytest.mark.parametrize(
    "changed", [{"source": LARGE + "\n"}, {"device": "meta"}, {"seed": 1}, {"inputs": {"data": np.ones(3)}}]
)
def test_another_program_is_another_run(changed: dict[str, Any], kept: Workers) -> None:
    _, token = kept.begin(job(LARGE))
    same = Watch()
    kept.begin(job(LARGE), same, token)
    assert not same.ran
    watch = Watch()
    kept.begin(replace(job(LARGE), **changed), watch, token)
    assert watch.ran


def test_a_run_that_is_gone_is_run_again_for_a_look(kept: Workers) -> None:
    _, token = kept.begin(job(LARGE))
    found = kept.kept.find(token)
    assert found is not None
    assert found[1] is not None
    found[1].end()
    for known in (token, "nobody's", ""):
        watch = Watch()
        answer, new = kept.begin(job(LARGE), watch, known)
        assert (watch.ran, answer.header["more"], new != known) == (True, True, True)


def test_none_are_kept_where_none_may_be(kept: Workers) -> None:
    kept.kept = KeptRuns(0, 60)
    _, run = kept.begin(job(LARGE))
    assert part(run, X, 3, (7, 7)).values is not None
    assert kept.kept.alive == 0


def test_the_number_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_KEPT_RUNS", "0")
    assert kept_runs_from_environment() == 0
    monkeypatch.setenv("EXPLORER_KEPT_RUNS", "-1")
    with pytest.raises(ValueError, match="EXPLORER_KEPT_RUNS"):
        kept_runs_from_environment()


ANSWERS = """
import explorer.compute.child as child
from explorer.compute.jobs import Answer, receive_question, send_answer, send_frame
def lie(trace, job, channel):
    while receive_question(channel) is not None:
        {lie}
child._answer_questions = lie
result = 1
"""


@pytest.mark.parametrize(
    "lie",
    [
        "send_answer(channel, Answer({}, b'not an answer'))",
        "send_answer(channel, Answer({}, b'TXP1' + bytes(4)))",
        "send_answer(channel, Answer({}, bytes(2_000_000)))",
        "send_frame(channel, b'P', b'')",
        "send_frame(channel, b'H', b'[' * 100_000)",
        "channel.sendall(b'x' * 100)",
        "while True: pass",
        "import os; os._exit(3)",
        "channel.close(); return",
    ],
)
def test_lies_are_no_answers(lie: str, kept: Workers) -> None:
    liar = replace(job(ANSWERS.format(lie=lie)), task="lying", limits=Limits(seconds=1))
    _, run = kept.begin(liar)
    with pytest.raises((Stopped, ValueError)):
        part(run, 0, 0, (0,))
    _, honest = kept.begin(job(LARGE))
    assert part(honest, X, 3, (7, 7)).values is not None


def test_a_kept_process_is_as_confined_as_any(kept: Workers) -> None:
    tries = (
        "import os, resource\n        words = []\n"
        "        for call in (os.fork, lambda: open('/tmp/mine', 'w'), lambda: os.kill(os.getppid(), 9), "
        "lambda: resource.setrlimit(resource.RLIMIT_CPU, (999, 999))):\n"
        "            try: call(); words.append('did')\n"
        "            except (OSError, ValueError): words.append('refused')\n"
        "        from explorer.scene.encoding import encode_as\n"
        "        from explorer.scene.parts import Part\n"
        "        send_answer(channel, Answer({}, encode_as(Part((0,), (0,), (0, 1), None, ' '.join(words)), b'TXP1')))"
    )
    _, run = kept.begin(replace(job(ANSWERS.format(lie=tries)), task="lying"))
    assert part(run, 0, 0, (0,)).refused == "refused refused refused refused"


PART = Part((0, 0), (2, 2), (0, 1), np.zeros(4, np.float32))
SUMMARY = Summary((0, 1), 4, 0, 0, np.zeros(4), (4,))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PART, values=np.zeros(5)),
        replace(PART, values=None),
        replace(PART, window=(1 << 40, 1 << 40)),
        replace(PART, window=(-2, -2)),
        replace(PART, first=(0,)),
        replace(PART, first=(-1, 0)),
        replace(PART, refused="x" * 1000),
        replace(PART, first=(0,) * 99, window=(1,) * 99, values=np.zeros(1)),
    ],
)
def test_wrong_windows_are_refused(wrong: Part) -> None:
    checked(encode_as(PART, PART_MAGIC), "part")
    with pytest.raises(DecodingError):
        checked(encode_as(wrong, PART_MAGIC), "part")


@pytest.mark.parametrize(
    "wrong",
    [
        replace(SUMMARY, moments=np.zeros(3)),
        replace(SUMMARY, moments=np.zeros(4, np.float32)),
        replace(SUMMARY, count=-1),
        replace(SUMMARY, histogram=(-1,)),
        replace(SUMMARY, histogram=(1,) * 5000),
        replace(SUMMARY, refused="x" * 1000),
    ],
)
def test_wrong_statistics_are_refused(wrong: Summary) -> None:
    checked(encode_as(SUMMARY, SUMMARY_MAGIC), "statistics")
    with pytest.raises(DecodingError):
        checked(encode_as(wrong, SUMMARY_MAGIC), "statistics")


def test_no_process_is_left_behind() -> None:
    made = Workers(1, preload=HOOKS)
    try:
        _, run = made.begin(job(LARGE))
        assert made.kept.alive == 1
        zygote = made.forks.pid
    finally:
        made.close()
    assert made.kept.alive == 0
    with pytest.raises(RefusedError):
        made.ask(run, Question("part", X, 3, (0, 0)))
    with pytest.raises(ProcessLookupError):
        os.kill(zygote or 0, 0)
