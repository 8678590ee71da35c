"""What casting would do to the value of one cell: a request of its own, answered by torch in this process.

The stage asks when a cell is pointed at and its card of bits is open. One scalar is cast, no program is involved, and
the same question has the same answer for as long as the server runs, so browsers may keep it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.trace.bits import casts

PATH = "/explorer/casts"
_KEPT = 4096
_HOUR = 3600


@lru_cache(maxsize=_KEPT)
def answer(dtype: str, bits: str) -> bytes | None:
    """Return `explorer.trace.bits.casts` as JSON; None when there is no such value.

    Args:
        dtype: Name of a dtype, without `torch.`.
        bits: Hexadecimal digits of the value.
    """
    try:
        found = casts(dtype, bits)
    except ValueError:
        return None
    return json.dumps(asdict(found), separators=(",", ":"), allow_nan=False).encode()


async def _answer(request: Request) -> Response:
    dtype, bits = (request.query_params.get(name, "")[:64] for name in ("dtype", "bits"))
    body = await run_in_threadpool(answer, dtype, bits)
    if body is None:
        return Response(status_code=400)
    return Response(body, media_type="application/json", headers={"Cache-Control": f"private, max-age={_HOUR}"})


ROUTE = Route(PATH, _answer, methods=["GET"])
