"""Memory of the process that forks, and of its forks: large pages, and room that is there before it is needed.

A fork copies one entry for each page, and frees it again at its end. And a page that is written to for the first time
costs 5 to 10 µs on a virtual machine: a lens that works with tensors of 100,000 numbers needs 500 of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from explorer.compute.libc import COLLAPSE, MMAP_THRESHOLD, PAGE, POPULATE_WRITE, TRIM_THRESHOLD, advise, libc

_HUGE = 2 * 1024**2
# the most that the GNU C library comes to by itself, once such a block was freed
_MOST_KEPT = 32 * 1024**2
_ROOM = 8 * 1024**2


def use_large_pages() -> int:
    """Put the private memory of this process on pages of 2 MiB where the kernel can (Linux 6.1 and newer).

    With 220 MiB in small pages a fork costs 6 ms, and its end 8; with large ones 1 and 2.

    Returns:
        How many there are now.
    """
    if sys.platform != "linux":
        return 0
    return sum(advise(start, _HUGE, COLLAPSE) for start in _candidates())


def _candidates() -> Iterator[int]:
    """Yield the addresses of aligned stretches of 2 MiB in writable memory that no file lies behind."""
    for line in Path("/proc/self/maps").read_text(encoding="ascii", errors="replace").splitlines():
        span, rights, _, _, _, *name = line.split()
        if rights.startswith("rw") and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in span.split("-"))
            first = -(-start // _HUGE) * _HUGE
            yield from range(first, end - _HUGE + 1, _HUGE)


def keep_freed_memory() -> None:
    """Let what is freed be used again, instead of being given back to the system and asked for anew."""
    if hasattr(libc(), "mallopt"):
        libc().mallopt(MMAP_THRESHOLD, _MOST_KEPT)
        libc().mallopt(TRIM_THRESHOLD, 2 * _MOST_KEPT)


def get_room() -> None:
    """Get 8 MiB of memory from the system, for what will be allocated (Linux 5.14 and newer; else it does nothing)."""
    if sys.platform != "linux":
        return
    block = libc().malloc(_ROOM)
    if block:
        first = -(-block // PAGE) * PAGE
        advise(first, block + _ROOM - first, POPULATE_WRITE)
        libc().free(block)
