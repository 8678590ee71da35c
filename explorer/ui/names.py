"""The names that the editor offers, as one answer that browsers keep."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.program import completion

PATH = "/explorer/names"


@cache
def packed_names() -> tuple[bytes, str]:
    """Return the names as gzipped JSON, and the tag that tells one state of them from another.

    The JSON has `owners` (by owner, lists of name, signature and summary) and `aliases`.
    """
    table = {"owners": completion.names(), "aliases": completion.aliases()}
    body = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(body, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:16]}"'


async def _answer(request: Request) -> Response:
    body, tag = await run_in_threadpool(packed_names)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type="application/json", headers=headers)


ROUTE = Route(PATH, _answer, methods=["GET"])
