"""What the kernel refuses to a program that got out of the language: tried in a fork, without the language's walls."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from explorer.compute.settings import Limits
from explorer.compute.stops import Stopped
from explorer.compute.workers import Workers
from tests.compute.conftest import Unguarded

linux = pytest.mark.skipif(sys.platform != "linux", reason="seccomp and Landlock are Linux's")

# Each must raise OSError.
REFUSED = {
    "a new file": "open('/tmp/explorer-test', 'w')",
    "a new file here": "open('x', 'w')",
    "a file to append to": "open('/dev/null', 'a')",
    "writing to what is there": "open('/proc/self/oom_score_adj', 'r+')",
    "a file without a name": "os.open('/tmp', os.O_TMPFILE | os.O_RDWR)",
    "a file in memory": "os.memfd_create('x')",
    "accounts": "open('/etc/passwd').read()",
    "the home folder": "os.listdir('/root')",
    "the root folder": "os.listdir('/')",
    "temporary files": "os.listdir('/tmp')",
    "environments of processes": "open('/proc/self/environ').read()",
    "memory of the parent": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "a folder": "os.mkdir('/tmp/explorer-folder')",
    "removing": "os.remove('/tmp/explorer-nothing')",
    "renaming": "os.rename('/tmp/a', '/tmp/b')",
    "a link": "os.symlink('/etc', '/tmp/explorer-link')",
    "rights": "os.chmod('/tmp', 0o777)",
    "another folder": "os.chdir('/')",
    "a socket": "socket.socket()",
    "a socket of the machine": "socket.socket(socket.AF_UNIX)",
    "a pair of sockets": "socket.socketpair()",
    "a connection": "socket.create_connection(('127.0.0.1', 80), 1)",
    "a fork": "os.fork()",
    "a child": "subprocess.run(['/bin/true'])",
    "a shell": "subprocess.run('true', shell=True)",
    "another program": "os.execv('/bin/true', ['true'])",
    "a pipe's process": "os.popen('true').read()",
    "a signal to the parent": "os.kill(os.getppid(), 0)",
    "a signal to the first process": "os.kill(1, 0)",
    "a signal to all": "os.kill(-1, 0)",
    "a session": "os.setsid()",
    "another user": "os.setuid(1)",
    "priority": "os.nice(-1)",
    "limits of the parent": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "more processor time": "resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))",
    "more memory": "resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)",
    "larger files": "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))",
}

TRY = """
import os, socket, subprocess, resource
try:
    {0}
    result = "done"
except (OSError, ValueError) as error:
    result = type(error).__name__
"""


@linux
@pytest.mark.parametrize("attempt", REFUSED.values(), ids=REFUSED.keys())
def test_the_kernel_refuses(attempt: str, unguarded: Unguarded) -> None:
    assert unguarded(TRY.format(attempt)) in ("PermissionError", "ValueError")


@linux
@pytest.mark.parametrize("call", [41, 42, 56, 57, 58, 59, 62, 101, 165, 310, 311, 321, 322, 424, 425, 434, 435, 437])
def test_raw_system_calls_are_refused(call: int, unguarded: Unguarded) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86-64")
    source = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nresult = libc.syscall({call}, 0, 0, 0, 0, 0)"
    assert unguarded(source) == -1


def test_nothing_of_the_server_is_open_or_in_the_environment(
    unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_SERVER", "1")
    with (tmp_path / "file").open("w"):
        source = """
import os, stat
def kind(n):
    try: mode = os.fstat(n).st_mode
    except OSError: return None
    return stat.S_ISSOCK(mode) and "socket" or stat.S_ISFIFO(mode) and "pipe" or stat.S_ISCHR(mode) and "null" or "file"
result = {
    "open": sorted(k for n in range(4096) if (k := kind(n))),
    "secret": [name for name in os.environ if "SECRET" in name],
    "null": [os.fstat(n).st_rdev == os.fstat(0).st_rdev for n in (0, 1, 2)],
}
"""
        found = unguarded(source)
    assert found == {"open": ["null", "null", "null", "pipe", "socket"], "secret": [], "null": [True, True, True]}


def test_python_and_the_packages_can_be_read(unguarded: Unguarded) -> None:
    assert unguarded("import colorsys, wave, torch.ao.nn.quantized\nresult = wave.__name__") == "wave"


def test_threads_do_not_get_round_the_filter(unguarded: Unguarded) -> None:
    source = """
import threading, os
result = []
def attempt():
    try: os.fork()
    except OSError as error: result.append(type(error).__name__)
try:
    thread = threading.Thread(target=attempt); thread.start(); thread.join()
except RuntimeError:
    result.append("no thread")
