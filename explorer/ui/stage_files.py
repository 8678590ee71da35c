"""The stage's files, for good: below an address that names their content, so that a browser fetches them once.

Streamlit's own address for them names no content, so browsers would ask for each of a hundred modules at each visit.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from explorer.scene.modules import STAGE, all_texts, bundles
from explorer.ui.packed import Packed

PATH = "/explorer/stage/{edition}/{name:path}"
ENTRIES = ("stage.js", "chain.js")
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_NOT_KEPT = {"Cache-Control": "no-store"}
_EDITIONS = 4
_LOOK_AGAIN_S = 1.0
_DIGITS = 16

# a page keeps the stage that it began with: another one would draw beside it
_LOADER = """const begun = (globalThis.tensorExplorer ??= {{}});
begun["{name}"] ??= import(new URL("explorer/stage/{edition}/{name}", document.baseURI).href);
export default (await begun["{name}"]).default;
"""


@dataclass(frozen=True)
class Edition:
    """The files at one moment.

    Attributes:
        name: Names their content.
        files: By name, as addresses have them.
    """

    name: str
    files: Mapping[str, Packed]


def edition_of(texts: Mapping[str, str]) -> Edition:
    """Return the edition that has these files."""
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name} {len(text)} {text}".encode())
    kinds = {".js": "text/javascript", ".css": "text/css"}
    files = {name: Packed(text.encode(), kinds[Path(name).suffix]) for name, text in texts.items()}
    return Edition(digest.hexdigest()[:_DIGITS], files)


def _read() -> Edition:
    others = [*STAGE.glob("*.css"), *STAGE.glob("vendor/*.js")]
    texts = {path.relative_to(STAGE).as_posix(): path.read_text(encoding="utf-8") for path in others}
    return edition_of(texts | bundles(all_texts(), ENTRIES))


def _stamp() -> tuple[int, int]:
    """Return the number of the files, and when the last of them changed."""
    times = [path.stat().st_mtime_ns for folder in (STAGE, STAGE / "vendor") for path in folder.iterdir()]
    return len(times), max(times)


class Shelf:
    """Keeps the last editions; one is made anew when a file changed, which only developers see."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._editions: dict[str, Edition] = {}
        self._stamp = (0, 0)
        self._looked = float("-inf")

    def current(self) -> Edition:
        """Return the newest edition."""
        with self._lock:
            if time.monotonic() - self._looked > _LOOK_AGAIN_S:
                self._look()
            return next(reversed(self._editions.values()))

    def find(self, name: str) -> Edition | None:
        """Return an edition that is kept, or was begun by this server."""
        return self._editions.get(name)

    def _look(self) -> None:
        stamp = _stamp()
        if stamp != self._stamp:
            edition = _read()
            self._editions.pop(edition.name, None)
            self._editions[edition.name] = edition
            for name in list(self._editions)[:-_EDITIONS]:
                del self._editions[name]
        self._stamp, self._looked = stamp, time.monotonic()


SHELF = Shelf()


def loader(name: str, edition: str) -> str:
    """Return the module that a Streamlit element loads: it fetches a file of an edition, once for each page."""
    return _LOADER.format(name=name, edition=edition)


async def _answer(request: Request) -> Response:
    current = await run_in_threadpool(SHELF.current)
    asked = SHELF.find(request.path_params["edition"])
    file = (asked or current).files.get(request.path_params["name"])
    if file is None:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    # a page that was opened before the server was replaced gets what there is now
    return file.answer(request, _FOR_GOOD if asked else _NOT_KEPT)


ROUTE = Route(PATH, _answer, methods=["GET"])
