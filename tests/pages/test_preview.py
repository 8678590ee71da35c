"""The preview: the scene of a program with one field changed, or nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware

import explorer
from explorer.ui.preview import PATH, ROUTE, preview

if TYPE_CHECKING:
    from starlette.types import Message

PROGRAM = "import torch\nx = torch.arange(24)\na = x.view(4, 6)\n"


def ask(**changed: Any) -> bytes | None:
    request = {"program": PROGRAM, "index": 1, "field": "shape", "text": "2, 12", "device": None, "lens": "shapes"}
    return preview(json.dumps({**request, **changed}).encode())


def test_it_is_the_scene_of_the_changed_program() -> None:
    expected = explorer.scene(explorer.run(PROGRAM.replace("4, 6", "2, 12"))).encode()
    assert ask() == expected
    assert ask(text="2,12") == expected


def test_it_runs_on_the_device_of_the_link() -> None:
    on_meta = ask(device="meta")
    assert on_meta is not None
    assert b'"device":"meta"' in on_meta
    assert ask(device="cuda:99") == ask()


def test_what_torch_refuses_is_shown_as_an_error() -> None:
    scene = ask(text="5, 5")
    assert scene is not None
    assert "5 × 5 = 25".encode() in scene


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "4, x"},
        {"text": ""},
        {"index": 9},
        {"index": -9},
        {"index": "a"},
        {"field": "dim"},
        {"program": "x = ("},
        {"program": "x = torch.tensor(data)\n", "index": 0, "field": "data", "text": "other"},
        {"program": "print(1)", "index": 0},
        {"program": None},
        {"lens": "none"},
        {"lens": []},
    ],
)
def test_there_is_none_for_what_cannot_be_shown(changed: dict[str, Any]) -> None:
    assert ask(**changed) is None


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff", b'{"program": 1}'])
def test_rubbish_is_answered_with_nothing(body: bytes) -> None:
    assert preview(body) is None


CONV = "import torch\nfrom torch import nn\nx = torch.ones(1, 1, 4, 4)\nconv = nn.Conv2d(1, 2, 3)\ny = conv(x)\n"


def ask_convolution(**asked: Any) -> bytes | None:
    return preview(json.dumps({"program": CONV, "device": None, "lens": "convolution", **asked}).encode())


def test_a_layers_field_is_previewed_like_others() -> None:
    expected = explorer.scene(explorer.run(CONV.replace("2, 3)", "2, 2)")), "convolution").encode()
    assert ask_convolution(index=1, field="kernel_size", text="2") == expected
    assert ask_convolution(index=1, field="kernel_size", text="2, 2, 2") is None


def test_options_of_the_lens_are_those_of_the_link_or_of_the_stage() -> None:
    expected = explorer.scene(explorer.run(CONV), "convolution", channel=1, flip=True).encode()
    assert ask_convolution(options={"channel": 1, "flip": True}) == expected
    assert ask_convolution(options={"channel": "1", "flip": "1", "program": "x", "step": "3"}) == expected
    assert ask_convolution(options=[1]) is None


def test_a_change_made_in_the_picture_is_previewed() -> None:
    change = {"kind": "gradient", "tensor": "y", "index": [0, 0, 1, 1]}
    expected = explorer.scene(explorer.run(CONV + "y[0, 0, 1, 1].backward()\n"), "convolution").encode()
    assert ask_convolution(change=change) == expected
    for rubbish in ({}, {"kind": "gradient"}, 3, "no gradient", None):
        assert ask_convolution(change=rubbish) is None


def sent(program: str, lens: str) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of the route's answer, behind what packs answers as Streamlit does."""
    body = json.dumps({"program": program, "device": None, "lens": lens, "options": {}}).encode()
    headers = [(b"accept-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": headers, "query_string": b""}
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    asyncio.run(GZipMiddleware(Starlette(routes=[ROUTE]))(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return told, b"".join(message.get("body", b"") for message in said[1:])


def test_numbers_are_sent_as_they_are_and_text_is_packed() -> None:
    program = "y = nn.Conv2d(1, 4, 3)(torch.rand(1, 1, 28, 28))"
    headers, body = sent(program, "convolution")
    assert headers["content-encoding"] == "identity"
    assert body.startswith(b"TXS1")
    headers, body = sent("x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()", "autograd")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body).startswith(b"TXS1")
