"""A Scene as one HTML file: the same stage, its modules joined into one, its bytes in base64. Needs no network."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.scene.encoding import encode

if TYPE_CHECKING:
    from explorer.scene.model import Grid, Scene

STAGE = Path(__file__).parents[1] / "stage"
ENTRY = "mount.js"

_IMPORT = re.compile(r"""^import\s*\{[^}]*\}\s*from\s*["']\./([\w.-]+)["'];?[ \t]*$""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const|let|class)", re.MULTILINE)

_PART_ONLY = (
    "Large tensors are shown in part, and this file holds only that part. In the app, where the tensors are, their "
    "windows can be moved to any index."
)

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
mount(document.getElementById("stage"), bytes, {{ editable: false, links: false }});
</script>
</body>
</html>
"""


def to_html(scene: Scene) -> str:
    """Return `scene` as a self-contained page with all the interactions of the app's stage."""
    shown = replace(scene, notes=(*scene.notes, _PART_ONLY)) if any(map(_is_cut, scene.grids)) else scene
    return _PAGE.format(
        title=html.escape(scene.title),
        style=(STAGE / "stage.css").read_text(encoding="utf-8"),
        script=joined_modules(ENTRY),
        payload=base64.b64encode(encode(shown)).decode("ascii"),
    )


def _is_cut(grid: Grid) -> bool:
    return grid.window != grid.shape and grid.device != "meta"


@cache
def joined_modules(entry: str) -> str:
    """Return the module `entry` and all that it imports as one module's text, each after what it needs.

    Top-level names must be unique over the modules; a test guards it.
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts:
            return
        parts[name] = ""  # against a circle of imports
        text = (STAGE / name).read_text(encoding="utf-8")
        for needed in _IMPORT.findall(text):
            add(needed)
        del parts[name]
        parts[name] = _EXPORT.sub("", _IMPORT.sub("", text))

    add(entry)
    joined = "\n".join(f"// {name}\n{text.strip()}\n" for name, text in parts.items())
    # an inline script ends at the first closing tag, wherever it stands
    return joined.replace("</script", "<\\/script")
