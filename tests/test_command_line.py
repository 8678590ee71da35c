"""`python -m explorer run`: output, JSON, HTML, exit statuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from explorer.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Explore = Callable[..., "Done"]

PROGRAM = "x = torch.arange(6).view(2, 3)\ny = x.t()\nprint(y.shape)\n"
FAILING = "x = torch.arange(6)\ny = x.view(4)\n"
Done = subprocess.CompletedProcess[str]


def in_a_process(*arguments: str, source: str | None = None) -> Done:
    """Run the command as a shell does: seconds, most of them until torch is loaded."""
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=False)


@pytest.fixture
def explore(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explore:
    """A function that runs the command in this process."""

    def run(*arguments: str, source: str | None = None) -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(source or ""))
        try:
            status = main(list(arguments))
        except SystemExit as stop:  # of argparse
            status = int(stop.code or 0)
        said = capsys.readouterr()
        return Done(arguments, status, said.out, said.err)

    return run


def test_it_prints_what_the_program_prints(explore: Explore, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    done = explore("run", str(file))
    assert (done.returncode, done.stdout, done.stderr) == (0, "torch.Size([3, 2])\n", "")


def test_as_a_process_it_says_the_same_and_ends_with_the_same_status(explore: Explore) -> None:
    here, there = (way("run", "-", source=PROGRAM + FAILING) for way in (explore, in_a_process))
    assert (there.returncode, there.stdout, there.stderr) == (1, "torch.Size([3, 2])\n", here.stderr)


def test_json_carries_the_trace(explore: Explore) -> None:
    done = explore("run", "-", "--json", source=PROGRAM + "z = torch.tensor([float('nan'), 1.5])\n")
    found = json.loads(done.stdout)
    assert set(found) == {"output", "error", "steps", "names", "graph", "backward", "engine_runs"}
    assert found["output"] == "torch.Size([3, 2])\n"
    assert found["error"] is None
    state = found["names"]["y"]
    assert (state["shape"], state["stride"], state["dtype"], state["device"]) == ([3, 2], [1, 3], "torch.int64", "cpu")
    assert state["values"] == [[0, 3], [1, 4], [2, 5]]
    assert found["names"]["z"]["values"] == ["nan", 1.5]
    step = found["steps"][2]
    assert (step["op"], step["kind"], step["line"], step["column"]) == ("t", "view", 2, 4)
    assert step["inputs"][0]["storage"] == step["outputs"][0]["storage"]


def test_a_failing_program_exits_with_1_and_says_where(explore: Explore) -> None:
    done = explore("run", "-", source=FAILING)
    assert done.returncode == 1
    assert "<stdin>:2:5: RuntimeError" in done.stderr
    assert "    y = x.view(4)\n        ^^^^^^^^^" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_of_a_failing_program_carries_the_error(explore: Explore) -> None:
    done = explore("run", "-", "--json", source="torch.zeros(2).view(3)")
    assert done.returncode == 1
    error = json.loads(done.stdout)["error"]
    assert (error["kind"], error["line"], error["column"]) == ("RuntimeError", 1, 0)
    assert error["hint"]


def test_html_is_one_file_that_needs_no_network(explore: Explore, tmp_path: Path) -> None:
    target = tmp_path / "scene.html"
    done = explore("run", "-", "--html", str(target), "--device", "meta", source=PROGRAM)
    assert done.returncode == 0
    page = target.read_text(encoding="utf-8")
    assert page.count("<script") == 1
    assert "src=" not in page.split("<script")[0]
    assert "\nimport " not in page
    assert "export " not in page.split('<script type="module">')[1].split("const text = atob")[0].replace(
        "// export", ""
    )


def test_wrong_usage_exits_with_2(explore: Explore, tmp_path: Path) -> None:
    assert explore("run", str(tmp_path / "missing.py")).returncode == 2
    assert explore("run").returncode == 2
    assert explore("fly").returncode == 2
    assert explore("run", "-", "--device", "nowhere", source="x = 1").returncode == 2
    assert explore("run", "-", "--html", str(tmp_path), source="x = 1").returncode == 2
    assert explore("run", "-", "--seed", "x", source="x = 1").returncode == 2
