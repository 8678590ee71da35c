"""Step through, without a browser: its options in the link, its charts, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.compute.runs import view
from explorer.scene.charts import Chart, Series
from tests.pages.opened import PAGES, ROOT, check, chips, menu, open_page, scene

PAGE = next(page for page in PAGES if page.key == "autograd")
NORMS = Chart(
    "Gradient norms", "bars", ("net.0.weight", "net.0.bias"), (Series("norm", np.array([1.0, 0.0])),), "parameter",
    "norm", log=True, note="The bias has none.",
)  # fmt: skip


def test_it_looks_through_the_lens_of_autograd() -> None:
    drawn = scene(open_page(None, PAGE))
    assert drawn["lens"] == "autograd"
    assert {node["label"] for node in drawn["graph"]["nodes"]} >= {"x", "y * y", "z.mean()"}
    assert [frame["phase"] for frame in drawn["frames"]].count("backward") > 4


def test_chips_begin_with_autograd_and_show_backward() -> None:
    app = open_page(None, PAGE)
    assert menu(app)[0]["group"] == "Autograd"
    assert [chip["text"] for chip in chips(app)][-2:] == [".backward()", "print(x.grad)"]


def compared(app: AppTest) -> list[list[str]]:
    """Return the rows of the comparison with finite differences, if the scene has one."""
    tables = [table for table in scene(app)["tables"] if "finite differences" in table["title"]]
    return [row for table in tables for row in table["rows"]]


def test_finite_differences_are_switched_on_by_the_link_and_off_by_hand() -> None:
    wrong = next(example.source for example in PAGE.examples if "wrong backward" in example.title)
    app = open_page(wrong, PAGE, check="1")
    assert app.toggle[0].value is True
    assert [row[0] for row in compared(app)] == ["x"]
    check(app.toggle[0].set_value(False).run())
    assert compared(app) == []
    assert "check" not in app.query_params
    check(app.toggle[0].set_value(True).run())
    assert app.query_params["check"] == "1"
    assert len(compared(app)) == 1


@pytest.mark.parametrize("asked", ["", "0", "yes", "<script>"])
def test_any_other_value_of_the_switch_is_off(asked: str) -> None:
    app = open_page(None, PAGE, check=asked)
    assert app.toggle[0].value is False
    assert compared(app) == []


@pytest.fixture
def charted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens the page on a program whose scene has these charts."""

    def open_charted(*drawn: Chart) -> AppTest:
        monkeypatch.setattr("explorer.ui.evaluation.view", lambda *a, **o: replace(view(*a, **o), charts=drawn))
        return open_page(None, PAGE)

    return open_charted


def test_a_chart_is_drawn_with_its_note_and_its_numbers(charted: Callable[..., AppTest]) -> None:
    app = charted(NORMS)
    assert len(app.get("plotly_chart")) == 1
    texts = [markdown.value for markdown in app.markdown]
    assert "The bias has none\\." in texts
    assert any("net\\.0\\.weight | 1 |" in text for text in texts)
    assert [expander.label for expander in app.expander] == ["Numbers"]


def test_without_charts_there_is_none(charted: Callable[..., AppTest]) -> None:
    app = charted()
    assert not app.get("plotly_chart")
    assert not app.expander


# a process that forks takes longer to start than all else
RUN_HERE = """
from explorer.compute import jobs, runs, tasks
class Here:
    def begin(self, job, *_):
        return tasks.TASKS[job.task](job, jobs.Reports(lambda: None, lambda _: None)), ""
runs.workers = Here
"""


def test_plotly_is_imported_for_a_chart_alone() -> None:
    # Streamlit's own test runner imports plotly; what the app does with it stands in one module
    code = (
        f"{RUN_HERE}import os, sys; from streamlit.testing.v1 import AppTest;"
        f"app = AppTest.from_file({str(ROOT / 'explorer' / 'ui' / 'main.py')!r}, default_timeout=300).run();"
        "app.switch_page('../../pages/step_through.py').run();"
        "sys.stderr.write(str(app.exception)); sys.stderr.flush();"
        "os._exit(bool(app.exception) or 'explorer.figures.charts' in sys.modules)"  # with torch's threads as they are
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr[-2000:]
