"""Torch calls that torch does not announce to its function modes: their guards tell the recorder themselves."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.trace.recorder import Recorder

_current: list[weakref.ref[Recorder]] = []


def connect(recorder: Recorder) -> None:
    """Send unannounced calls to this recorder from now on. Runs take turns, so there is one at a time."""
    _current[:] = [weakref.ref(recorder)]


def current() -> Recorder | None:
    """Return the recorder of the program that is running; None where nothing is recorded."""
    return _current[0]() if _current else None


def recorded(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever torch returns
    """Call a torch function and let the recorder write it down."""
    recorder = current()
    if recorder is None:
        return function(*args, **kwargs)
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
    return recorder.record(function, args, kwargs, frame)
