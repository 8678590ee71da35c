"""The route that sends the editor its names."""

from __future__ import annotations

import asyncio
import gzip
import json

import pytest
from starlette.requests import Request
from starlette.responses import Response

from explorer.program import completion
from explorer.ui.names import PATH, ROUTE


def get(**headers: str) -> Response:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": PATH, "query_string": b"", "headers": raw}
    answer = asyncio.run(ROUTE.endpoint(Request(scope)))
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_the_names_come_as_json(encoding: str) -> None:
    answer = get(accept_encoding=encoding)
    assert answer.headers.get("content-encoding", "identity") == encoding
    plain = gzip.decompress(bytes(answer.body)) if encoding == "gzip" else bytes(answer.body)
    body = json.loads(plain)
    assert body["aliases"] == completion.aliases()
    assert body["owners"]["Tensor"] == [list(entry) for entry in completion.names()["Tensor"]]


def test_a_browser_that_has_them_gets_nothing() -> None:
    answer = get(if_none_match=get().headers["etag"])
    assert (answer.status_code, answer.body) == (304, b"")
