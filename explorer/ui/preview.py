"""The picture while something is being changed: a request of its own, beside Streamlit's reruns.

A rerun draws the whole page anew, which takes a browser longer than the program takes to run. The stage asks here
for the scene of the program with one field changed, with a change that is made in the picture itself, or with other
options of the lens, and shows it at once; Streamlit's rerun brings the same scene for good. Nothing is kept between
requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from inspect import signature
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.compute import devices
from explorer.compute.runs import Terms, view
from explorer.compute.stops import Stopped
from explorer.compute.watch import Watch
from explorer.lenses import LENSES
from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.pictured import changed
from explorer.scene.encoding import is_mostly_text
from explorer.ui.bodies import body_of
from explorer.ui.options import chosen
from explorer.ui.running import Running

PATH = "/explorer/preview"
MAX_BODY = 100_000
PATIENCE = 1.5
"""Seconds until a preview comes too late."""
_NOTHING = 204


async def _answer(request: Request) -> Response:
    body = await body_of(request, MAX_BODY)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    scene = await run_in_threadpool(preview, body)
    if scene is None:
        return Response(status_code=_NOTHING)
    return Response(scene, media_type="application/octet-stream", headers=_headers(scene))


def _headers(scene: bytes) -> dict[str, str]:
    """Return the headers of an answer.

    Streamlit packs answers at its strongest: of numbers that takes 40 ms for each MB, and leaves 85% of them.
    """
    headers = {"Cache-Control": "no-store"}
    return headers if is_mostly_text(scene) else {**headers, "Content-Encoding": "identity"}


def preview(body: bytes) -> bytes | None:
    """Return the encoded scene of a program with a change.

    Args:
        body: JSON object: `program`, `device` or null, `lens` that the page looks through. Either `index` of a chip,
            `field` (parameter name) and `text` as typed, or `change` (see `explorer.program.builders.pictured`), or
            neither; `options`, those of the lens, as a link has them or as JSON; `run`, the token of the picture's run.

    Returns:
        None when there is nothing to show: the text makes no argument, the program reads an upload (which only the
        session has), it runs for too long, or the request is none of the stage's.
    """
    try:
        asked = json.loads(body)
        program, device, lens = str(asked["program"]), _device(asked["device"]), _lens(asked["lens"])
        options = _options(lens, asked.get("options"))
        wanted, known = _wanted(program, asked), str(asked.get("run", ""))
    except (ValueError, KeyError, TypeError, IndexError, ArgumentProblem, EditProblem):
        return None
    if wanted is None:
        return None
    shown = {**options, **_without_charts(lens)}
    return _soon(lambda watch: view(wanted, lens, device, None, Terms(watch=watch, known=known), **shown).scene)


def _soon(look: Callable[[Watch], bytes]) -> bytes | None:
    """Return a picture that is ready in time; later, the page's own, which shows how far it is, is as good."""
    running = Running(look)
    if not running.wait(PATIENCE):
        running.stop()
    try:
        return running.result()
    except Stopped:
        return None


def _device(name: Any) -> str:  # noqa: ANN401 - whatever the request says
    names = [device.name for device in devices()]
    return name if name in names else names[0]


def _lens(name: Any) -> str:  # noqa: ANN401
    if name not in LENSES:
        raise ValueError("no such lens")
    return str(name)


def _without_charts(lens: str) -> dict[str, Any]:
    """Return the option that spares a lens its charts: the page around the stage draws them, later."""
    return {"charts": False} if "charts" in signature(LENSES[lens]).parameters else {}


def _options(lens: str, asked: Any) -> dict[str, Any]:  # noqa: ANN401
    return chosen(lens, asked) if isinstance(asked, dict) else {}


def _wanted(program: str, asked: dict[str, Any]) -> str | None:
    """Return the program that the picture is wanted of; None where there is no such field, or an upload is needed."""
    row = chain.chips(program)
    if any(chip.name == "upload" for chip in row):
        return None
    if "field" in asked:
        return _with_field(program, row[int(asked["index"])], str(asked["field"]), str(asked["text"]))
    if "change" in asked:
        return changed(program, dict(asked["change"]))
    return program if isinstance(asked.get("options"), dict) else None


def _with_field(program: str, chip: chain.Chip, field: str, text: str) -> str | None:
    """Return the program with a chip's field changed; None where there is no such field."""
    parameter = next((one for one in chain.parameters(chip) if one.name == field), None)
    if parameter is None:
        return None
    return chain.set_fields(program, chip.index, chip.name, {field: parameter.parse(text)})


ROUTE = Route(PATH, _answer, methods=["POST"])
