"""The picture while a field is being typed in: a request of its own, beside Streamlit's reruns.

A rerun draws the whole page anew, which takes a browser longer than the program takes to run. The stage asks here
for the scene of the program with one field changed and shows it at once; when the field is left, Streamlit's rerun
brings the same scene for good. Nothing is kept between requests.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.compute import devices
from explorer.compute.runs import view
from explorer.lenses import LENSES
from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.operations import OPERATIONS
from explorer.ui.bodies import body_of

PATH = "/explorer/preview"
MAX_BODY = 100_000
_NOTHING = 204


async def _answer(request: Request) -> Response:
    body = await body_of(request, MAX_BODY)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    scene = await run_in_threadpool(preview, body)
    if scene is None:
        return Response(status_code=_NOTHING)
    return Response(scene, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def preview(body: bytes) -> bytes | None:
    """Return the encoded scene of a program with one field changed.

    Args:
        body: JSON object: `program`, `index` of the chip, `field` (parameter name), `text` as typed, `device` or null,
            `lens` that the page looks through.

    Returns:
        None when there is nothing to show: the text makes no argument, the program reads an upload (which only the
        session has), or the request is none of the stage's.
    """
    try:
        asked = json.loads(body)
        program, device, lens = str(asked["program"]), _device(asked["device"]), _lens(asked["lens"])
        changed = _changed(program, int(asked["index"]), str(asked["field"]), str(asked["text"]))
    except (ValueError, KeyError, TypeError, IndexError, ArgumentProblem, EditProblem):
        return None
    if changed is None:
        return None
    return view(changed, lens=lens, device=device).scene


def _device(name: Any) -> str:  # noqa: ANN401 - whatever the request says
    names = [device.name for device in devices()]
    return name if name in names else names[0]


def _lens(name: Any) -> str:  # noqa: ANN401
    if name not in LENSES:
        raise ValueError("no such lens")
    return str(name)


def _changed(program: str, index: int, field: str, text: str) -> str | None:
    """Return the program with the field changed; None where there is no such field, or an upload is needed."""
    row = chain.chips(program)
    chip = row[index]
    if chip.role == "raw" or any(other.name == "upload" for other in row):
        return None
    table = CREATIONS if chip.role == "creation" else OPERATIONS
    parameter = next((p for p in table[chip.name].parameters if p.name == field), None)
    if parameter is None:
        return None
    return chain.set_fields(program, index, chip.name, {field: parameter.parse(text)})


ROUTE = Route(PATH, _answer, methods=["POST"])
