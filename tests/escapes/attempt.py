"""Runs hostile programs the way the app runs programs: each in a process of its own, under tight limits."""

from __future__ import annotations

from explorer.compute.codec import decode_trace
from explorer.compute.jobs import Job
from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped, stopped_trace
from explorer.compute.workers import Workers
from explorer.trace import Trace

TIGHT = Limits(seconds=1.0)


def attempt(workers: Workers, source: str, limits: Limits = TIGHT) -> Trace:
    """Run a program and return its trace, whatever it did."""
    job = Job("trace", source, limits=limits)
    try:
        answer = workers.call(job)
    except Stopped as why:
        return stopped_trace(why, source, job.device, job.seed)
    return decode_trace(answer.payload[: answer.header["trace"]])
