"""A task for `benchmarks.isolation`: a run that only a kill ends. Imported by the process that runs programs."""

from __future__ import annotations

from collections.abc import Callable

from explorer.compute.jobs import Answer, Job
from explorer.compute.tasks import TASKS


def stuck(job: Job, ran: Callable[[], None]) -> Answer:
    """Stay in one call of C code, where no exception arrives."""
    exec(compile(job.source, "<program 0>", "exec"), {})  # noqa: S102 - a constant of the benchmark
    ran()
    return Answer({})


TASKS["stuck"] = stuck
