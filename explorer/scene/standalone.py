"""A Scene as one HTML file: the same stage, its modules joined into one, its bytes in base64. Needs no network."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from explorer.scene.encoding import encode
from explorer.scene.modules import IMPORT, LIBRARY, STAGE, all_texts, in_order, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.scene.model import Grid, Scene

ENTRY = "mount.js"
STYLE = "stage.css"


@dataclass(frozen=True)
class _Part:
    """What stands around scenes of one kind: its module, the name that it exports, style sheets, and which scenes."""

    entry: str
    option: str
    styles: tuple[str, ...]
    needed: Callable[[Scene], bool]


_PARTS = (
    _Part("study.js", "study: { Study }", ("study.css", "graph.css"), lambda scene: scene.graph is not None),
    _Part(
        "slide.js",
        "slide: { Slide }",
        ("slide.css",),
        lambda scene: scene.layers is not None and scene.layers.windows is not None,
    ),
    _Part(
        "norm.js",
        "norm: { NormStage }",
        ("norm.css",),
        lambda scene: scene.norms is not None and bool(scene.norms.opened),
    ),
    _Part(
        "recurrent.js",
        "recurrent: { RecurrentStage }",
        ("recurrent.css", "recurrent-panels.css"),
        lambda scene: scene.recurrent is not None and bool(scene.recurrent.stops),
    ),
)

_EXPORT = re.compile(r"^export (?=(?:async )?function|const|let|class)", re.MULTILINE)

_PART_ONLY = (
    "Large tensors are shown in part, and this file holds only that part. In the app, where the tensors are, their "
    "windows can be moved to any index."
)

_OPTIONS = "editable: false, links: false, charts: true"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tensor Explorer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: clamp(12px, 3vw, 32px); font-family: system-ui, sans-serif; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0e1117; color: #e8eaf0; }} }}
h1 {{ font-size: 1.4rem; margin: 0 0 1rem; }}
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="stage"></div>
</main>
<script type="module">
{script}
const text = atob("{payload}");
const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
mount(document.getElementById("stage"), bytes, {{ {options} }});
</script>
</body>
</html>
"""


def to_html(scene: Scene) -> str:
    """Return `scene` as a self-contained page with all the interactions of the app's stage."""
    shown = replace(scene, notes=(*scene.notes, _PART_ONLY)) if any(map(_is_cut, scene.grids)) else scene
    parts = [part for part in _PARTS if part.needed(scene)]
    styles = (STYLE, *(name for part in parts for name in part.styles))
    return _PAGE.format(
        title=html.escape(scene.title),
        style="".join(map(text_of, styles)),
        script=joined_modules(ENTRY, *(part.entry for part in parts)),
        options=", ".join((_OPTIONS, *(part.option for part in parts))),
        payload=base64.b64encode(encode(shown)).decode("ascii"),
    )


def _is_cut(grid: Grid) -> bool:
    return grid.window != grid.shape and grid.device != "meta"


def _library(found: re.Match[str]) -> str:
    """Return the import of a library as one of its text."""
    names = found[1].replace(" as ", ": ")
    text = base64.b64encode((STAGE / found[2]).read_bytes()).decode("ascii")
    return f'const {{{names}}} = await import("data:text/javascript;base64,{text}");'


@cache
def joined_modules(*entries: str) -> str:
    """Return the modules `entries` and all that they import as one module's text, each after what it needs.

    Top-level names must be unique over the modules; a test guards it. Libraries, whose names are their own affair,
    stay modules of their own, as addresses that hold their text.
    """
    texts = all_texts()
    parts = {name: _plain(texts[name]) for name in in_order(texts, entries)}
    joined = "\n".join(f"// {name}\n{text.strip()}\n" for name, text in parts.items())
    # an inline script ends at the first closing tag, wherever it stands
    return joined.replace("</script", "<\\/script")


def _plain(text: str) -> str:
    """Return a module without what makes it one."""
    return _EXPORT.sub("", IMPORT.sub("", LIBRARY.sub(_library, text)))
