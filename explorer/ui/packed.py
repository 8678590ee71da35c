"""Answers that are the same for everybody: packed once, sent packed to those who take it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response


class Packed:
    """A body that is sent often."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self.body = body
        self._media_type = media_type

    @cached_property
    def packed(self) -> bytes:
        """The body, gzipped."""
        return gzip.compress(self.body, mtime=0)

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """Answer a request with the body and `headers`."""
        own = {**headers, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self.body, media_type=self._media_type, headers=own)
        return Response(self.packed, media_type=self._media_type, headers={**own, "Content-Encoding": "gzip"})
