"""Pages that every run writes to, copied while a fork waits for its job.

A fork shares its memory with the process that forked, until it writes: Python counts references in each object that
it touches, so the smallest run has the kernel copy 3,000 pages, one fault after the other, for half of its time. What
one run in a fork has written to is what the next one will write to.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from explorer.compute.libc import PAGE, POPULATE_WRITE, advise

_PRESENT, _EXCLUSIVE = 1 << 63, 1 << 56
# 64 MiB: more than any run touches, so that a kernel that tells nonsense costs no fork its time
_MOST_PAGES = 16_384

Stretch: TypeAlias = tuple[int, int]
"""Address and length of some memory, in bytes."""


def touched_by(work: Callable[[], object]) -> tuple[Stretch, ...]:
    """Return what a fork of this process writes to while it does some work.

    Args:
        work: Done in a fork that ends then.

    Returns:
        Stretches of this process's memory; () where the kernel does not tell (Linux does, from 4.2 on).
    """
    if sys.platform != "linux":
        return ()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _tell(work, reading, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        told = said.read()
    os.waitpid(pid, 0)
    pages: list[int] = json.loads(told) if told else []
    return tuple(_stretches(pages)) if len(pages) <= _MOST_PAGES else ()


def copier(stretches: Iterable[Stretch]) -> Callable[[], None]:
    """Return what gives a fork copies of its own of these stretches (Linux 5.14 and newer; else it does nothing)."""
    wanted = tuple(stretches)

    def copy() -> None:
        for address, length in wanted:
            advise(address, length, POPULATE_WRITE)

    return copy


def _tell(work: Callable[[], object], reading: int, writing: int) -> None:
    """Do the work, write down which pages it has made this process's own, and end the process."""
    try:
        os.close(reading)
        work()
        with os.fdopen(writing, "wb") as told, contextlib.suppress(OSError):
            told.write(json.dumps(list(_own_pages())).encode())
    finally:
        os._exit(0)


def _own_pages() -> Iterator[int]:
    """Yield the numbers of the writable pages that no other process has, too."""
    maps = Path("/proc/self/maps").read_text(encoding="ascii", errors="replace")
    with Path("/proc/self/pagemap").open("rb", buffering=0) as pagemap:
        for line in maps.splitlines():
            span, rights, *_ = line.split()
            if rights != "rw-p":
                continue
            first, end = (int(address, 16) // PAGE for address in span.split("-"))
            entries = array.array("Q", os.pread(pagemap.fileno(), (end - first) * 8, first * 8))
            for number, entry in enumerate(entries):
                if entry & _PRESENT and entry & _EXCLUSIVE:
                    yield first + number


def _stretches(pages: Iterable[int]) -> Iterator[Stretch]:
    """Join pages that lie beside each other, or have one page between them: a call costs about what a copy does."""
    first = last = -2
    for page in sorted(pages):
        if page - last > 2:
            if first >= 0:
                yield first * PAGE, (last + 1 - first) * PAGE
            first = page
        last = page
    if first >= 0:
        yield first * PAGE, (last + 1 - first) * PAGE
