"""A system call filter (seccomp-bpf) for the processes that run programs; Linux on x86-64 and 64-bit Arm.

Two filters lie on top of each other, and the stricter answer counts. `ZYGOTE` is put on once: what a running program
and the process that forks need, and nothing else: no sockets, no other programs, no files opened for writing, no look
into other processes. `program_filter` is put on by each fork: no more children, no signals to others.

Classic BPF (`struct sock_filter` of <linux/filter.h>) works on `struct seccomp_data`: the number of the call at offset
0, the architecture at 4, six 64-bit arguments from 16 on.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_NAME = 38, 15
# seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, …): for all threads of the process, or for none
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# (x86-64, 64-bit Arm); -1: that machine has none. From <asm/unistd_64.h> and <asm-generic/unistd.h>.
_COMPUTING = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "close": (3, 57),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "stat": (4, -1),
    "lstat": (6, -1),
    "statx": (332, 291),
    "access": (21, -1),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, -1),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "fcntl": (72, 25),
    "dup": (32, 23),
    "dup2": (33, -1),
    "dup3": (292, 24),
    "poll": (7, -1),
    "ppoll": (271, 73),
    "select": (23, -1),
    "pselect6": (270, 72),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "membarrier": (324, 283),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "arch_prctl": (158, -1),
    "gettid": (186, 178),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, -1),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "setrlimit": (160, 164),
}
_FORKING = {
    "fork": (57, -1),
    "vfork": (58, -1),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "kill": (62, 129),
    "recvmsg": (47, 212),
    "setsid": (112, 157),
    "seccomp": (317, 277),
}
_CLONE, _TGKILL, _PRLIMIT, _PRCTL = (56, 220), (234, 131), (302, 261), (157, 167)
_OPEN, _OPENAT, _IOCTL = (2, -1), (257, 56), (16, 29)
_OTHERS = {
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "mount": (165, 40),
    "bpf": (321, 280),
}
_CLONE3, _OPENAT2 = (435, 435), (437, 437)

_Instruction = tuple[int, int, int, int]


class _Filter:
    """Builds a filter rule by rule; a rule that matches a call answers it."""

    def __init__(self, column: int, architecture: int) -> None:
        self._column = column
        self._code: list[_Instruction] = [
            (_LOAD, 0, 0, 4),
            (_JUMP_EQUAL, 1, 0, architecture),
            (_RETURN, 0, 0, _KILL_PROCESS),
            (_LOAD, 0, 0, 0),
        ]
        if column == 0:
            self._code += [(_JUMP_GREATER_EQUAL, 0, 1, _X32), (_RETURN, 0, 0, _KILL_PROCESS)]

    def answer(self, call: tuple[int, int], answer: int) -> None:
        """Answer a call whatever its arguments are."""
        if call[self._column] >= 0:
            self._code += [(_JUMP_EQUAL, 0, 1, call[self._column]), (_RETURN, 0, 0, answer)]

    def test(self, call: tuple[int, int], argument: int, test: int, value: int, answers: tuple[int, int]) -> None:
        """Answer a call by the low half of one argument: `answers` for a test that holds and one that does not."""
        if call[self._column] >= 0:
            self._code += [
                (_JUMP_EQUAL, 0, 4, call[self._column]),
                (_LOAD, 0, 0, 16 + 8 * argument),
                (test, 0, 1, value),
                (_RETURN, 0, 0, answers[0]),
                (_RETURN, 0, 0, answers[1]),
            ]

    def finish(self, otherwise: int) -> bytes:
        """Return the filter as the kernel reads it."""
        return b"".join(struct.pack("=HBBI", *line) for line in [*self._code, (_RETURN, 0, 0, otherwise)])


_DENY = _ERRNO | errno.EPERM


def _machine() -> tuple[int, int] | None:
    """Return which column of the tables counts here, and the architecture's number; None where there is no filter."""
    known = _ARCHITECTURES.get(platform.machine()) if sys.platform == "linux" else None
    return known if sys.maxsize > 2**32 else None


def _new_filter() -> _Filter | None:
    known = _machine()
    return _Filter(*known) if known else None


def zygote_filter() -> bytes | None:
    """Return the filter for the process that forks and all its children; None where there is none to be had."""
    rules = _new_filter()
    if rules is None:
        return None
    for call in (*_COMPUTING.values(), *_FORKING.values(), _CLONE, _TGKILL, _PRCTL):
        rules.answer(call, _ALLOW)
    # asking for another process's limits is asking for a way to change them
    rules.test(_PRLIMIT, 0, _JUMP_EQUAL, 0, (_ALLOW, _DENY))
    rules.test(_OPEN, 1, _JUMP_SET, _WRITING, (_DENY, _ALLOW))
    rules.test(_OPENAT, 2, _JUMP_SET, _WRITING, (_DENY, _ALLOW))
    # the C library turns to the calls that can be checked when these do not exist
    rules.answer(_CLONE3, _ERRNO | errno.ENOSYS)
    rules.answer(_OPENAT2, _ERRNO | errno.ENOSYS)
    rules.answer(_IOCTL, _ERRNO | errno.ENOTTY)
    return rules.finish(_DENY)


def program_filter(pid: int) -> bytes | None:
    """Return the filter for a process that runs a program: threads but no children, signals to itself alone."""
    rules = _new_filter()
    if rules is None:
        return None
    rules.test(_CLONE, 0, _JUMP_SET, _CLONE_THREAD, (_ALLOW, _DENY))
    rules.test(_TGKILL, 0, _JUMP_EQUAL, pid, (_ALLOW, _DENY))
    rules.test(_PRCTL, 0, _JUMP_EQUAL, _PR_SET_NAME, (_ALLOW, _DENY))
    for call in _FORKING.values():
        rules.answer(call, _DENY)
    return rules.finish(_ALLOW)


def serving_filter() -> bytes | None:
    """Return the filter for a process that serves an accelerator: it allows what drivers may need.

    No new programs or processes, no look into others, no signals to them.
    """
    rules = _new_filter()
    if rules is None:
        return None
    rules.test(_CLONE, 0, _JUMP_SET, _CLONE_THREAD, (_ALLOW, _DENY))
    rules.test(_TGKILL, 0, _JUMP_EQUAL, os.getpid(), (_ALLOW, _DENY))
    rules.answer(_CLONE3, _ERRNO | errno.ENOSYS)
    for call in (_FORKING["fork"], _FORKING["vfork"], _FORKING["kill"], *_OTHERS.values()):
        rules.answer(call, _DENY)
    return rules.finish(_ALLOW)


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(code: bytes | None) -> bool:
    """Put a filter on this process, for good; return whether the kernel took it.

    Threads that run already are bound too: on an accelerator, the backward engine's thread runs code of programs.
    """
    machine = _machine()
    if code is None or machine is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    program = _Program(len(code) // 8, code)
    call = _FORKING["seccomp"][machine[0]]
    return not libc.syscall(call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))
