"""Questions of the stage about a large tensor: the window at another place, statistics. Routes, beside the reruns.

The picture of a large tensor holds a corner of it; its run is kept for a while, and the stage asks here for the rest.
Nothing is drawn anew on the page, so that moving a window takes as long as the answer.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, cast, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.compute.jobs import Question, What
from explorer.compute.runs import ask
from explorer.compute.stops import Stopped
from explorer.ui.bodies import body_of

PATH = "/explorer/window"
MAX_BODY = 10_000
_MAX_DIMENSIONS = 64


async def _answer(request: Request) -> Response:
    body = await body_of(request, MAX_BODY)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    status, content = await run_in_threadpool(answer, body)
    kind = "application/octet-stream" if status == HTTPStatus.OK else "text/plain; charset=utf-8"
    return Response(content, status, {"Cache-Control": "no-store"}, media_type=kind)


def answer(body: bytes) -> tuple[HTTPStatus, bytes]:
    """Answer a question about a kept run.

    Args:
        body: JSON object: `run` (token of the run), `what` (`part` or `statistics`), `grid`, `frame`, and for a part
            `first`, the index at which the window should begin.

    Returns:
        The status, and an encoded `Part` or `Summary`, or else a sentence that says why there is none.
    """
    try:
        asked = json.loads(body)
        run, question = str(asked["run"]), _question(asked)
    except (ValueError, KeyError, TypeError, RecursionError):
        return HTTPStatus.BAD_REQUEST, b"The question cannot be read."
    try:
        return HTTPStatus.OK, ask(run, question)
    except ValueError as error:
        return HTTPStatus.NOT_FOUND, str(error).encode()
    except Stopped as stopped:
        return HTTPStatus.SERVICE_UNAVAILABLE, f"{stopped.message} {stopped.hint}".strip().encode()


def _question(asked: dict[str, Any]) -> Question:
    what, first = asked["what"], asked.get("first", [])
    if what not in get_args(What) or not isinstance(first, list) or len(first) > _MAX_DIMENSIONS:
        raise ValueError("no question")
    numbers = [asked["grid"], asked["frame"], *first]
    if not all(type(number) is int and abs(number) < 2**63 for number in numbers):
        raise ValueError("indices are whole numbers")
    return Question(cast(What, what), numbers[0], numbers[1], tuple(numbers[2:]))


ROUTE = Route(PATH, _answer, methods=["POST"])
