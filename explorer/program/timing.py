"""Times a program as it is: run under the policy's guards, but not recorded."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import CodeType
from typing import Any

import torch

from explorer.program.devices import ALWAYS, is_available, missing_text
from explorer.program.explain.devices import missing_device
from explorer.program.explain.text import plain_words
from explorer.program.guards.namespace import program_namespace
from explorer.program.guards.refusals import PolicyError
from explorer.program.limits import LimitError
from explorer.program.output import Output
from explorer.program.policy import RefusedError, compile_program

# of the budget, at most this share goes into warming up
_WARM_UP_SHARE = 0.4
NOTHING_ON_META = "nothing is computed on meta, so there is nothing to time"
_FILENAME = "<timed program>"


@dataclass(frozen=True)
class Plan:
    """How often a program is run to be timed.

    Attributes:
        repeats: How many runs are timed, if the budget allows; at least one is.
        warm_up: How many runs come before those: first calls load kernels and fill caches.
        budget_seconds: No further run starts after so long, warming up included. A run itself is not stopped.
    """

    repeats: int = 20
    warm_up: int = 2
    budget_seconds: float = 3.0


DEFAULT_PLAN = Plan()


@dataclass(frozen=True)
class Timing:
    """How long a program took on one device.

    Attributes:
        device: Where it ran.
        seconds: Wall-clock time of each repeat, in order, warming up left out; empty when it was not timed.
        error: Why it was not timed; "" when it was.
        threads: How many threads torch computed with, on the CPU; 0 elsewhere.
    """

    device: str
    seconds: tuple[float, ...]
    error: str = ""
    threads: int = 0


def measure(
    source: str,
    device: str = "cpu",
    seed: int = 0,
    inputs: Mapping[str, Any] | None = None,
    plan: Plan = DEFAULT_PLAN,
) -> Timing:
    """Run a program several times in this process and time each run, without recording anything.

    A run begins with fresh names and the same seed, and ends when the device has finished what was asked of it
    (`torch.accelerator.synchronize`). Compiling is left out, what the program prints is thrown away.

    Args:
        source: The program.
        device: Where tensors are made unless the program says otherwise.
        seed: What torch's generators start from in each run.
        inputs: Values bound to names before the program starts.
        plan: How often it is run.

    Returns:
        The times, or why there are none; nothing is raised for what the program did.
    """
    if not is_available(device):
        return Timing(device, (), missing_text(device))
    if torch.device(device).type == "meta":
        return Timing(device, (), NOTHING_ON_META)
    try:
        timed = _Timed(compile_program(source, _FILENAME), device, seed, inputs or {})
        with _undisturbed(device):
            seconds = tuple(timed.repeated(plan))
        return Timing(device, seconds, threads=torch.get_num_threads() if torch.device(device).type == "cpu" else 0)
    except SyntaxError as error:
        return Timing(device, (), f"the program cannot run: {error.msg} on line {error.lineno}")
    except RefusedError as error:
        return Timing(device, (), f"the program cannot run: {error.message}")
    except (Exception, PolicyError, LimitError) as error:  # whatever the program raised becomes Timing.error
        return Timing(device, (), _why(error, source))


def _why(error: BaseException, source: str) -> str:
    explanation = missing_device(error, source)
    return f"{type(error).__name__}: {plain_words(error)}" if explanation is None else explanation.message


def synchronise(device: str) -> None:
    """Wait until an accelerator has done all that was asked of it; the CPU always has."""
    if torch.device(device).type not in ALWAYS:
        torch.accelerator.synchronize(device)


@dataclass(frozen=True, eq=False)
class _Timed:
    code: CodeType
    device: str
    seed: int
    inputs: Mapping[str, Any]

    def repeated(self, plan: Plan) -> Iterator[float]:
        """Warm up, then yield the seconds of each run."""
        started = time.perf_counter()
        for _ in range(plan.warm_up):
            self.once()
            if time.perf_counter() - started > plan.budget_seconds * _WARM_UP_SHARE:
                break
        for number in range(max(plan.repeats, 1)):
            if number and time.perf_counter() - started > plan.budget_seconds:
                return
            yield self.once()

    def once(self) -> float:
        """Return the seconds of one run."""
        namespace, _ = program_namespace(Output(_FILENAME), self.inputs)
        torch.manual_seed(self.seed)
        synchronise(self.device)
        with torch.device(self.device) if self.device != "cpu" else nullcontext():
            before = time.perf_counter()
            exec(self.code, namespace)  # noqa: S102 - compiled under the policy
            synchronise(self.device)
            return time.perf_counter() - before


@contextmanager
def _undisturbed(device: str) -> Iterator[None]:
    """Leave torch's generators as they were, and keep warnings out of the times."""
    where = torch.device(device)
    accelerators = [] if where.type in ALWAYS else [where]
    kind = where.type if accelerators else "cuda"
    with torch.random.fork_rng(devices=accelerators, device_type=kind), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
