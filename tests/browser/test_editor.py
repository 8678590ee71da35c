"""The program as text: edited, run, broken and mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import DEFAULT, SHORT, SHORT_CHIPS, SHORT_GRIDS

if TYPE_CHECKING:
    from tests.browser.app import App

pytestmark = pytest.mark.browser


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


def test_an_edited_program_runs_with_control_enter(app: App) -> None:
    app.open(DEFAULT)
    app.run(SHORT)
    app.expect_program(SHORT, SHORT_CHIPS)
    app.expect_grids(SHORT_GRIDS)
    app.expect_frame(2)
    app.expect_linked_program(SHORT)


def test_the_run_button_runs_and_revert_takes_back(app: App) -> None:
    app.open(SHORT)
    run = app.page.get_by_test_id("run")
    expect(run).to_be_hidden()
    app.retype("rubbish")
    app.page.get_by_role("button", name="Revert").click()
    app.expect_program(SHORT)
    app.retype(SHORT.replace("(2, 3)", "(3, 2)"))
    run.click()
    app.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2]])
    expect(run).to_be_hidden()


def test_a_syntax_error_keeps_the_text_and_stands_at_its_line(app: App) -> None:
    app.open(SHORT)
    broken = SHORT.replace("x.view(2, 3)", "x.view(2, 3")
    app.run(broken)
    expect(app.error).to_contain_text("line 3")
    app.expect_program(broken)
    expect(app.page.locator(".te-wavy")).to_be_visible()
    above = app.page.locator(".cm-line:has(+ [data-testid=mark-error])")
    expect(above).to_have_text("a = x.view(2, 3")
    app.run(SHORT)
    expect(app.error).to_have_count(0)
    app.expect_program(SHORT, SHORT_CHIPS)
    app.expect_grids(SHORT_GRIDS)


def test_what_a_program_prints_stands_below_it(app: App) -> None:
    app.open(DEFAULT)
    app.run("x = torch.arange(3)\nprint('sum', x.sum())\nx * 2\n")
    expect(app.page.get_by_role("region", name="Output", exact=True)).to_have_text("sum tensor(3)\ntensor([0, 2, 4])\n")


def test_an_empty_program_says_what_to_type(app: App) -> None:
    app.open(DEFAULT)
    app.run("")
    expect(app.page.get_by_text("No tensors yet.")).to_be_visible()
    app.expect_chips([])
    app.run(SHORT)
    app.expect_grids(SHORT_GRIDS)
