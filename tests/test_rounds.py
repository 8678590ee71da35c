"""What runs side by side is all run, and a failure of one is not lost among the others."""

from __future__ import annotations

import pytest

from tests.rounds import ROUNDS, Round, run


def module(name: str, *arguments: str) -> Round:
    return Round(name, ("timeit", "-n", "1", "-r", "1", *arguments))


def test_each_failure_is_named_and_what_was_printed_is_seen(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    rounds = [
        module("first", "print('one')"),
        module("second", "print('two'); raise SystemExit(3)"),
        module("third", "print('three')"),
        module("fourth", "import sys; sys.exit('no')"),
    ]
    assert run(rounds) == ["second", "fourth"]
    printed = capfdbinary.readouterr().out
    assert [word in printed for word in (b"one", b"two", b"three", b"no")] == [True] * 4


def test_the_rounds_leave_no_test_out() -> None:
    marks = [one.command[one.command.index("-m") + 1] for one in ROUNDS if "pytest" in one.command]
    assert marks == ["browser", "not browser"]
