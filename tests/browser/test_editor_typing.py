"""The editor under the fingers: what it offers, marks, keeps and gives back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.programs import FAILING, SHORT, SHORT_CHIPS, START
from tests.browser.test_accessibility import grave_findings

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from tests.browser.app import App
    from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser


def type_at_end(app: App, text: str) -> None:
    """Type as a person does, after the last line."""
    app.program.click()
    app.page.keyboard.press("Control+End")
    app.page.keyboard.type(text, delay=20)


def offered(app: App, name: str) -> Locator:
    """Return an option of the open list of completions."""
    label = app.page.locator(".cm-completionLabel", has_text=re.compile(f"^{re.escape(name)}$"))
    return app.page.get_by_role("option").filter(has=label)


def mark(app: App) -> Locator:
    """Return the message at the place of an error."""
    return app.page.get_by_test_id("mark-error")


def note(app: App) -> Locator:
    """Return the quiet note above the text."""
    return app.page.get_by_test_id("program-note")


def hold_names(app: App) -> list[Route]:
    """Let the names that the editor asks for wait; return the requests, to be continued."""
    held: list[Route] = []
    app.page.route(re.compile("/explorer/names"), lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    return held


def let_names_come(app: App, held: list[Route]) -> None:
    """Continue the request for the names, as soon as there is one."""
    for _ in range(1000):
        if held:
            break
        app.page.wait_for_timeout(50)
    held.pop().continue_()


@pytest.fixture(scope="module")
def tab(lasting_tabs: Tabs) -> App:
    return lasting_tabs.open().open(SHORT)


@pytest.fixture
def app(same_tab: App) -> App:
    """One tab for tests that each open a program of their own."""
    return same_tab


@pytest.mark.parametrize(
    ("typed", "name", "signature"),
    [
        ("c = b.resh", "reshape", "(*shape)"),
        ("c = torch.aran", "arange", "(start=0, end, step=1"),
        ("c = F.softm", "softmax", "(input, dim=None"),
        ("c = b.sum(keepd", "keepdim=", "argument"),
        ("c = x.view(2, 3).permu", "permute", "(*dims)"),
        ("from torch import linsp", "linspace", "(start, end, steps"),
        ("import numpy as thing\nthing.linsp", "linspace", "(start, stop, num=50"),
    ],
)
def test_names_are_offered_with_their_signatures(tab: App, typed: str, name: str, signature: str) -> None:
    type_at_end(tab, typed)
    expect(offered(tab, name)).to_contain_text(signature)
    tab.page.keyboard.press("Escape")
    tab.retype(SHORT)
    tab.expect_program(SHORT)


def test_a_chosen_name_is_written_and_its_signature_shown(app: App) -> None:
    app.open(SHORT)
    type_at_end(app, "c = b.resh")
    expect(offered(app, "reshape")).to_have_attribute("aria-selected", "true")
    app.page.wait_for_timeout(150)  # a list that has only just opened does not take Enter: it may be meant for the line
    app.page.keyboard.press("Enter")
    app.expect_program(f"{SHORT}c = b.reshape")
    app.page.keyboard.type("(3, ")
    app.expect_program(f"{SHORT}c = b.reshape(3, )")
    expect(app.page.get_by_test_id("signature")).to_contain_text("reshape(*shape)")
    app.page.keyboard.type("2)")
    expect(app.page.get_by_test_id("signature")).to_have_count(0)
    app.page.keyboard.press("Control+Enter")
    app.expect_chips([*SHORT_CHIPS, ".reshape(3, 2)"])


def test_names_that_come_late_are_shown_for_what_was_typed_meanwhile(tabs: Tabs) -> None:
    app = tabs.open()
    app.open(SHORT)
    held = hold_names(app)
    type_at_end(app, "c = b.reshape(3, ")
    expect(app.page.get_by_test_id("signature")).to_have_count(0)
    let_names_come(app, held)
    expect(app.page.get_by_test_id("signature")).to_contain_text("reshape(*shape)")


def test_a_list_waits_for_names_that_come_late(tabs: Tabs) -> None:
    app = tabs.open()
    app.open(SHORT)
    held = hold_names(app)
    type_at_end(app, "c = ")
    app.page.wait_for_timeout(300)  # what could be written here was asked before there was a word
    app.page.keyboard.type("b.sum(keepd", delay=20)
    expect(app.page.locator(".cm-completionLabel")).to_have_count(0)
    let_names_come(app, held)
    expect(offered(app, "keepdim=")).to_be_visible()


def test_the_programs_own_names_are_offered_but_enter_after_a_whole_word_ends_the_line(app: App) -> None:
    app.open("def flattened(tensor):\n    return tensor\n\n")
    type_at_end(app, "flat")
    expect(offered(app, "flattened")).to_have_count(1)
    app.page.keyboard.type("tened")
    app.page.keyboard.press("Enter")
    app.expect_program("def flattened(tensor):\n    return tensor\n\nflattened\n")


def test_lines_are_indented_and_brackets_closed(app: App) -> None:
    app.open("")
    type_at_end(app, "def f(x):\nreturn [x")
    app.expect_program("def f(x):\n    return [x]")


def test_tab_passes_through_an_editor_in_which_nothing_was_done(tabs: Tabs) -> None:
    app = tabs.open()
    app.open("x = 1\n")
    app.program.click()
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("Tab")
    expect(app.program).not_to_be_focused()
    app.page.keyboard.press("Shift+Tab")
    expect(app.program).to_be_focused()
    app.page.keyboard.press("Tab")
    expect(app.program).not_to_be_focused()
    app.expect_program("x = 1\n")
    app.page.keyboard.press("Shift+Tab")
    app.page.keyboard.press("Control+End")
    app.page.keyboard.press("Tab")
    app.expect_program("x = 1\n    ")


def test_tab_indents_and_escape_then_tab_leaves(tabs: Tabs) -> None:
    app = tabs.open()
    app.open("x = 1\n")
    type_at_end(app, "")
    app.page.keyboard.press("Tab")
    app.expect_program("x = 1\n    ")
    app.page.keyboard.press("Shift+Tab")
    app.expect_program("x = 1\n")
    expect(app.program).to_be_focused()
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("Tab")
    expect(app.program).not_to_be_focused()


def test_undo_survives_a_run_and_a_change_by_a_chip(app: App) -> None:
    app.open(SHORT)
    type_at_end(app, "")
    app.page.keyboard.insert_text("c = b.clone()")  # keys that come slowly, as on a busy machine, are undone one by one
    app.page.keyboard.press("Control+Enter")
    app.expect_chips([*SHORT_CHIPS, ".clone()"])
    app.select(1)
    app.fill("Shape", "3, 2")
    app.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2], ".clone()"])
    changed = f"{SHORT}c = b.clone()".replace("(2, 3)", "(3, 2)")
    app.expect_program(changed)
    app.settled()
    app.program.focus()
    app.page.keyboard.press("Control+z")
    app.expect_program(f"{SHORT}c = b.clone()")
    app.page.keyboard.press("Control+z")
    app.expect_program(SHORT)
    app.page.keyboard.press("Control+y")
    app.page.keyboard.press("Control+y")
    app.expect_program(changed)
    app.page.keyboard.press("Control+Enter")
    app.settled()
    app.expect_program(changed)


def test_a_change_by_a_chip_keeps_what_is_typed_and_the_cursor(app: App) -> None:
    app.open(SHORT)
    type_at_end(app, "c = b.clo")
    app.page.keyboard.press("Escape")
    app.select(1)
    app.fill("Shape", "3, 2")
    app.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2]])
    app.expect_program(SHORT.replace("(2, 3)", "(3, 2)") + "c = b.clo")
    app.settled()
    app.program.focus()
    app.page.keyboard.type("ne()")
    app.page.keyboard.press("Control+Enter")
    app.expect_chips([SHORT_CHIPS[0], ".view(3, 2)", SHORT_CHIPS[2], ".clone()"])


def test_what_a_chip_had_to_overwrite_can_be_brought_back(app: App) -> None:
    app.open(SHORT)
    mine = SHORT.replace("view(2, 3)", "view(6, 1)")
    app.retype(mine)
    app.select(1)
    app.fill("Shape", "3, 2")
    app.expect_program(SHORT.replace("(2, 3)", "(3, 2)"))
    expect(note(app)).to_contain_text("unsaved edits")
    app.settled()
    note(app).get_by_role("button", name="Bring them back").click()
    app.expect_program(mine)


def test_a_draft_survives_a_reload_and_can_be_discarded(app: App) -> None:
    app.open(SHORT)
    type_at_end(app, "unfinished = torch.")
    app.page.reload()
    app.drawn()
    app.expect_program(f"{SHORT}unfinished = torch.")
    expect(note(app)).to_contain_text("draft is back")
    expect(app.page.get_by_test_id("program-state")).to_contain_text("edited")
    note(app).get_by_role("button", name="Discard").click()
    app.expect_program(SHORT)
    app.page.reload()
    app.drawn()
    app.expect_program(SHORT)
    expect(note(app)).to_be_hidden()


def test_a_draft_of_another_program_is_offered(tabs: Tabs) -> None:
    app = tabs.open()
    app.open(SHORT)
    type_at_end(app, "mine")
    app.open(START)
    app.expect_program(START)
    note(app).get_by_role("button", name="Show it").click()
    app.expect_program(f"{SHORT}mine")


def test_another_device_keeps_what_is_typed(app: App) -> None:
    app.open(SHORT)
    type_at_end(app, "# not yet")
    app.page.get_by_text("meta · shapes only").click()
    app.expect_parameter("device", "meta")
    app.settled()
    app.expect_program(f"{SHORT}# not yet")


def test_an_error_stands_at_its_expression_and_a_click_mends_it(app: App) -> None:
    app.open(FAILING)
    expect(app.page.locator(".cm-line .te-wavy")).to_have_text("b.view(3, 8)")
    expect(mark(app)).to_contain_text("b has shape (6, 4)")
    mark(app).get_by_role("button", name="Fix: .reshape(3, 8)").click()
    expect(mark(app)).to_have_count(0)
    mended = FAILING.replace("b.view", "b.reshape")
    app.expect_program(mended)
    expect(app.grid(3)).to_contain_text("c = b.reshape(3, 8)")
    app.expect_linked_program(mended)
    app.settled()
    app.program.focus()
    app.page.keyboard.press("Control+z")
    app.expect_program(FAILING)


def test_an_error_is_mended_with_the_keyboard_alone(app: App) -> None:
    app.open(FAILING)
    expect(mark(app)).to_be_visible()
    app.program.focus()
    app.page.keyboard.press("Control+.")
    expect(app.page.get_by_test_id("mark-fix-0")).to_be_focused()
    app.page.keyboard.press("Enter")
    expect(mark(app)).to_have_count(0)
    app.expect_grids(
        ["x = torch.arange(24)", "a = x.view(4, 6)", "b = a.t()", "b.contiguous()", "c = b.contiguous().view(3, 8)"]
    )


def test_a_fix_is_tapped_on_a_telephone(tabs: Tabs) -> None:
    app = tabs.open_telephone().open(FAILING)
    mark(app).get_by_role("button", name="Fix: .reshape(3, 8)").tap()
    app.expect_program(FAILING.replace("b.view", "b.reshape"))
    expect(mark(app)).to_have_count(0)
    width = app.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0


def test_a_place_after_characters_outside_the_basic_plane_is_exact(app: App) -> None:
    app.open('import torch\nx = {"🔲🔲": torch.zeros(2)}["🔲🔲"].view(3)\n')
    expect(app.page.locator(".cm-line .te-wavy").first).to_be_visible()
    marked = "".join(app.page.locator(".cm-line .te-wavy").all_inner_texts())
    assert marked == '{"🔲🔲": torch.zeros(2)}["🔲🔲"].view(3)'


def test_the_expression_of_the_step_is_lit(app: App) -> None:
    app.open(SHORT)
    expect(app.page.locator(".cm-line .te-span")).to_have_text("a.t()")
    app.leave_focus()
    app.page.keyboard.press("Home")
    expect(app.page.locator(".cm-line .te-span")).to_have_text("torch.arange(6)")
    app.page.keyboard.press("ArrowRight")
    expect(app.page.locator(".cm-line .te-span")).to_have_text("x.view(2, 3)")
    expect(app.page.locator(".cm-line.te-now")).to_have_text("a = x.view(2, 3)")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_grave_in_the_editor(tabs: Tabs, *, dark: bool) -> None:
    app = tabs.open(dark=dark).open(FAILING).settled()
    expect(mark(app)).to_be_visible()
    type_at_end(app, "print('a', 1) # c\nd = b.sum(")
    expect(app.page.get_by_test_id("signature")).to_be_visible()
    app.page.keyboard.type("ke")
    expect(offered(app, "keepdim=")).to_be_visible()
    assert grave_findings(app) == []
