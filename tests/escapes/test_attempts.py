"""Attempts to get out of the sandbox, or to exhaust it: none succeeds, and the server answers after each.

The programs stand in `programs/`, separated by lines of three dashes: `refused` want something that programs may not
have, `exhausting` want too much of it, `harmless` look as if they got somewhere and did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.compute.settings import Limits
from explorer.compute.workers import Workers
from tests.escapes.attempt import attempt

# a run that is stopped early says nothing of what the program wanted: on a slow machine more time is needed
PATIENT = Limits(seconds=20)
LONGEST_MESSAGE = 5_000
MARKER = "only-the-server-knows-this"
LONG = {
    "parentheses": "(" * 3000 + ")" * 3000,
    "signs": "x = " + "-" * 5000 + "1",
    "digits": "x = " + "9" * 10000,
    "lines": "x = 1\n" * 30000,
    "calls": "torch.ones(1)" + ".view(1)" * 3000,
}


def _programs(name: str) -> list[str]:
    text = (Path(__file__).parent / "programs" / f"{name}.txt").read_text(encoding="utf-8")
    return text.rstrip("\n").split("\n---\n")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """The processes that the attempts run in; whatever they do is done to these."""
    patch = pytest.MonkeyPatch()
    patch.setenv("EXPLORER_MARKER", MARKER)
    patch.chdir(tmp_path_factory.mktemp("server"))
    made = Workers(2)
    yield made
    made.close()
    assert list(Path.cwd().iterdir()) == [], "a program wrote a file"
    patch.undo()


def _still_answers(workers: Workers) -> None:
    trace = attempt(workers, "x = torch.arange(6).view(2, 3)\nprint(x.sum().item(), torch.rand(1).item())", PATIENT)
    assert trace.error is None
    assert trace.output == "15 0.49625658988952637\n"


@pytest.mark.parametrize("source", _programs("refused"))
def test_what_programs_may_not_have_is_refused(hostile: Workers, source: str) -> None:
    trace = attempt(hostile, source, PATIENT)
    assert trace.error is not None
    assert trace.error.message
    assert MARKER not in trace.output
    _still_answers(hostile)


@pytest.mark.parametrize("source", [*_programs("exhausting"), *LONG.values()])
def test_what_is_too_much_is_stopped(hostile: Workers, source: str) -> None:
    trace = attempt(hostile, source)
    assert trace.error is not None
    assert trace.error.kind in ("limit", "policy", "syntax", "RecursionError")
    _still_answers(hostile)


@pytest.mark.parametrize("source", _programs("harmless"))
def test_what_looks_dangerous_and_runs_gets_nothing(hostile: Workers, source: str) -> None:
    trace = attempt(hostile, source)
    assert MARKER not in trace.output
    assert trace.error is None or len(trace.error.message) <= LONGEST_MESSAGE
    assert not re.search(r"root:|/(usr|home|etc)/|site-packages", trace.output)
    _still_answers(hostile)


def test_there_are_enough_attempts_and_none_twice() -> None:
    programs = [*_programs("refused"), *_programs("exhausting"), *LONG.values()]
    assert len(set(programs)) == len(programs)
    assert len(programs) >= 120
