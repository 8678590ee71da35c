"""All that takes long in `make test`, side by side: `python -m tests.rounds`.

Tests in the browser wait more than they compute, all others only compute: together they take little longer than the
longer of the two. They cannot share a process, since Playwright keeps the thread's event loop to itself. What the
first one prints is seen at once, what the others print when they are done.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Round:
    """A command that runs beside others.

    Attributes:
        name: What it is called when it has failed.
        command: A module of Python and its arguments.
    """

    name: str
    command: tuple[str, ...]


_PYTEST = ("pytest", "--dist", "worksteal", "--numprocesses")
ROUNDS = (
    Round("tests in the browser", (*_PYTEST, "3", "-m", "browser")),
    Round("all other tests", (*_PYTEST, "2", "-m", "not browser")),
    Round("types", ("mypy",)),
)


def run(rounds: Sequence[Round]) -> list[str]:
    """Run commands side by side, and print what they print one after the other.

    Returns:
        The names of those that failed, in the order given.
    """
    files = [None, *(tempfile.TemporaryFile() for _ in rounds[1:])]  # noqa: SIM115 - read when the process is done
    started = [_start(one, file) for one, file in zip(rounds, files, strict=True)]
    try:
        return [
            one.name for one, process, file in zip(rounds, started, files, strict=True) if not _ends_well(process, file)
        ]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _start(one: Round, output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *one.command], stdout=output, stderr=subprocess.STDOUT)


def _ends_well(process: subprocess.Popen[bytes], output: IO[bytes] | None) -> bool:
    status = process.wait()
    if output is not None:
        with output:
            output.seek(0)
            sys.stdout.buffer.write(output.read())
            sys.stdout.flush()
    return status == 0


def main() -> int:
    """Run all rounds; 1 when one failed."""
    failed = run(ROUNDS)
    print(f"Failed: {', '.join(failed)}." if failed else "All tests passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
