"""A program that fails keeps the last good picture of what was edited, and none of what was shown before that."""

from __future__ import annotations

import pytest

from explorer.compute.runs import Terms
from explorer.compute.stops import Stopped
from explorer.scene.decoding import decode
from explorer.ui.evaluation import Start, evaluate
from explorer.ui.interim import stopped_by_hand, waiting
from explorer.ui.subjects import Subjects
from tests.pages.opened import PAGES, Page, check, field, open_page, scene, subject

GOOD, FAILING = "x = torch.arange(6)\n", "x = torch.arange(6)\ny = x.view(4, 2)\n"
CONV = "x = torch.randn(1, 1, 5, 5)\nconv = nn.Conv2d(1, 1, 3)\ny = conv(x)\n"
LAYERS = next(page for page in PAGES if page.key == "convolution")


def test_a_failing_program_is_of_the_subject_that_it_was_edited_from() -> None:
    first = Subjects().opened(GOOD)
    assert first.edited(FAILING).current == first.current
    assert first.opened(FAILING).current != first.current


def test_going_back_leads_to_the_subject_of_before() -> None:
    first = Subjects().opened(GOOD).edited(FAILING)
    other = first.opened("y = torch.ones(2)\n")
    assert other.current != first.current
    assert other.opened(FAILING).current == first.current
    assert other.opened("z = 1\n").current not in (first.current, other.current)


def test_subjects_are_known_for_a_while() -> None:
    subjects = Subjects().opened(GOOD)
    for number in range(1000):
        subjects = subjects.edited(f"x = {number}\n")
    assert len(subjects.known) <= 300
    assert subjects.opened("x = 999\n").current == subjects.current
    assert subjects.opened("y = 1\n").current != subjects.current


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.key)
def test_an_example_is_a_subject_of_its_own_and_what_is_edited_stays_it(page: Page) -> None:
    app = open_page(GOOD, page)
    own = subject(app)
    app.session_state[f"{page.key}/source"] = FAILING
    check(app.run())
    assert scene(app)["error"] is not None
    assert subject(app) == own
    check(field(app, "Examples").set_value(page.examples[1].title).run())
    assert subject(app) not in ("", own)


def test_a_field_leaves_the_subject_as_it_is() -> None:
    app = open_page(CONV, LAYERS)
    own = subject(app)
    check(field(app, "kernel").set_value("9").run())
    assert "9 × 9" in scene(app)["error"]["message"]
    assert subject(app) == own
    check(field(app, "kernel").set_value("3").run())
    assert (scene(app)["error"], subject(app)) == (None, own)


def test_a_program_that_is_stopped_keeps_the_picture_of_its_own_subject_only() -> None:
    before = evaluate(Start(GOOD, "cpu", {}, 1), "shapes", {}, Terms())
    stopped = Stopped("Stopped by you at step 3.", line=1, kind="stopped")
    same = stopped_by_hand(Start(FAILING, "cpu", {}, 1), "shapes", before, stopped)
    other = stopped_by_hand(Start(FAILING, "cpu", {}, 2), "shapes", before, stopped)
    assert (len(decode(same.scene).grids), len(decode(other.scene).grids)) == (1, 0)
    assert "The picture is the one from before." in str(decode(same.scene).error)
    assert "before" not in str(decode(other.scene).error)
    assert (same.subject, other.subject) == (1, 2)


def test_what_is_shown_while_a_program_runs_is_of_the_subject_of_its_picture() -> None:
    before = evaluate(Start(GOOD, "cpu", {}, 1), "shapes", {}, Terms())
    assert waiting(FAILING, before).subject == 1