result = result[0]
"""
    assert unguarded(source) in ("PermissionError", "no thread")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os\nos.abort()", ("signal 6", "line 2")),
        ("import ctypes\n\nctypes.string_at(0)", ("signal 11", "line 3")),
        ("import os\nos._exit(7)", ("status 7",)),
        ("import os, signal\nsignal.raise_signal(signal.SIGKILL)", ("The system stopped the program",)),
    ],
)
def test_a_crash_is_a_message(source: str, words: tuple[str, ...], unguarded: Unguarded) -> None:
    with pytest.raises(Stopped) as stopped:
        unguarded(source)
    for word in words:
        assert word in stopped.value.message
    assert unguarded("result = 1") == 1


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("while True:\n    pass", 0),
        ("x = 1\nsum(range(10**12))", 2),
        ("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    x = 1", 0),
        ("import time\ntime.sleep(1000)", 2),
        ("import torch\nx = torch.zeros(4000, 4000)\nfor i in range(100):\n    x @ x", 4),
    ],
)
def test_what_does_not_end_is_ended_and_its_line_is_known(source: str, line: int, unguarded: Unguarded) -> None:
    with pytest.raises(Stopped) as stopped:
        unguarded(source, Limits(seconds=1))
    assert "Stopped after 1 s" in stopped.value.message
    assert stopped.value.line == line or (line == 0 and stopped.value.line > 0)
    assert unguarded("result = 1") == 1


@pytest.mark.parametrize(
    "source",
    [
        "x = [0]\nwhile True:\n    x = x + x",
        "x = 'a'\nwhile True:\n    x += x",
        "import torch\nkept = []\nwhile True:\n    kept.append(torch.ones(1_000_000))",
        "import numpy as np\nnp.ones(10**12)",
        "bytearray(10**13)",
    ],
)
def test_memory_ends_at_the_limit(source: str, unguarded: Unguarded) -> None:
    if sys.platform != "linux":
        pytest.skip("macOS does not enforce RLIMIT_AS")
    with pytest.raises(Stopped) as stopped:
        unguarded(source, Limits(seconds=120, nbytes=64 * 2**20))
    assert "emory" in stopped.value.message
    assert unguarded("result = 1") == 1


def test_deep_recursion_is_a_message(unguarded: Unguarded) -> None:
    source = "import sys\nsys.setrecursionlimit(10**9)\ndef f(x):\n    return [f(x)]\nsorted([1], key=f)"
    with pytest.raises(Stopped):
        unguarded(source, Limits(seconds=60, nbytes=8 * 2**20))
    assert unguarded("result = 1") == 1


JUNK = """
import os, stat, struct
channel = next(n for n in range(3, 64) if stat.S_ISSOCK(os.fstat(n).st_mode))
os.write(channel, {0})
os._exit(0)
"""


@pytest.mark.parametrize(
    "junk",
    [
        "b'junk that is no frame, long enough to be read as one'",
        "b''",
        "struct.pack('<cQ', b'H', 2**60)",
        "struct.pack('<cQ', b'H', 2) + b'[]'",
        "struct.pack('<cQ', b'H', 4) + b'null'",
        "struct.pack('<cQ', b'H', 2) + b'{}' + struct.pack('<cQ', b'P', 2**62)",
        "struct.pack('<cQ', b'H', 2) + b'{}' + struct.pack('<cQ', b'H', 0)",
        "struct.pack('<cQ', b'H', 1000) + b'{}'",
        "struct.pack('<cQ', b'H', 60000) + b'[' * 60000",
        "struct.pack('<cQ', b'R', 0) * 1000",
    ],
)
def test_junk_in_place_of_an_answer_is_a_message(junk: str, unguarded: Unguarded) -> None:
    with pytest.raises(Stopped):
        unguarded(JUNK.format(junk))
    assert unguarded("result = 1") == 1


def test_a_flood_is_not_read_for_ever(unguarded: Unguarded) -> None:
    source = JUNK.replace("os.write(channel, {0})", "while True: os.write(channel, struct.pack('<cQ', b'R', 0) * 999)")
    with pytest.raises(Stopped):
        unguarded(source, Limits(seconds=1))


def test_no_process_is_left_behind(unguarded: Unguarded, workers: Workers) -> None:
    for source in ("result = 1", "import os\nos.abort()", "while True: pass"):
        try:
            unguarded(source, Limits(seconds=0.3))
        except Stopped:
            continue
    settled = threading.Event()
    for _ in range(100):
        children = _children(workers.forks.pid)
        if len(children) <= 2:
            break
        settled.wait(0.05)
    assert len(children) <= 2  # those that wait for a program


def _children(pid: int | None) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if sys.platform == "linux" else []
