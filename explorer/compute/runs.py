"""Programs run apart from the server: `run`, `scene`, and what the app uses."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.compute.codec import decode_trace
from explorer.compute.jobs import Answer, Job, Question, RefusedError
from explorer.compute.outline import Outline, outline_of
from explorer.compute.questions import checked
from explorer.compute.settings import limits_from_environment
from explorer.compute.stops import BY_HAND, Stopped, stopped_trace, unreadable
from explorer.compute.watch import Watch
from explorer.compute.workers import workers
from explorer.lenses import LENSES
from explorer.scene import Scene
from explorer.scene.apart import charts_in
from explorer.scene.charts import Chart
from explorer.scene.decoding import Arrays, DecodingError, Reader, decode
from explorer.trace.model import Trace


@dataclass(frozen=True)
class View:
    """A run seen through a lens.

    Attributes:
        scene: The encoded scene, without its charts.
        charts: Those.
        outline: What each place in the text did.
        run: The token by which `ask` knows the run; "" when there is nothing to ask.
    """

    scene: bytes
    charts: tuple[Chart, ...]
    outline: Outline
    run: str = ""


@dataclass(frozen=True, eq=False)
class Terms:
    """How a run is waited for.

    Attributes:
        keep: Whether it stays for a while, to be asked about by `ask`, where it took long or its scene lacks something.
        watch: Hears how far it is, and may stop it.
        known: Token of a run: if it is kept, and one of this program, another look at it is enough.
    """

    keep: bool = False
    watch: Watch = field(default_factory=Watch)
    known: str = ""


def run(source: str, device: str = "cpu", seed: int = 0, inputs: Mapping[str, Any] | None = None) -> Trace:
    """Run a program in a process of its own and return what it did, as plain data.

    Example:
        >>> trace = run("x = torch.arange(6).view(2, 3)")
        >>> trace.names["x"].shape
        (2, 3)

    Args:
        source: The program.
        device: Where tensors are made unless the program says otherwise.
        seed: What random generators start from.
        inputs: NumPy arrays bound to names before the program starts.

    Returns:
        The Trace without live tensors: `origins` says so. Whatever happened to the program or its process is
        `trace.error`.

    Raises:
        ValueError: `device` is not a device of this machine, or an input's name is not an identifier.
    """
    job = Job("trace", source, device, seed, dict(inputs or {}), limits=limits_from_environment())
    return _trace(job)[0]


def run_and_look(source: str, lens: str, device: str = "cpu", seed: int = 0) -> tuple[Trace, Scene]:
    """Do what `run` and `scene` do, in one run.

    Raises:
        ValueError: As for `scene`.
    """
    job = Job("trace", source, device, seed, {}, _with_lens(lens, {}), limits_from_environment())
    trace, encoded, charts = _trace(job)
    with contextlib.suppress(DecodingError):
        return trace, replace(decode(encoded), charts=charts)
    return trace, LENSES[lens](trace if trace.error else stopped_trace(unreadable(), source, device, seed))


def scene(
    source: str,
    lens: str = "shapes",
    device: str = "cpu",
    seed: int = 0,
    inputs: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - a lens's own options
) -> Scene:
    """Run a program in a process of its own and look at it through a lens, there too.

    Args:
        source: The program.
        lens: Name of the lens; `explorer.LENSES` has them all.
        device: As for `run`.
        seed: As for `run`.
        inputs: As for `run`.
        options: The lens's own options.

    Returns:
        The Scene; its numbers have the types that they were sent with (see `explorer.scene.decoding`).

    Raises:
        ValueError: As for `run`, or there is no such lens.
    """
    job = Job("scene", source, device, seed, dict(inputs or {}), _with_lens(lens, options), limits_from_environment())
    with contextlib.suppress(DecodingError):
        seen = _view(job, Terms())
        return replace(decode(seen.scene), charts=seen.charts)
    return LENSES[lens](stopped_trace(unreadable(), source, device, seed), **options)


def view(
    source: str,
    lens: str = "shapes",
    device: str = "cpu",
    inputs: Mapping[str, Any] | None = None,
    terms: Terms | None = None,
    **options: Any,  # noqa: ANN401
) -> View:
    """Do what `scene` does with seed 0, and leave the scene encoded, as the stage takes it.

    Raises:
        ValueError: As for `scene`.
        Stopped: Somebody stopped it through `terms.watch`.
    """
    terms = terms or Terms()
    limits = limits_from_environment()
    job = Job("scene", source, device, 0, dict(inputs or {}), _with_lens(lens, options), limits, terms.keep)
    return _view(job, terms)


def ask(run: str, question: Question) -> bytes:
    """Ask about a run that `view` kept; it is done again when it is gone.

    Args:
        run: Its token, `View.run`.
        question: What to ask.

    Returns:
        An encoded `Part` or `Summary`, whatever the run was.

    Raises:
        ValueError: The run is not known, or the question makes no sense; the message is for people.
        Stopped: There is no answer, and this is why.
    """
    try:
        return checked(workers().ask(run, question).payload, question.what)
    except DecodingError:
        raise unreadable() from None
    except RefusedError as error:
        raise ValueError(str(error)) from None


def forget(run: str) -> None:
    """Let go of a run that `view` kept."""
    if run:
        workers().kept.forget(run)


def call(job: Job) -> Answer:
    """Have a job done where its device is.

    Raises:
        Stopped: There is no answer, and this is why.
        ValueError: The job makes no sense here.
    """
    try:
        return workers().call(job)
    except RefusedError as error:
        raise ValueError(str(error)) from None


def _trace(job: Job) -> tuple[Trace, bytes, tuple[Chart, ...]]:
    """Return the trace of a job, with the encoded scene and the charts of its lens, if it has one."""
    try:
        answer = call(job)
        length = _length(answer, "trace")
        parts = _parts(answer, length) if "lens" in job.options else (b"", ())
        return decode_trace(answer.payload[:length]), *parts
    except DecodingError:
        stopped = unreadable()
    except Stopped as why:
        stopped = why
    return stopped_trace(stopped, job.source, job.device, job.seed), b"", ()


def _begin(job: Job, terms: Terms) -> tuple[Answer, str]:
    """Do as `call`; return also the token of the run."""
    try:
        return workers().begin(job, terms.watch, terms.known)
    except RefusedError as error:
        raise ValueError(str(error)) from None


def _with_lens(lens: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if lens not in LENSES:
        raise ValueError(f"no lens {lens!r}; there are: {', '.join(LENSES)}")
    return {**options, "lens": lens}


def _view(job: Job, terms: Terms) -> View:
    try:
        answer, run = _begin(job, terms)
        outline: Outline = Reader(Arrays([], memoryview(b""))).read(answer.header.get("outline"), Outline)
        return View(*_parts(answer), outline, run)
    except DecodingError:
        stopped = unreadable()
    except Stopped as why:
        if why.kind == BY_HAND:
            raise
        stopped = why
    trace = stopped_trace(stopped, job.source, job.device, job.seed)
    options = dict(job.options)
    return View(LENSES[options.pop("lens")](trace, **options).encode(), (), outline_of(trace))


def _parts(answer: Answer, start: int = 0) -> tuple[bytes, tuple[Chart, ...]]:
    """Return the encoded scene that starts at a byte of an answer, and the charts behind it."""
    end = start + _length(answer, "scene")
    return answer.payload[start:end], charts_in(answer.payload[end:])


def _length(answer: Answer, name: str) -> int:
    """Return how many bytes of an answer are of its first part."""
    length = answer.header.get(name)
    if type(length) is not int:
        raise DecodingError(f"the length of the {name} is missing")
    return length
