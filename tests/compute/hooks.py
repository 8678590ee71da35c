"""A task for tests: Python in the process that runs programs, without the language's own walls.

Imported by that process (`preload`), so that only the kernel's limits stand between it and the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.compute.jobs import Answer, Job
from explorer.compute.tasks import TASKS


def unguarded(job: Job, ran: Callable[[], None]) -> Answer:
    """Run the source as plain Python, and answer with what it called `result`."""
    names: dict[str, Any] = {}
    exec(compile(job.source, "<program 0>", "exec"), names)  # noqa: S102 - what the tests are about
    ran()
    return Answer({"result": names.get("result")}, names.get("payload", b""))


TASKS["unguarded"] = unguarded
