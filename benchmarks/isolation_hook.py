"""A task for `benchmarks.isolation`: a run that only a kill ends. Imported by the process that runs programs."""

from __future__ import annotations

from explorer.compute.jobs import Answer, Job, Reports
from explorer.compute.tasks import TASKS


def stuck(job: Job, reports: Reports) -> Answer:
    """Stay in one call of C code, where no exception arrives."""
    exec(compile(job.source, "<program 0>", "exec"), {})  # noqa: S102 - a constant of the benchmark
    reports.ran()
    return Answer({})


TASKS["stuck"] = stuck
