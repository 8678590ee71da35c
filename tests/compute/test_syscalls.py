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

thread = threading.Thread(target=attempt)
thread.start()
installed = syscalls.install(getattr(syscalls, "{name}")({arguments}))
begin.set()
thread.join()
print(installed, len(refused))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
@pytest.mark.parametrize(("name", "arguments"), [("serving_filter", ""), ("program_filter", "os.getpid()")])
def test_threads_that_run_already_are_bound_too(name: str, arguments: str) -> None:
    # on an accelerator the backward engine's thread is older than the filter, and runs programs' own code
    source = OLDER_THREAD.replace("{name}", name).replace("{arguments}", arguments)
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout == "True 2\n"
