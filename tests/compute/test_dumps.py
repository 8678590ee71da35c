"""The stack of a program that did not stop: its watchdog writes it in pieces, which a busy machine sets apart."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from explorer.compute.conversation import Connection, _dump_of
from explorer.compute.stops import running_line

PIECES = (
    b"Timeout (0:00:01.650000)!\n",
    b"Thread 0x00007f024afb45d0 (most recent call first):\n",
    b'  File "explorer/program/run.py", line 90 in run\n',
    b'  File "<program>", line 12 in <module>\n',
)


@pytest.mark.parametrize(("pieces", "line"), [(PIECES, 12), (PIECES[:1], 0), ((), 0)])
def test_a_stack_is_read_as_far_as_the_line_of_the_program(
    pieces: tuple[bytes, ...], line: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.compute.conversation._PIECE_SECONDS", 5.0 if line else 0.05)
    monkeypatch.setattr("explorer.compute.conversation._DUMPING_SECONDS", 5.0 if pieces else 0.05)
    reading, writing = os.pipe()
    ours, theirs = socket.socketpair()

    def write() -> None:
        for piece in pieces:
            os.write(writing, piece)
            time.sleep(0.02)

    with theirs:
        watchdog = threading.Thread(target=write)
        watchdog.start()
        connection = Connection(ours, reading)
        assert running_line(_dump_of(connection)) == line
        watchdog.join()
        os.close(writing)
        connection.close()
