"""The app on a port of its own, started with the command of `make run`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0


class Server:
    """The app's server while the `with` block runs.

    Attributes:
        url: Its address, without a slash at the end.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
        place = ["--server.port", str(self._port), "--server.address", "127.0.0.1"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *place],
                cwd=ROOT,
                env={**os.environ, "EXPLORER_DEVICES": "cpu,meta"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """Return what it has printed, and how it ended if it did."""
        ended = self._process.poll()
        text = self._log.read_text(errors="replace")
        return text if ended is None else f"{text}\nthe server ended with status {ended}\n"

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the app did not start:\n{self.log()}")
            time.sleep(0.1)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.read() == b"ok")
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
