"""How much a run may use: defaults and environment variables."""

from __future__ import annotations

import os
from dataclasses import dataclass

from explorer.program.limits import max_bytes_from_environment

DEFAULT_MAX_SECONDS = 10.0
# how long after its limit a run that does not stop by itself is killed
GRACE_SECONDS = 0.2
# when in that time it writes down where it is: late, so that one that is about to stop has stopped
DUMP_SECONDS = 0.15
MAX_SCENE_BYTES = 32 * 1024**2
MAX_TRACE_BYTES = 128 * 1024**2
MAX_PART_BYTES = 1024**2
DEFAULT_KEPT_RUNS = 4
# processor time of a run from which on it is kept for other looks at it
WORTH_KEEPING_SECONDS = 0.3
# how long a run is kept after the last question
KEPT_SECONDS = 120.0
# runs that can be done again for a question, and what their uploads may take
MAX_REMEMBERED = 500
MAX_REMEMBERED_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        seconds: Of wall-clock time for the program; a lens may take as long again.
        nbytes: Memory of the program's tensors.
    """

    seconds: float = DEFAULT_MAX_SECONDS
    nbytes: int = 2 * 1024**3


def limits_from_environment() -> Limits:
    """Return the limits of `EXPLORER_MAX_SECONDS` and `EXPLORER_MAX_BYTES`, or the defaults.

    Raises:
        ValueError: A variable is not a positive number.
    """
    return Limits(_positive("EXPLORER_MAX_SECONDS", DEFAULT_MAX_SECONDS), max_bytes_from_environment())


def workers_from_environment() -> int:
    """Return how many programs may run at once: `EXPLORER_WORKERS`, or one a processor.

    Raises:
        ValueError: The variable is not a positive whole number.
    """
    number = _positive("EXPLORER_WORKERS", float(processors()))
    if not number.is_integer():
        raise ValueError(f"EXPLORER_WORKERS must be a whole number, not {number:g}")
    return int(number)


def kept_runs_from_environment() -> int:
    """Return how many runs are kept for questions about large tensors: `EXPLORER_KEPT_RUNS`, or 4; 0 keeps none.

    Raises:
        ValueError: The variable is not a whole number, or negative.
    """
    text = os.environ.get("EXPLORER_KEPT_RUNS", "") or str(DEFAULT_KEPT_RUNS)
    if not text.isdecimal():
        raise ValueError(f"EXPLORER_KEPT_RUNS must be a whole number, not {text!r}")
    return int(text)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _positive(name: str, default: float) -> float:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} must be a positive number, not {text!r}")
    return number
