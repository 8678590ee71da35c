"""What a process that runs programs does to time one."""

from __future__ import annotations

from explorer.compute.jobs import Answer, Job, Reports
from explorer.program.timing import Plan, measure


def timing_task(job: Job, reports: Reports) -> Answer:
    """Time the job's program by the plan in its options, and answer with the fields of the `Timing`."""
    timing = measure(job.source, job.device, job.seed, job.inputs, Plan(**job.options))
    reports.ran()
    return Answer({"seconds": list(timing.seconds), "error": timing.error, "threads": timing.threads})
