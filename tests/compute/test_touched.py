"""A fork gets its own copies of the pages that runs write to, and room for tensors, before there is a job."""

from __future__ import annotations

import mmap
import subprocess
import sys

import pytest

# in a process without threads, as the one that forks
_PROGRAM = """
import mmap, os
from explorer.compute.touched import _own_pages, copier, touched_by

PAGE = mmap.PAGESIZE
written, left_alone = (mmap.mmap(-1, 8 * PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in range(2))
for memory in (written, left_alone):
    memory.write(b"x" * 8 * PAGE)

def address(memory):
    import ctypes
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))

def work():
    written[3 * PAGE] = 1
    written[6 * PAGE] = 2

def held(memory, pages):
    return [(address(memory) + number * PAGE) // PAGE in pages for number in range(8)]

stretches = touched_by(work)
touched = {page for first, length in stretches for page in range(first // PAGE, (first + length) // PAGE)}
print(held(written, touched), any(held(left_alone, touched)))
copy = copier(stretches)
if os.fork() == 0:
    before = held(written, set(_own_pages()))
    copy()
    print(any(before), held(written, set(_own_pages())), set(written[:]), flush=True)
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_one_fork_writes_to_is_copied_ahead_in_the_next() -> None:
    said = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    # pages 3 and 6 are written to; nothing else of this memory is
    touched = "[False, False, False, True, False, False, True, False]"
    assert set(said.stdout.splitlines()) == {f"{touched} False", f"False {touched} {{{ord('x')}}}"}


_ROOM = """
import resource
import torch
from explorer.compute.pages import get_room, keep_freed_memory

def faults(work):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def tensors():
    for _ in range(4):
        torch.zeros(250_000)  # of 1 MB, one after the other

torch.zeros(10)
before = faults(tensors)
keep_freed_memory()
get_room()
print(before, faults(tensors))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not get room ahead")
def test_there_is_room_for_tensors_before_they_are_made() -> None:
    said = subprocess.run([sys.executable, "-c", _ROOM], capture_output=True, text=True, check=True, timeout=60)
    before, after = map(int, said.stdout.split())
    pages = 1_000_000 // mmap.PAGESIZE
    assert before >= pages  # else the system does without, and there is nothing to gain
    assert after < pages / 10
