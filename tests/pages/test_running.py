"""A page whose program runs for long: what it shows meanwhile, and after a stop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.compute.watch import Watch
from explorer.scene.decoding import decode
from explorer.trace.loops import Progress
from explorer.ui import preview
from explorer.ui.running import Running, answer
from tests.pages.opened import PROGRAM, check, chips, open_page, scene, scene_bytes

LONG = "x = torch.zeros(3)\nfor i in range(1_000_000):\n    x = x + 1"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, _patient: None) -> None:
    """Draw pages a moment after a run began."""
    monkeypatch.setattr("explorer.ui.latest.PATIENCE", 0.05)


def change(app: AppTest, program: str) -> AppTest:
    """Change the program as the stage does."""
    app.session_state["shape/source"] = program
    return check(app.run())


def bar(app: AppTest) -> str:
    """Return the token that the bar over the page asks with; "" where there is none."""
    found = [element for element in app.get("bidi_component") if b"shape/bar" in element.proto.SerializeToString()]
    return bytes(found[-1].proto.bytes).decode() if found else ""


def said(token: str, *, stop: bool = False) -> dict[str, Any]:
    return answer(json.dumps({"run": token, "stop": stop}).encode())


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.usefixtures("hasty")
def test_a_long_run_is_watched_and_stopped_and_what_ran_is_shown() -> None:
    app = open_page()
    until(lambda: not bar(check(app.run())))
    change(app, LONG)
    token = bar(app)
    assert scene(app)["source"] == PROGRAM
    assert {chip["detail"] for chip in chips(app)} == {"running"}
    until(lambda: "step" in said(token).get("text", ""))
    state = said(token)
    assert state["text"].startswith("step ")
    assert " of 1,000,000 · " in state["text"]
    assert 0 < state["share"] < 1
    said(token, stop=True)
    until(lambda: said(token) == {"ended": True})
    after = scene(check(app.run()))
    assert bar(app) == ""
    assert after["error"]["kind"] == "interrupted"
    assert after["error"]["message"].startswith("Stopped by you at step ")
    assert "of 1,000,000" in after["error"]["message"]
    assert after["error"]["fixes"] == [["Run it again", LONG]]
    assert after["source"] == LONG
    steps = [grid.expression for grid in decode(scene_bytes(app)).grids]
    assert steps[:3] == ["torch.zeros(3)", "x + 1", "x + 1"]
    assert len(steps) > 10
    # looking at the page again does not run it again; asking for it does
    check(app.run())
    assert bar(app) == ""
    app.session_state["shape/evaluation"] = ((), app.session_state["shape/evaluation"][1])
    check(app.run())
    assert bar(app) not in ("", token)
    said(bar(app), stop=True)


@pytest.mark.usefixtures("hasty")
def test_of_a_call_that_goes_on_for_long_the_picture_of_before_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.compute.watch.PATIENCE", 0.1)
    app = open_page()
    until(lambda: not bar(check(app.run())))
    before = scene(app)
    slow = "import time\nx = torch.zeros(3)\nfor seconds in [0.3, 0.3, 60]:\n    time.sleep(seconds)"
    change(app, slow)
    until(lambda: "step 3 of 3" in said(bar(app)).get("text", ""))
    said(bar(app), stop=True)
    until(lambda: not bar(check(app.run())))
    after = scene(app)
    assert (after["error"]["kind"], after["error"]["message"][:14]) == ("stopped", "Stopped by you")
    assert "from before" in after["error"]["message"]
    assert (after["source"], len(after["grids"])) == (slow, len(before["grids"]))
    assert {chip["detail"] for chip in chips(app)} == {"not run"}


@pytest.mark.usefixtures("hasty")
def test_another_program_ends_the_run_and_is_shown() -> None:
    app = open_page(LONG)
    token = bar(app)
    assert token
    assert "shape_stage" not in [element.key for element in app.get("bidi_component")]
    assert [code.value for code in app.code] == [LONG]
    change(app, "x = torch.arange(3)")
    until(lambda: not bar(check(app.run())))
    assert not app.code
    assert scene(app)["source"] == "x = torch.arange(3)"
    assert scene(app)["error"] is None
    until(lambda: said(token) == {"ended": True})


@pytest.mark.usefixtures("hasty")
def test_a_first_program_that_is_stopped_can_be_run_again() -> None:
    app = open_page(LONG)
    said(bar(app), stop=True)
    until(lambda: not bar(check(app.run())))
    failure = scene(app)["error"]
    assert failure["message"].startswith("Stopped by you")
    assert "from before" not in failure["message"]
    assert failure["fixes"] == [["Run it again", LONG]]
    assert scene(app)["source"] == LONG


def test_what_is_not_known_has_ended() -> None:
    for body in (b"", b"[]", b"null", b"{", b'{"run": 3}', b'{"run": "x", "stop": true}', b"[" * 500):
        assert answer(body) == {"ended": True}


def test_one_run_does_not_end_another() -> None:
    runs = [Running(lambda watch: until(lambda: watch.stopped)) for _ in range(2)]
    said(runs[0].token, stop=True)
    assert runs[0].wait(60)
    assert not runs[1].ended
    runs[1].stop()
    runs[1].result()


@pytest.mark.parametrize(
    ("progress", "ran", "text", "share"),
    [
        (None, False, "running · ", None),
        (Progress(7), False, "line 7 · ", None),
        (Progress(7, 3, 0), False, "step 3 · ", None),
        (Progress(7, 3, 12), False, "step 3 of 12 · ", 0.25),
        (Progress(7, 12, 12), True, "drawing the picture · ", None),
    ],
)
def test_what_the_bar_says(progress: Progress | None, ran: bool, text: str, share: float | None) -> None:
    def work(watch: Watch) -> None:
        watch.begin()
        watch.progress, watch.ran = progress, ran
        until(lambda: watch.stopped)

    running = Running(work)
    until(lambda: running.state.text != "waiting for its turn" and running.state.text.startswith(text))
    assert running.state.text.endswith(" s")
    assert running.state.share == share
    running.stop()


def test_what_goes_wrong_reaches_who_asks_for_the_result() -> None:
    def fail(_watch: Watch) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Running(fail).result()


def test_a_preview_that_takes_too_long_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "PATIENCE", 0.2)
    asked: dict[str, Any] = {"program": LONG, "device": None, "lens": "shapes", "options": {}}
    assert preview.preview(json.dumps(asked).encode()) is None
