"""A browser that has not drawn yet what the server sent: what it says once more is not taken for a person's wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.opened import PAGES, PROGRAM, check, open_form, open_page, source

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

STEP_THROUGH = next(page for page in PAGES if page.key == "autograd")


def change_elsewhere(app: AppTest, **values: object) -> AppTest:
    """Change what the page shows as the editor or the browser's history does, in the page's session; then draw it."""
    for name, value in values.items():
        app.session_state[f"shape/{name}"] = value
    app.session_state["shape/edition"] = app.session_state["shape/edition"] + 1
    return check(app.run())


def test_the_example_that_was_shown_before_is_not_taken_again() -> None:
    app = open_page(None)
    late = app._tree.get_widget_states()
    app = change_elsewhere(app, source=PROGRAM)
    check(app._run(late))
    assert source(app) == PROGRAM


@pytest.mark.parametrize(
    "line", ["x.view(2, 12)", "x.reshape(4, 6)", "x.unsqueeze(0)"], ids=["argument", "operation", "both"]
)
def test_a_form_that_was_shown_before_does_not_write_its_chip_again(line: str) -> None:
    app = open_form(open_page(), 1)
    late = app._tree.get_widget_states()
    changed = PROGRAM.replace("x.view(4, 6)", line)
    app = change_elsewhere(app, source=changed)
    check(app._run(late))
    assert source(app) == changed


def test_a_form_that_comes_back_before_the_browser_took_it_away_leaves_its_chip() -> None:
    written = PROGRAM.replace("x.view(4, 6)", "x.view(2, 12)")
    app = open_form(open_page(written), 1)
    late = app._tree.get_widget_states()
    app.session_state["shape/selected"] = None
    edition = app.session_state["shape/edition"]
    check(app.run())
    check(app._run(late))
    assert source(app) == written
    assert app.session_state["shape/edition"] == edition  # a click in the row that is drawn counts


def test_a_switch_that_was_on_before_is_not_turned_on_again() -> None:
    app = open_page(page=STEP_THROUGH, check="1")
    late = app._tree.get_widget_states()
    assert [switch.value for switch in app.toggle] == [True]
    app.session_state["autograd/options"] = {}
    check(app.run())
    check(app._run(late))
    assert [switch.value for switch in app.toggle] == [False]


def test_the_device_that_was_shown_before_is_not_chosen_again() -> None:
    app = open_page(device="meta")
    late = app._tree.get_widget_states()
    app.session_state["device/chosen"] = "cpu"  # as the browser's history does
    check(app.run())
    check(app._run(late))
    assert app.radio[0].value == "cpu"
