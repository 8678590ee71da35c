"""A process that runs programs on one device, one after the other, for as long as the server lives.

An accelerator's context costs half a second and does not survive a fork, so its runs share a process. Between runs
everything that a program could have changed is put back. It says `READY` when it can take a job.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import signal
import socket
import sys

import torch

from explorer.compute import confinement, syscalls
from explorer.compute.child import do
from explorer.compute.jobs import READY, Job, receive_job, send_frame
from explorer.compute.remains import let_go
from explorer.compute.settings import DUMP_SECONDS
from explorer.compute.state import empty_cache, fill_uninitialised_memory, make_current, remember


def serve(channel: socket.socket, dump: int, device: str) -> None:
    """Do jobs until the server goes away."""
    restore = remember()
    # what is here stays: collecting after each run would take a quarter of a second to look at it
    gc.collect()
    gc.freeze()
    send_frame(channel, READY)
    while (job := receive_job(channel)) is not None:
        _do_one(job, channel, dump)
        del job
        let_go()
        restore()
        empty_cache(device)
        send_frame(channel, READY)


def _do_one(job: Job, channel: socket.socket, dump: int) -> None:
    faulthandler.dump_traceback_later(job.limits.seconds + DUMP_SECONDS, file=dump)
    try:
        do(job, channel)
    finally:
        faulthandler.cancel_dump_traceback_later()


def main(arguments: list[str]) -> None:
    """Wake the device, forbid what comes after that, serve.

    Args:
        arguments: Descriptors of the channel and of the dump pipe; the device; names of further modules to import.
    """
    channel = socket.socket(fileno=int(arguments[0]))
    dump, device = int(arguments[1]), arguments[2]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in arguments[3:]:
        importlib.import_module(name)
    fill_uninitialised_memory()
    make_current(device)
    weight = torch.ones(2, 2, device=device, requires_grad=True)
    torch.autograd.grad((weight @ weight).sum(), weight)
    faulthandler.enable(file=dump, all_threads=False)
    confinement.limit_serving()
    syscalls.install(syscalls.serving_filter())
    serve(channel, dump, device)


if __name__ == "__main__":
    main(sys.argv[1:])
