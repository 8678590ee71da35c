"""A task for tests: Python in the process that runs programs, without the language's own walls.

Imported by that process (`preload`), so that only the kernel's limits stand between it and the machine.
"""

from __future__ import annotations

from typing import Any

from explorer.compute.jobs import Answer, Job, Reports
from explorer.compute.tasks import TASKS
from explorer.program.run import run


def unguarded(job: Job, reports: Reports) -> Answer:
    """Run the source as plain Python, and answer with what it called `result`."""
    names: dict[str, Any] = {}
    exec(compile(job.source, "<program 0>", "exec"), names)  # noqa: S102 - what the tests are about
    reports.ran()
    return Answer({"result": names.get("result")}, names.get("payload", b""))


def lying(job: Job, reports: Reports) -> Answer:
    """Do as `unguarded`, and say that there is more to ask for."""
    answer = unguarded(job, reports)
    return Answer({**answer.header, "more": True}, b"", run("x = 1"))


TASKS["unguarded"] = unguarded
TASKS["lying"] = lying
