"""The route for questions about large tensors: what it refuses, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from explorer.compute.runs import Terms, forget, view
from explorer.scene.decoding import decode_as
from explorer.scene.parts import PART_MAGIC, SUMMARY_MAGIC, Part, Summary
from explorer.ui.window import answer


@pytest.fixture(scope="module")
def run() -> Iterator[str]:
    token = view("x = torch.arange(10**5)", terms=Terms(keep=True)).run
    yield token
    forget(token)


def ask(run: str, **question: Any) -> tuple[HTTPStatus, bytes]:
    return answer(json.dumps({"run": run, "what": "part", "grid": 0, "frame": 0, "first": [5], **question}).encode())


def test_it_answers_with_a_window_or_statistics(run: str) -> None:
    status, content = ask(run)
    assert status == HTTPStatus.OK
    assert decode_as(content, PART_MAGIC, Part).first == (5,)
    status, content = ask(run, what="statistics")
    assert status == HTTPStatus.OK
    assert decode_as(content, SUMMARY_MAGIC, Summary).count == 10**5


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "source"},
        {"grid": "0"},
        {"grid": True},
        {"frame": None},
        {"first": "5"},
        {"first": [0.5]},
        {"first": [2**70]},
        {"first": [0] * 100},
    ],
)
def test_what_cannot_be_read_is_said(wrong: dict[str, Any], run: str) -> None:
    assert ask(run, **wrong)[0] == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 9000, b'{"run": 1}', b"\xff"])
def test_what_is_no_question_is_said(body: bytes) -> None:
    assert answer(body)[0] == HTTPStatus.BAD_REQUEST


def test_nobody_reads_the_run_of_another(run: str) -> None:
    for token in ("", "x" * 32, run[:-1], run.swapcase()):
        status, content = ask(token)
        assert status == HTTPStatus.NOT_FOUND
        assert b"no longer knows" in content


def test_what_is_not_there_is_said_in_words(run: str) -> None:
    assert ask(run, grid=7) == (HTTPStatus.NOT_FOUND, b"no grid 7")
    assert ask(run, first=[1, 2]) == (HTTPStatus.NOT_FOUND, b"2 indices for 1 dimensions")
