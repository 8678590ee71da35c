"""What the processes that run programs can be asked to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from time import process_time

from explorer.compute.codec import encode_trace
from explorer.compute.jobs import Answer, Job, Look, RefusedError, Reports
from explorer.compute.outline import outline_of
from explorer.compute.questions import Answers
from explorer.compute.settings import MAX_SCENE_BYTES, MAX_TRACE_BYTES, WORTH_KEEPING_SECONDS
from explorer.compute.stops import stopped_trace, too_large
from explorer.compute.timing_task import timing_task
from explorer.lenses import LENSES
from explorer.program.explain import Inputs
from explorer.program.run import Allowance, run_within
from explorer.scene.apart import apart
from explorer.trace.model import Trace

Task = Callable[[Job, Reports], Answer]


def _run(job: Job, reports: Reports) -> Trace:
    try:
        start = Inputs(job.inputs, job.device, job.seed)
        trace = run_within(job.source, start, Allowance(job.limits.nbytes, job.limits.seconds, reports.progress))
    except ValueError as error:
        raise RefusedError(str(error)) from None
    reports.ran()
    return trace


def _trace(job: Job, reports: Reports) -> Answer:
    """Answer with the whole trace as plain data, and with the encoded scene behind it if a lens is asked for."""
    trace = _run(job, reports)
    encoded = encode_trace(trace)
    if len(encoded) > MAX_TRACE_BYTES:
        stopped = too_large("What was recorded", len(encoded), MAX_TRACE_BYTES)
        encoded = encode_trace(stopped_trace(stopped, job.source, job.device, job.seed))
    seen = _seen(trace, job)[0] if "lens" in job.options else Answer({}, b"")
    return Answer({**seen.header, "trace": len(encoded)}, encoded + seen.payload)


def _scene(job: Job, reports: Reports) -> Answer:
    """Answer with the encoded scene, its charts behind it, the outline, and whether there is more to ask for.

    A run that took long is worth another look, whatever its size.
    """
    start = process_time()
    trace = _run(job, reports)
    took = process_time() - start
    answer, trace = _seen(trace, job)
    more = job.keep and (took > WORTH_KEEPING_SECONDS or Answers(trace, job.options).needed)
    return Answer({**answer.header, "more": more}, answer.payload, trace if more else None)


def look_again(trace: Trace, job: Job, look: Look) -> Answer:
    """Answer as the task `scene` does, through another lens or with other options, without another run."""
    answer, _ = _seen(trace, replace(job, options={**look.options, "lens": look.lens}))
    return Answer({**answer.header, "more": True}, answer.payload)


def _question(job: Job, reports: Reports) -> Answer:
    """Answer the question `options["question"]` about a run that is done again."""
    trace = _run(job, reports)
    try:
        payload = Answers(trace, job.options).to(job.options["question"])
    except ValueError as error:
        raise RefusedError(str(error)) from None
    return Answer({"more": job.keep}, payload, trace)


def _seen(trace: Trace, job: Job) -> tuple[Answer, Trace]:
    """Answer with what the lens shows; return also the trace that it shows."""
    scene, charts, shown = _look(trace, job)
    return Answer({"outline": asdict(outline_of(shown)), "scene": len(scene)}, scene + charts), shown


def _look(trace: Trace, job: Job) -> tuple[bytes, bytes, Trace]:
    """Return the scene of the lens `options["lens"]`, its charts, and the trace: what is too large stays behind."""
    options = dict(job.options)
    lens = LENSES[options.pop("lens")]
    scene, charts = apart(lens(trace, **options))
    size = len(scene) + len(charts)
    if size > MAX_SCENE_BYTES:
        stopped = too_large("The picture", size, MAX_SCENE_BYTES)
        trace = stopped_trace(stopped, job.source, job.device, job.seed)
        scene, charts = apart(lens(trace, **options))
    return scene, charts, trace


TASKS: dict[str, Task] = {"trace": _trace, "scene": _scene, "question": _question, "timing": timing_task}
