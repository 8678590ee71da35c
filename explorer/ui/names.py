"""The names that the editor offers, as one answer that browsers keep."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.program import completion
from explorer.ui.packed import Packed

PATH = "/explorer/names"


@cache
def packed_names() -> tuple[Packed, str]:
    """Return the names as JSON, and the tag that tells one state of them from another.

    The JSON has `owners` (by owner, lists of name, signature and summary) and `aliases`.
    """
    table = {"owners": completion.names(), "aliases": completion.aliases()}
    body = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    return Packed(body, "application/json"), f'"{hashlib.sha256(body).hexdigest()[:16]}"'


async def _answer(request: Request) -> Response:
    names, tag = await run_in_threadpool(packed_names)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**headers, "Vary": "Accept-Encoding"})
    return names.answer(request, headers)


ROUTE = Route(PATH, _answer, methods=["GET"])
