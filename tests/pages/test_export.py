"""The menu that exports a page, without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import PAGES, PROGRAM, Page, check, open_page
from tests.pages.test_running import LONG

# opened by its file, the first page has another address than as the first page, and Streamlit forgets its menu
OTHERS = PAGES[1:]


def downloads(app: AppTest) -> tuple[Any, Any]:
    """Return the buttons of the menu: the picture, the program."""
    picture, program = [button.proto for button in app.get("download_button")]
    return picture, program


def with_open_menu(app: AppTest, page: Page) -> AppTest:
    app.session_state[f"{page.key}/export"] = True
    return check(app.run())


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.key)
def test_the_picture_is_a_file_before_it_can_be_clicked(page: Page) -> None:
    app = open_page(PROGRAM, page)
    picture, program = downloads(app)
    assert picture.disabled
    assert not program.disabled
    picture, program = downloads(with_open_menu(app, page))
    assert not picture.disabled
    # a file by its contents, no callable of one drawing: another visitor's drawing would take that away
    assert picture.url.endswith(".html")
    assert picture.deferred_file_id == ""
    assert program.url.endswith(".py")


def test_the_picture_of_a_run_that_has_not_ended_is_not_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    page = OTHERS[0]
    app = open_page(PROGRAM, page)
    assert not downloads(with_open_menu(app, page))[0].disabled
    monkeypatch.setattr("explorer.ui.latest.PATIENCE", 0.1)
    app.session_state[f"{page.key}/source"] = LONG
    picture, program = downloads(with_open_menu(app, page))
    assert picture.disabled
    assert not program.disabled
