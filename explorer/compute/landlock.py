"""Landlock: which files a process may read. Linux 5.13 and newer; none may be written, created or removed.

The system calls and structures are those of <linux/landlock.h>; their numbers are the same on every machine.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1, 1 << 2, 1 << 3
_PR_SET_NO_NEW_PRIVS = 38
# how many kinds of file access each version of the interface knows
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_FILE_RIGHTS = 16
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


def read_only(paths: Iterable[str]) -> bool:
    """Let this process and its children read `paths` and what lies beneath them, and reach no other file.

    Also no TCP, and no signals or abstract sockets to processes outside, where the kernel knows how.

    Returns:
        Whether it holds; False where there is no Landlock.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    attributes = _attributes(version)
    rules = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        for path in paths:
            _allow(libc, rules, path)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            return False
        return not libc.syscall(_RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _attributes(version: int) -> bytes:
    """Return `struct landlock_ruleset_attr`: all file access, both kinds of TCP, both scopes."""
    files = (1 << _FILE_RIGHTS.get(version, _NEWEST_FILE_RIGHTS)) - 1
    words = [files]
    if version >= _NETWORK_SINCE:
        words.append(0b11)
    if version >= _SCOPES_SINCE:
        words.append(0b11)
    return struct.pack(f"={len(words)}Q", *words)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    try:
        place = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no permission
    try:
        rights = _EXECUTE | _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)  # noqa: PTH112 - paths are text here
        libc.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
