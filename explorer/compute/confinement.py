"""What a process that runs a program gives up, for good, before it reads the program.

The process that forks (the zygote) gives up what neither it nor its children need; each fork gives up the rest.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from pathlib import Path

from explorer.compute import landlock, syscalls

MIB = 1024**2
# room on top of the program's tensors: Python's objects, what the recorder keeps, stacks
_SLACK = 256 * MIB
# room for the lens, which looks at what the program left
_LENS_SLACK = 512 * MIB
_OPEN_FILES = 64
_STACK = 8 * MIB
_PR_SET_PDEATHSIG = 1
_CAPABILITY_VERSION_3 = 0x20080522
_SYSTEM_FILES = (
    *("/usr/lib", "/lib", "/lib64", "/usr/share/zoneinfo", "/dev/null", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system"),
)


def confine_zygote() -> tuple[str, ...]:
    """Give up files, network, other programs and privileges; return which of the layers hold here.

    The layers are `capabilities`, `landlock`, `seccomp`; macOS has none of them.
    """
    layers = {
        "capabilities": _drop_capabilities(),
        "landlock": landlock.read_only(_readable()),
        "seccomp": syscalls.install(syscalls.zygote_filter()),
    }
    return tuple(name for name, holds in layers.items() if holds)


def mapped_bytes() -> int | None:
    """Return the address space that this process uses, in bytes; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()


def leave_parent(keep: tuple[int, ...], null: int) -> None:
    """Cut a fresh fork off: a session of its own, no open files but `keep`, gone when its parent goes.

    Args:
        keep: The file descriptors that stay open.
        null: A descriptor of the null device, which takes the place of the three standard files.
    """
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for standard in range(3):
        os.dup2(null, standard)
    first = 3
    for descriptor in sorted(keep):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, _OPEN_FILES * 16)


def limit_program(seconds: float, nbytes: int, mapped: int | None) -> None:
    """Set the kernel's limits for one run; only the limit on memory can be eased later, once (`ease_for_lens`)."""
    processor = int(2 * seconds) + 2
    _lower(resource.RLIMIT_CPU, processor, processor + 1)
    _lower(resource.RLIMIT_FSIZE, 0, 0)
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
    _lower(resource.RLIMIT_STACK, _STACK, _STACK)
    if mapped is not None:
        soft = mapped + nbytes + _SLACK
        _lower(resource.RLIMIT_AS, soft, soft + _LENS_SLACK)


def limit_serving() -> None:
    """Set the kernel's limits for a process that serves many runs: no files written, no core dumps."""
    _lower(resource.RLIMIT_FSIZE, 0, 0)
    _lower(resource.RLIMIT_CORE, 0, 0)


def forbid_children() -> None:
    """Forbid new processes and threads by count and by filter; the last thing before the program starts."""
    _lower(resource.RLIMIT_NPROC, 0, 0)


def ease_for_lens() -> None:
    """Let the lens have memory where the program used all of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _lower(which: int, soft: int, hard: int) -> None:
    """Set a limit, or leave it where the system has a lower one or does not let it be set."""
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(which)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(which, (soft, hard))


def _drop_capabilities() -> bool:
    """Drop root's privileges without a change of user, so that its own files stay readable."""
    if sys.platform != "linux":
        return False
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    return not ctypes.CDLL(None).capset(header, bytes(24))


def _readable() -> list[str]:
    """Return what may be read: Python, the installed packages, this package."""
    installed = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    packages = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    own = str(Path(__file__).parents[1])
    return [path for path in dict.fromkeys([*installed, *packages, own, *_SYSTEM_FILES]) if path not in ("", "/")]
