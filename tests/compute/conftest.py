"""Processes that run the tests' programs, and plain Python in place of programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from explorer.compute.jobs import Job
from explorer.compute.settings import Limits
from explorer.compute.workers import Workers

HOOKS = ("tests.compute.hooks",)
Unguarded = Callable[..., Any]


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Two at a time."""
    made = Workers(2, preload=HOOKS)
    yield made
    made.close()


@pytest.fixture
def unguarded(workers: Workers) -> Unguarded:
    """Run plain Python in a fork and return what it called `result`."""

    def run(source: str, limits: Limits | None = None) -> Any:
        job = Job("unguarded", source, limits=limits or Limits(seconds=30))
        return workers.call(job).header["result"]

    return run
