"""Pages opened without a browser, and what stands on them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from explorer.ui.examples.autograd import AUTOGRAD_EXAMPLES
from explorer.ui.examples.broadcasting import BROADCASTING_EXAMPLES
from explorer.ui.examples.convolution import CONVOLUTION_EXAMPLES
from explorer.ui.examples.example import Example
from explorer.ui.examples.indexing import INDEXING_EXAMPLES
from explorer.ui.examples.memory import MEMORY_EXAMPLES
from explorer.ui.examples.normalization import NORMALIZATION_EXAMPLES
from explorer.ui.examples.recurrent import RECURRENT_EXAMPLES
from explorer.ui.examples.reductions import REDUCTION_EXAMPLES
from explorer.ui.examples.shape import SHAPE_EXAMPLES
from explorer.ui.permalink import decode_program, encode_program

ROOT = Path(__file__).parents[2]
ENTRY = ROOT / "explorer" / "ui" / "main.py"
PROGRAM = "import torch\nx = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\n"


@dataclass(frozen=True)
class Page:
    """A page with a program: its script, its address and the prefix of its keys, its examples."""

    script: str
    key: str
    examples: tuple[Example, ...]


SHAPE = Page("shape_and_memory", "shape", SHAPE_EXAMPLES)
PAGES = (
    SHAPE,
    Page("memory_laboratory", "memory", MEMORY_EXAMPLES),
    Page("indexing", "indexing", INDEXING_EXAMPLES),
    Page("broadcasting", "broadcasting", BROADCASTING_EXAMPLES),
    Page("reductions", "reductions", REDUCTION_EXAMPLES),
    Page("step_through", "autograd", AUTOGRAD_EXAMPLES),
    Page("convolution", "convolution", CONVOLUTION_EXAMPLES),
    Page("normalization", "normalization", NORMALIZATION_EXAMPLES),
    Page("recurrent", "recurrent", RECURRENT_EXAMPLES),
)


def open_page(program: str | None = PROGRAM, page: Page = SHAPE, **parameters: str) -> AppTest:
    """Open a page on a program; None: on what it opens on by itself."""
    link = {} if program is None else {"program": encode_program(program)}
    return open_link({**link, **parameters}, page)


def open_link(parameters: dict[str, str], page: Page = SHAPE) -> AppTest:
    """Open a page with what a link carries."""
    app = AppTest.from_file(str(ENTRY), default_timeout=300)
    if page is not SHAPE and page.script != page.key:
        app.run()  # before the first run a page is known by the name of its file only
    for name, value in parameters.items():
        app.query_params[name] = value
    app.switch_page(f"../../pages/{page.script}.py")
    return check(app.run())


def check(app: AppTest) -> AppTest:
    """Return the app, in which nothing went wrong."""
    assert not app.exception, app.exception
    return app


def source(app: AppTest, page: Page = SHAPE) -> str:
    """Return the page's program."""
    return str(app.session_state[f"{page.key}/source"])


def linked(app: AppTest) -> str:
    """Return the program in the address."""
    value = app.query_params["program"]
    return decode_program(value if isinstance(value, str) else value[0])


def open_form(app: AppTest, index: int, page: Page = SHAPE) -> AppTest:
    """Select a chip."""
    app.session_state[f"{page.key}/selected"] = index
    return check(app.run())


def scene_bytes(app: AppTest) -> bytes:
    """Return the scene that the page sent to the stage."""
    return _sent(app)[1]


def subject(app: AppTest) -> str:
    """Return what the page said that the picture is of."""
    return _sent(app)[0]


def _sent(app: AppTest) -> tuple[str, bytes]:
    from explorer.ui.components import HEAD_LENGTH, RUN_LENGTH  # its elements can be declared only while a page runs

    stage = [element for element in app.get("bidi_component") if b"explorer.stage" in element.proto.SerializeToString()]
    data = bytes(stage[-1].proto.bytes)
    return data[RUN_LENGTH:HEAD_LENGTH].decode().strip(), data[HEAD_LENGTH:]


def scene(app: AppTest) -> dict[str, Any]:
    """Return the header of that scene."""
    raw = scene_bytes(app)
    header: dict[str, Any] = json.loads(raw[8 : 8 + int.from_bytes(raw[4:8], "little")])
    return header


def chips(app: AppTest) -> list[dict[str, Any]]:
    """Return the chips that the page sent to the row above the stage."""
    return list(_row(app)["chips"])


def menu(app: AppTest) -> list[dict[str, str]]:
    """Return what the page offers to add, in its order."""
    return list(_row(app)["operations"])


def field(app: AppTest, label: str) -> Any:
    """Return the one field of the form with this label."""
    fields: Iterable[Any] = [*app.text_input, *app.selectbox, *app.text_area, *app.multiselect]
    found = [widget for widget in fields if widget.label == label]
    assert found, [widget.label for widget in [*app.text_input, *app.selectbox]]
    return found[0]


def _row(app: AppTest) -> dict[str, Any]:
    row = [element for element in app.get("bidi_component") if b"chain" in element.proto.SerializeToString()]
    data: dict[str, Any] = json.loads(bytes(row[-1].proto.bytes))
    return data
