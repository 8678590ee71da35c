"""A page's program while it runs: beside the script that draws the page, which need not wait for a long one.

The bar over the page (`running_bar.py`) asks here how far it is, by a route of its own: neither question nor click
waits for a rerun.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from explorer.compute.watch import Watch
from explorer.ui.bodies import body_of

PATH = "/explorer/running"
MAX_BODY = 1_000
T = TypeVar("T")


@dataclass(frozen=True)
class State:
    """What the bar says: a few words, and the share that is done, from 0 to 1; None where nobody knows."""

    text: str
    share: float | None


class Running(Generic[T]):
    """Work in a thread of its own, begun at once, that can be watched and stopped.

    Args:
        work: What is to be done; it is given the watch.

    Attributes:
        token: Names it for who has seen its page; it cannot be guessed.
    """

    def __init__(self, work: Callable[[Watch], T]) -> None:
        self.token = secrets.token_urlsafe(24)
        self._work = work
        self._watch = Watch()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._ended = threading.Event()
        _RUNNING[self.token] = self
        threading.Thread(target=self._go, name="running", daemon=True).start()

    @property
    def ended(self) -> bool:
        """Whether there is a result."""
        return self._ended.is_set()

    @property
    def state(self) -> State:
        """How far it is."""
        seconds, progress = self._watch.seconds, self._watch.progress
        if seconds is None:
            return State("waiting for its turn", None)
        if self._watch.ran:
            return State(f"drawing the picture · {seconds:.1f} s", None)
        if progress is None:
            return State(f"running · {seconds:.1f} s", None)
        share = progress.step / progress.total if progress.total else None
        return State(f"{progress.text or f'line {progress.line}'} · {seconds:.1f} s", share)

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; tell whether it came."""
        return self._ended.wait(seconds)

    def result(self) -> T:
        """Wait for the end, and return what the work gave, or raise what it raised."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it."""
        return self._watch.stopped

    def stop(self, *, keeping: bool = False) -> None:
        """End it; `keeping`: what ran until now is wanted, where there is a way to have it."""
        self._watch.stop(keeping=keeping)

    def _go(self) -> None:
        try:
            self._result.append(self._work(self._watch))
        except BaseException as error:  # it belongs to whoever asks for the result
            self._error = error
        finally:
            self._ended.set()


_RUNNING: MutableMapping[str, Running[Any]] = WeakValueDictionary()


def answer(body: bytes) -> dict[str, object]:
    """Say how far a run is, or stop it.

    Args:
        body: JSON object: `run`, the token; `stop`, whether to end it; `left`, whether nobody waits for it any more.

    Returns:
        `ended`, and while it goes on `text` and `share` of its state. What is not known has ended.
    """
    try:
        asked = json.loads(body)
        running, stop = _RUNNING.get(str(asked["run"])), asked.get("stop") is True
        keeping = asked.get("left") is not True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        running, stop, keeping = None, False, False
    if running is None or running.ended:
        return {"ended": True}
    if stop:
        running.stop(keeping=keeping)
    state = running.state
    return {"ended": False, "text": state.text, "share": state.share}


async def _answer(request: Request) -> Response:
    body = await body_of(request, MAX_BODY)
    return JSONResponse(answer(body or b""), headers={"Cache-Control": "no-store"})


ROUTE = Route(PATH, _answer, methods=["POST"])
