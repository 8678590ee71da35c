"""The process that forks: it has torch imported and warm, runs no program, and holds nothing of any visitor.

Started from a clean interpreter by `explorer.compute.forks`, never by a fork of the server. It has one thread: a fork
of a process with threads may inherit locks that nobody will ever release.

The server asks over a socket, ten bytes at a time: `F`, the number of a lens and a number for a fork (the ends of its
channel, its status pipe and its dump pipe come along), `E`, 0 and a number to end one. When a fork is over, its status
as `os.waitpid` has it is written to its status pipe.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from explorer.compute import confinement
from explorer.compute.child import Ends, live
from explorer.compute.jobs import END, FORK, REQUEST, STATUS, Job, Reports
from explorer.compute.pages import get_room, keep_freed_memory, use_large_pages
from explorer.compute.tasks import TASKS
from explorer.compute.touched import copier, touched_by
from explorer.lenses import LENSES

_IMPORTED = (
    *("torch.nn", "torch.nn.functional", "torch.optim", "torch.autograd", "torch.utils.data", "torch.linalg"),
    *("torch.distributions", "torch.nn.init", "torch.nn.utils", "torch.func", "torch.special", "torch.fft"),
    *("numpy.linalg", "numpy.random", "numpy.fft", "random", "collections", "itertools", "functools", "math"),
)
# What the first use of these makes torch import costs every fork that has to do it itself.
_WARM_UP = (
    "x = torch.arange(6.).view(2, 3).t().reshape(6) + 1\nprint(x)",
    "import torch\nfrom torch import nn\nw = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()",
    "torch.manual_seed(0)\nx = torch.rand(2, 3) @ torch.rand(3, 2)",
    "torch.zeros(2, 3) @ torch.zeros(2, 3)",
    (
        "net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))\n"
        "opt = torch.optim.Adam(net.parameters(), lr=0.1)\nx, y = torch.randn(4, 2), torch.randint(0, 2, (4,))\n"
        "for i in range(2):\n    opt.zero_grad()\n    loss = F.cross_entropy(net(x), y)\n    loss.backward()\n"
        "    opt.step()\ntorch.optim.SGD(net.parameters(), lr=0.1).step()"
    ),
    "x = torch.zeros(2, 3)\nx.undefined_name",
    "x = (",
)
# What it writes to, every run does; and what a lens writes to where it looks at its own, it always does.
_TYPICAL = _WARM_UP[0]
# The lenses of layers, each with what it makes of a small program.
_SEEN = (
    ("autograd", "w = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()"),
    ("convolution", "conv = nn.Conv2d(1, 2, 3)\nx = F.max_pool2d(conv(torch.rand(1, 1, 6, 6)), 2)"),
    ("convolution", "loss = nn.Conv1d(1, 2, 3, padding=1)(torch.rand(1, 1, 6)).sum()\nloss.backward()"),
    ("normalization", "norm = nn.BatchNorm2d(2)\nx = norm(torch.rand(2, 2, 3, 3))\nx.sum().backward()"),
    ("normalization", "x = nn.LayerNorm(3)(torch.rand(2, 3))"),
    ("recurrent", "lstm = nn.LSTM(2, 3)\nx, (h, c) = lstm(torch.rand(4, 1, 2))\nx[-1].sum().backward()"),
    ("recurrent", "x, h = nn.GRU(2, 3)(torch.rand(4, 1, 2))"),
)
_SILENT = Reports(ran=lambda: None, progress=lambda _: None)


@dataclass(frozen=True)
class _Fork:
    """A fork that is alive: its process and where its end is told."""

    pid: int
    status: int


class _Forks:
    """Forks on request, and tells what became of the forks.

    Args:
        control: Socket to the server.
        null: A descriptor of the null device.
        mapped: Address space of this process, in bytes.
        prepare: Called in each fork before it waits for its job; one for each lens.
    """

    def __init__(
        self, control: socket.socket, null: int, mapped: int | None, prepare: Sequence[Callable[[], None]]
    ) -> None:
        self._control = control
        self._prepare = prepare
        self._null = null
        self._mapped = mapped
        self._alive: dict[int, _Fork] = {}
        self._wakeup, writing = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(writing, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Answer requests until the server goes away."""
        while True:
            ready, _, _ = select.select([self._control.fileno(), self._wakeup], [], [])
            if self._wakeup in ready:
                os.read(self._wakeup, 4096)
                self._bury()
            if self._control.fileno() in ready and not self._answer():
                break
        for fork in self._alive.values():
            os.kill(fork.pid, signal.SIGKILL)

    def _answer(self) -> bool:
        request, ends, _, _ = socket.recv_fds(self._control, REQUEST.size, 3)
        if len(request) < REQUEST.size:
            return False
        letter, lens, number = REQUEST.unpack(request)
        if letter == FORK:
            self._fork(number, self._prepare[lens], *ends)
        elif letter == END and number in self._alive:
            os.kill(self._alive[number].pid, signal.SIGKILL)
        return True

    def _fork(self, number: int, prepare: Callable[[], None], channel: int, status: int, dump: int) -> None:
        try:
            pid = os.fork()
        except OSError:
            os.close(status)
        else:
            if pid == 0:
                live(Ends(channel, dump), self._null, self._mapped, prepare)
            self._alive[number] = _Fork(pid, status)
        os.close(channel)
        os.close(dump)

    def _bury(self) -> None:
        """Collect the forks that are over, and pass on how they ended."""
        ended = {}
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                ended[pid] = status
        for number, fork in list(self._alive.items()):
            if fork.pid in ended:
                with contextlib.suppress(OSError):  # the server may not care any more
                    os.write(fork.status, STATUS.pack(ended[fork.pid]))
                os.close(fork.status)
                del self._alive[number]


def warm_up() -> None:
    """Import and run once what programs use."""
    torch.set_num_threads(1)
    for name in _IMPORTED:
        importlib.import_module(name)
    for source in _WARM_UP:
        TASKS["trace"](Job("trace", source), _SILENT)
    for lens, source in [*(("shapes", source) for source in _WARM_UP), *_SEEN]:
        _see(source, lens)


def _see(source: str, lens: str = "shapes") -> None:
    TASKS["scene"](Job("scene", source, options={"lens": lens}), _SILENT)


def _preparing(lens: str) -> Callable[[], None]:
    """Return what gives a fork its own copies of the pages that runs and a lens write to, and room for tensors."""
    copy = copier(touched_by(lambda: _look_typically(lens)))

    def prepare() -> None:
        copy()
        get_room()

    return prepare


def _look_typically(lens: str) -> None:
    _see(_TYPICAL)
    for name, source in _SEEN:
        if name == lens:
            _see(source, lens)


def main(arguments: list[str]) -> None:
    """Warm up, give up what is not needed, say so, and serve.

    Args:
        arguments: The descriptor of the socket to the server; names of further modules to import.
    """
    control = socket.socket(fileno=int(arguments[0]))
    for name in arguments[1:]:
        importlib.import_module(name)
    warm_up()
    gc.collect()
    gc.freeze()
    use_large_pages()
    keep_freed_memory()
    null = os.open(os.devnull, os.O_RDWR)
    forks = _Forks(control, null, confinement.mapped_bytes(), [_preparing(lens) for lens in LENSES])
    layers = confinement.confine_zygote()
    with contextlib.suppress(BrokenPipeError):  # the server went away while this process started
        control.sendall(json.dumps({"layers": layers, "threads": torch.get_num_threads()}).encode() + b"\n")
        forks.serve()


if __name__ == "__main__":
    main(sys.argv[1:])
