"""The filter binds the whole process: also threads that ran before it was put on."""

from __future__ import annotations

import subprocess
import sys

import pytest

OLDER_THREAD = """
import os, threading
from explorer.compute import syscalls

begin, refused = threading.Event(), []

def attempt():
    begin.wait()
    for forbidden in (lambda: os.kill(os.getppid(), 0), lambda: os.fork() or os._exit(0)):
        try:
            forbidden()
        except PermissionError:
            refused.append(forbidden)

def confined(made):
    thread = threading.Thread(target=attempt)
    thread.start()
    installed = syscalls.install(made())
    begin.set()
    thread.join()
    print(made.__name__, installed, len(refused), flush=True)
    os._exit(0)

for made in (syscalls.serving_filter, lambda: syscalls.program_filter(os.getpid())):
    child = os.fork() or confined(made)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_threads_that_run_already_are_bound_too() -> None:
    # on an accelerator the backward engine's thread is older than the filter, and runs programs' own code
    done = subprocess.run([sys.executable, "-c", OLDER_THREAD], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout == "serving_filter True 2\n<lambda> True 2\n"
