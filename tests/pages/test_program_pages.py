"""What all pages with a program have in common, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from explorer.program.builders.operations import OPERATIONS
from explorer.scene.encoding import MAGIC
from explorer.ui.examples.example import Example
from tests.pages.opened import (
    PAGES,
    PROGRAM,
    Page,
    check,
    chips,
    field,
    linked,
    menu,
    open_form,
    open_page,
    scene,
    scene_bytes,
    source,
)

EXAMPLES = [
    pytest.param(page, example, id=f"{page.key}: {example.title}") for page in PAGES for example in page.examples
]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)


@every_page
def test_it_opens_on_an_example_that_runs(page: Page) -> None:
    app = open_page(None, page)
    assert source(app, page) == page.examples[0].source
    assert scene_bytes(app)[:4] == MAGIC
    assert scene(app)["error"] is None
    assert "program" not in app.query_params


@pytest.fixture(scope="module")
def browsing() -> Callable[[Page], AppTest]:
    """A page on which somebody tries one example after another."""
    return cache(lambda page: open_page(None, page))


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_every_example_opens(page: Page, example: Example, browsing: Callable[[Page], AppTest]) -> None:
    app = browsing(page)
    check(field(app, "Examples").set_value(example.title).run())
    assert source(app, page) == example.source
    assert bool(scene(app)["error"]) == example.stops
    assert [chip["kind"] for chip in chips(app)].count("error") == example.stops
    assert all(app.query_params[name] in (str(value), [str(value)]) for name, value in example.opens)


@every_page
def test_examples_have_titles_of_their_own(page: Page) -> None:
    assert len({example.title for example in page.examples}) == len(page.examples)
    assert len(page.examples) >= 8


@every_page
def test_a_program_goes_round_through_its_link(page: Page) -> None:
    app = open_form(open_page(page=page), 1, page)
    check(field(app, "Shape").set_value("2,12").run())
    changed = PROGRAM.replace("4, 6", "2, 12")
    assert source(app, page) == changed == linked(app)
    again = open_page(linked(app), page)
    assert source(again, page) == changed
    assert scene_bytes(again) == scene_bytes(app)


@every_page
def test_what_makes_no_argument_is_explained_at_its_field(page: Page) -> None:
    app = open_form(open_page("import torch\nx = torch.arange(6)\ny = x.gather(0, x)\n", page), 1, page)
    check(field(app, "Index").set_value("3").run())
    assert "x.gather(0, x)" in source(app, page)
    assert field(app, "Index").value == "3"
    assert any("not a tensor" in markdown.value for markdown in app.markdown)
    check(field(app, "Index").set_value("torch.tensor([5, 0])").run())
    assert "y = x.gather(0, torch.tensor([5, 0]))" in source(app, page)
    assert not any(":red" in markdown.value for markdown in app.markdown)


@every_page
def test_the_menu_offers_everything_and_what_belongs_to_the_page_first(page: Page) -> None:
    offered = menu(open_page(page=page))
    assert {entry["name"] for entry in offered} >= set(OPERATIONS)
    groups = list(dict.fromkeys(entry["group"] for entry in offered))
    firsts = {"memory": "Write", "indexing": "Select", "broadcasting": "Elementwise", "reductions": "Reduce"}
    firsts |= {"convolution": "Convolution", "normalization": "Normalisation", "recurrent": "Recurrent"}
    assert groups[0] == {**firsts, "autograd": "Autograd"}.get(page.key, "Shape")
    # each group stands together
    assert [entry["group"] for entry in offered] == sorted((entry["group"] for entry in offered), key=groups.index)


def test_chips_say_what_makes_no_tensor() -> None:
    program = (
        "import torch\ndef f(x):\n    return x\nclass C:\n    pass\nn = 3\nvalues, indices = torch.zeros(3).sort()\n"
    )
    details = [chip["detail"] for chip in chips(open_page(program))]
    assert details[:3] == ["function", "class", "no new tensor"]
    assert "(3,)" in details[-1]
