"""The dialog that times the program: what it starts, shows and says, without a browser."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.compute import timing
from explorer.program.timing import Timing
from explorer.ui.permalink import encode_program
from tests.compute.machines import pretend
from tests.pages.opened import PROGRAM, check, open_page


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the end at the first look, and draw the page again then: without the dialog it is no fragment."""
    monkeypatch.setattr("explorer.ui.timing._TICK_SECONDS", 50.0)
    monkeypatch.setattr("explorer.ui.timing._draw_again", st.rerun)


def panel() -> None:
    """A page with nothing but what the dialog holds: AppTest closes a dialog at the first click in it."""
    from explorer.ui.timing import timing_panel
    from explorer.ui.workspace import Workspace

    timing_panel(Workspace("shape", default="", lens="shapes"))


def open_panel(program: str = PROGRAM) -> AppTest:
    app = AppTest.from_function(panel, default_timeout=300)
    app.query_params["program"] = encode_program(program)
    return check(app.run())


def start(app: AppTest) -> AppTest:
    return check(app.button(key="shape/timing/action").click().run())


def fake(monkeypatch: pytest.MonkeyPatch, **times: tuple[float, ...]) -> list[str]:
    """Let devices take these times; those without any fail. Returns the devices as they are timed."""
    timed: list[str] = []

    def timer(source: str, device: str, seed: int, inputs: Mapping[str, Any]) -> Timing:
        assert (source, seed, inputs) == (PROGRAM, 0, {})
        timed.append(device)
        seconds = times.get(device.replace(":", "_"), ())
        return Timing(device, seconds, "" if seconds else "out of *memory*")

    monkeypatch.setattr(timing.Comparison.__init__, "__kwdefaults__", None)
    monkeypatch.setattr(timing.Comparison.__init__, "__defaults__", (0, None, timer))
    return timed


def words(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.error, *app.warning]
    return "\n".join(str(element.value) for element in texts).replace("\\", "")


def test_the_page_has_the_button() -> None:
    assert open_page().button(key="shape/time").label == "Time it"


def test_it_times_every_device_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "two")
    timed = fake(monkeypatch, cpu=(0.002, 0.001, 0.004), cuda_1=(0.0001,))
    app = start(open_panel())
    assert timed == ["cpu", "cuda:0", "cuda:1"]
    text = words(app)
    assert "| cpu | 2.00 ms | 1.00 ms … 4.00 ms | 3 |" in text
    assert "| cuda:1 | 100 µs | 100 µs … 100 µs | 1 |" in text
    assert "cuda:0: out of *memory*" in text
    assert "meta is left out: nothing is computed on meta" in text
    assert "nothing to compare" not in text
    assert len(app.get("plotly_chart")) == 1


def test_a_machine_with_a_cpu_only_says_so_and_times_it_really(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "none")
    app = open_panel()
    assert "Only the cpu computes here" in words(app)
    assert not app.get("plotly_chart")
    app = start(app)
    row = next(line for line in words(app).splitlines() if line.startswith("| cpu"))
    assert int(row.split("|")[4]) >= 1
    assert app.get("plotly_chart")


def test_another_program_starts_without_the_old_times(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "none")
    fake(monkeypatch, cpu=(0.002,))
    app = start(open_panel())
    assert app.button(key="shape/timing/action").label == "Time it again"
    app.session_state["shape/source"] = "x = torch.zeros(3)\n"
    app = check(app.run())
    assert app.button(key="shape/timing/action").label == "Start"
    assert not app.get("plotly_chart")


def test_a_program_that_fails_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "none")
    app = start(open_panel("x = torch.zeros(2) @ torch.zeros(3)\n"))
    assert app.error[0].value.startswith("cpu")
    assert "Traceback" not in words(app)


def test_stop_ends_a_comparison_and_keeps_what_was_timed() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def timer(source: str, device: str, seed: int, inputs: Mapping[str, Any]) -> Timing:
        del source, seed, inputs
        if device == "slow":
            reached.set()
            go_on.wait(30)
        return Timing(device, (1.0,))

    comparison = timing.Comparison("x = 1", ["cpu", "slow", "never"], timer=timer)
    comparison.start()
    assert reached.wait(30)
    assert comparison.current == "slow"
    comparison.stop()
    go_on.set()
    assert comparison.wait(30)
    assert comparison.stopped
    assert comparison.current is None
    assert [timing.device for timing in comparison.timings] == ["cpu"]


def test_a_timer_that_breaks_is_a_result_and_not_a_page_that_waits_for_ever() -> None:
    def timer(*_: object) -> Timing:
        raise OSError("no process")

    comparison = timing.Comparison("x = 1", ["cpu"], timer=timer)
    comparison.start()
    assert comparison.wait(30)
    assert comparison.timings == (Timing("cpu", (), "OSError: no process"),)
    assert not comparison.stopped
