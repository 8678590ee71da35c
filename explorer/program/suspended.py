"""Generators that a program began and did not finish: what they entered, they have not left."""

from __future__ import annotations

import contextlib
import gc
import inspect
from types import CodeType, GeneratorType
from typing import Any

from explorer.program.guards.refusals import PolicyError

# each may yield once more
_MOST_FINALLY_PARTS = 1_000


def close_generators(code: CodeType) -> None:
    """Close the generators of a program that are still suspended, as Python does at its own end.

    A suspended generator keeps its `with` statements entered, and under tracing its frame keeps the whole run alive.
    Whatever they do about it, they end.

    Args:
        code: The program as it was compiled; its filename tells its generators from others.
    """
    if not _makes_generators(code):
        return
    for value in gc.get_objects():
        if type(value) is not GeneratorType or value.gi_code.co_filename != code.co_filename:
            continue
        with contextlib.suppress(Exception):
            value.close()
        _force_end(value)


def _force_end(generator: GeneratorType[Any, Any, Any]) -> None:
    """End a generator that caught its end, by what no handler of a program catches."""
    for _ in range(_MOST_FINALLY_PARTS):
        if generator.gi_frame is None:
            return
        with contextlib.suppress(Exception, PolicyError):
            generator.throw(PolicyError("the program has ended"))


def _makes_generators(code: CodeType) -> bool:
    """Tell whether a generator function is defined in a code; expressions hold no `with`."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return any(
        (one.co_flags & inspect.CO_GENERATOR and one.co_name != "<genexpr>") or _makes_generators(one) for one in inner
    )
