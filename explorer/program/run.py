"""Runs a program for real and returns its Trace."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

import torch

from explorer.program import errors
from explorer.program.deadline import Deadline
from explorer.program.devices import is_available, missing_text
from explorer.program.explain import Inputs
from explorer.program.guards.namespace import program_namespace
from explorer.program.limits import AllocationCheck, max_bytes_from_environment
from explorer.program.output import Output
from explorer.program.policy import RefusedError, compile_program
from explorer.program.settings import own_settings
from explorer.program.suspended import close_generators
from explorer.trace.garbage import collected_rarely
from explorer.trace.loops import Progress
from explorer.trace.model import Graph, ProgramError, Trace
from explorer.trace.recorder import Recorder, Subject

# torch's random generator is one for the whole process: runs take turns, so that a seed means what it says
_ONE_AT_A_TIME = threading.Lock()
_RUN_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Allowance:
    """What a run may take.

    Attributes:
        nbytes: How much it may allocate; `EXPLORER_MAX_BYTES` or 2 GiB when None.
        seconds: How long it may run; None: as long as it likes.
        report: Told how far a long run is, about ten times a second; False when it is to stop.
    """

    nbytes: int | None = None
    seconds: float | None = None
    report: Callable[[Progress], bool | None] | None = None


def run(
    source: str,
    device: str = "cpu",
    seed: int = 0,
    inputs: Mapping[str, Any] | None = None,
    *,
    max_bytes: int | None = None,
    max_seconds: float | None = None,
) -> Trace:
    """Run a small PyTorch program and record everything that it does.

    Example:
        >>> trace = run("x = torch.arange(24).view(4, 6).t()")
        >>> trace.steps[-1].kind, trace.names["x"].stride
        ('view', (1, 6))

    Args:
        source: The program. `torch`, `nn`, `F`, `np` and some more need no import.
        device: Where tensors are made unless the program says otherwise: `cpu`, `cuda`, `meta` (shapes only), ….
        seed: What the random generators of torch, NumPy and Python start from.
        inputs: Values (NumPy arrays, as a rule) bound to names before the program starts.
        max_bytes: How much it may allocate; `EXPLORER_MAX_BYTES` or 2 GiB when None.
        max_seconds: How long it may run; a call inside torch is not interrupted. None: as long as it likes.

    Returns:
        The Trace. What the program did wrong is `trace.error`; nothing is raised for it.

    Raises:
        ValueError: `device` is not a device of this machine, or an input's name is not an identifier.
    """
    return run_within(source, Inputs(inputs or {}, device, seed), Allowance(max_bytes, max_seconds))


def run_within(source: str, start: Inputs, allowance: Allowance) -> Trace:
    """Do what `run` does, and tell how far a long run is.

    Raises:
        ValueError: As for `run`.
    """
    _check_arguments(start)
    filename = f"<program {next(_RUN_NUMBERS)}>"
    try:
        code = compile_program(source, filename)
    except SyntaxError as error:
        return _not_run(source, start, errors.from_syntax_error(error, source))
    except RefusedError as error:
        return _not_run(source, start, errors.from_refusal(error, source))
    except (ValueError, RecursionError, MemoryError) as error:
        return _not_run(source, start, ProgramError("syntax", f"This cannot be read: {error}.", 1, 0, ""))
    output = Output(filename)
    namespace, connect = program_namespace(output, start.names)
    check = AllocationCheck(allowance.nbytes or max_bytes_from_environment(), start.device)
    recorder = Recorder(Subject(source, filename, namespace), check)
    output.last_step = lambda: len(recorder.steps) - 1
    connect(recorder)
    with _ONE_AT_A_TIME, collected_rarely():  # describing the graph makes many objects, too
        deadline = Deadline(recorder.frames, allowance.seconds, allowance.report)
        failure = _execute(code, recorder, source, start, deadline)
        graph = recorder.graph()
    output.settle()
    return Trace(
        source=source,
        device=start.device,
        seed=start.seed,
        output=output.text,
        error=failure,
        steps=tuple(recorder.steps),
        graph=graph,
        backward=tuple(recorder.backward.events),
        engine_runs=tuple(recorder.backward.runs),
        bindings=tuple(recorder.names.bindings),
        prints=tuple(output.pieces),
        omitted=recorder.budget.omitted,
        arrays=tuple(recorder.arrays.bindings) if recorder.arrays.active else (),
        calls=tuple(recorder.calls),
    )


def _execute(code: CodeType, recorder: Recorder, source: str, start: Inputs, deadline: Deadline) -> ProgramError | None:
    where = torch.device(start.device)
    error = None
    with own_settings(where, start.seed):
        try:
            with where if start.device != "cpu" else nullcontext(), recorder, deadline:
                try:
                    exec(code, recorder.namespace)  # noqa: S102 - compiled under the policy; running programs is the point
                finally:
                    close_generators(code)
        except KeyboardInterrupt:  # whoever runs the program wants to stop
            raise
        except BaseException as raised:  # a program may raise anything; it becomes trace.error
            explained = errors.from_exception(raised, recorder, source, code.co_filename, start)
            error = replace(explained, node=recorder.backward.node_of(raised))
    return error


def _check_arguments(start: Inputs) -> None:
    if not is_available(start.device):
        raise ValueError(missing_text(start.device))
    for name in start.names:
        if not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"{name!r} cannot be the name of an input")


def _not_run(source: str, start: Inputs, error: ProgramError) -> Trace:
    return Trace(source, start.device, start.seed, "", error, (), Graph(), (), ((),), calls=())
