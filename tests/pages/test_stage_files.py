"""The stage's files, as browsers keep them."""

from __future__ import annotations

import asyncio
import gzip
import shutil
from pathlib import Path
from typing import cast

import pytest
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from explorer.scene import modules
from explorer.ui import routes, stage_files
from explorer.ui.stage_files import ENTRIES, ROUTE, SHELF, Shelf, edition_of, loader


def get(edition: str, name: str, accept: str = "gzip, br") -> Response:
    scope = {
        "type": "http",
        "headers": [(b"accept-encoding", accept.encode())],
        "path_params": {"edition": edition, "name": name},
    }
    return cast(Response, asyncio.run(ROUTE.endpoint(Request(scope))))


def test_files_of_an_edition_are_kept_for_good_packed_and_plain() -> None:
    edition = SHELF.current()
    for name in (*ENTRIES, "study.js", "norm.js", "slide.js", "stage.css", "window.css", "vendor/codemirror.js"):
        packed, plain = get(edition.name, name), get(edition.name, name, accept="identity")
        assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert gzip.decompress(bytes(packed.body)) == bytes(plain.body) == edition.files[name].body
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        assert packed.headers["content-type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize("name", ["missing.js", "../ui/main.py", "__init__.py", "", "vendor", "types.js"])
def test_nothing_else_is_served(name: str) -> None:
    assert get(SHELF.current().name, name).status_code == 404


def test_a_page_of_another_server_gets_what_there_is_and_does_not_keep_it() -> None:
    answer = get("0123456789abcdef", "study.js")
    assert bytes(answer.body) == gzip.compress(SHELF.current().files["study.js"].body, mtime=0)
    assert answer.headers["cache-control"] == "no-store"


def test_an_edition_is_named_by_its_content() -> None:
    texts = {"a.js": "1", "b.css": "2"}
    names = {edition_of(texts).name, edition_of(dict(reversed(texts.items()))).name}
    assert len(names) == 1
    for other in ({"a.js": "1"}, {"a.js": "2", "b.css": "1"}, {"a.js": "12", "b.css": ""}, {"c.js": "1", "b.css": "2"}):
        assert edition_of(other).name not in names


def test_a_changed_file_makes_another_edition_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stage"
    shutil.copytree(modules.STAGE, folder)
    monkeypatch.setattr(modules, "STAGE", folder)
    monkeypatch.setattr(stage_files, "STAGE", folder)
    monkeypatch.setattr(stage_files, "_LOOK_AGAIN_S", 0.0)
    shelf = Shelf()
    first = shelf.current()
    assert shelf.current() is first
    with (folder / "dom.js").open("a") as file:
        file.write("// changed\n")
    second = shelf.current()
    assert second.name != first.name
    assert b"// changed" in second.files["stage.js"].body
    assert shelf.find(first.name) is first
    assert shelf.find(second.name) is second


def test_the_loader_asks_for_its_edition_beside_the_page() -> None:
    text = loader("stage.js", "0123")
    assert 'new URL("explorer/stage/0123/stage.js", document.baseURI)' in text
    assert "\n" in text  # by this Streamlit tells a module from the name of a file


@pytest.mark.parametrize(("base", "before"), [("some/where", "/some/where"), ("/slashes/", "/slashes")])
def test_routes_stand_below_the_base_path(base: str, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [route.path for route in routes.routes()]
    assert all(path.startswith("/explorer/") for path in paths)
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": base}.get)
    assert [route.path for route in routes.routes()] == [before + path for path in paths]
