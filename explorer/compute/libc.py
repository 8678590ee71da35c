"""What the C library knows about memory, and Python has no name for."""

from __future__ import annotations

import ctypes
import os
from functools import cache

PAGE = os.sysconf("SC_PAGE_SIZE")
"""Bytes of a page of memory."""
# advice of madvise (Linux 5.14 and 6.1); older kernels refuse it
POPULATE_WRITE, COLLAPSE = 23, 25
# parameters of mallopt
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3


@cache
def libc() -> ctypes.CDLL:
    """Return the C library, with the types of what is called here."""
    library = ctypes.CDLL(None)
    library.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    library.malloc.argtypes, library.malloc.restype = (ctypes.c_size_t,), ctypes.c_void_p
    library.free.argtypes = (ctypes.c_void_p,)
    return library


def advise(address: int, length: int, advice: int) -> bool:
    """Advise the kernel about a stretch of memory that begins with a page; return whether it took the advice."""
    return bool(libc().madvise(address, length, advice) == 0)
