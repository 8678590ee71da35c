"""A site with nothing but the stage and scenes for it: no Streamlit."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from explorer.scene.modules import STAGE, all_texts, bundles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, ConsoleMessage, Page

    from explorer.scene.model import Scene

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stage</title>
<meta name="viewport" content="width=device-width"><style>:root { color-scheme: light dark }
@media (prefers-color-scheme: dark) { body { background: #0f1218; color: #eceef3 } }</style>
<link rel="stylesheet" href="joined/stage.css"><main id="root"></main><script type="module">
import { mount } from "./joined/mount.js";
const get = async (name) => new Uint8Array(await (await fetch(name + ".bin")).arrayBuffer());
const query = new URLSearchParams(location.search);
window.runs = [];
window.asked = [];
window.stage = mount(document.getElementById("root"), await get(query.get("s")),
  { editable: true, onRun: (source) => window.runs.push(source), onOptions: (options) => window.asked.push(options),
    onChange: (change) => window.asked.push(change) });
window.show = async (name, subject) => window.stage.update(await get(name), false, subject);
</script></html>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")  # the same modules for each page
        super().end_headers()


@contextmanager
def serving(folder: Path, scenes: Mapping[str, Scene]) -> Iterator[str]:
    """Serve a page that draws a scene, `?s=name`, out of an empty folder; its address.

    The page has the stage's modules joined, as the app has; below `stage/` they are one by one.
    """
    (folder / "index.html").write_text(_PAGE)
    (folder / "stage").symlink_to(STAGE)
    _join(folder / "joined")
    for name, scene in scenes.items():
        (folder / f"{name}.bin").write_bytes(scene.encode())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def _join(folder: Path) -> None:
    folder.mkdir()
    (folder / "vendor").symlink_to(STAGE / "vendor")
    for name, text in bundles(all_texts(), ["mount.js"]).items():
        (folder / name).write_text(text)
    for sheet in STAGE.glob("*.css"):
        shutil.copy(sheet, folder)


class Opener:
    """Opens pages of such a site; nothing may go wrong in them."""

    def __init__(self, browser: Browser, site: str, patience_ms: float) -> None:
        self._site = site
        self._context = browser.new_context()
        self._context.set_default_timeout(patience_ms)
        self._context.new_page().goto(f"{site}stage/stage.css")  # keeps the site's process, and what it has compiled
        self._pages: list[Page] = []
        self._kept: dict[str, Page] = {}
        self.errors: list[str] = []

    def keep(self, query: str) -> Page:
        """Open a page that stays, for all tests of the module that leave it as it was."""
        if query not in self._kept:
            self._kept[query] = self(query)
            self._pages.remove(self._kept[query])
        return self._kept[query]

    def __call__(
        self,
        query: str,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Page:
        """Open the page and wait until the scene is drawn."""
        page = self._context.new_page()
        self._pages.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.goto(f"{self._site}?{query}")
        page.wait_for_selector("[data-ready]")
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon" not in message.location.get("url", ""):
            self.errors.append(message.text)

    def leave(self) -> list[str]:
        """Close the pages that do not stay, and forget what they kept; return what went wrong since the last time."""
        for page in self._pages:
            page.evaluate("localStorage.clear()")
            page.close()
        self._pages.clear()
        errors, self.errors = self.errors, []
        return errors

    def close(self) -> None:
        """Close everything."""
        self._context.close()
