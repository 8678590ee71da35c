"""What accelerators are called and how much of their memory is free, asked in a process that ends afterwards.

Asking makes a context on each device, which holds hundreds of megabytes there until its process ends. The server
must not hold one on every device of the machine, so it asks through `probe`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

import torch

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Probed:
    """An accelerator that answered.

    Attributes:
        name: Its name for torch: `cuda:0`.
        product: What its maker calls it; "" when the driver does not say.
        free: Bytes that nobody uses; None when the driver does not say.
        total: Bytes of memory; None likewise.
    """

    name: str
    product: str
    free: int | None
    total: int | None


def probe(names: tuple[str, ...]) -> tuple[Probed, ...]:
    """Ask accelerators in a process of its own, and return those on which a tensor could be made.

    An accelerator that torch counts but cannot use (a broken driver, no memory left) is not among them.
    """
    if not names:
        return ()
    command = [sys.executable, "-m", "explorer.compute.probe", *names]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=True)  # noqa: S603
        answers = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()
    return tuple(Probed(**answer) for answer in answers)


def ask(name: str) -> Probed | None:
    """Ask one accelerator, in this process; None when no tensor can be made on it."""
    device = torch.device(name)
    try:
        torch.ones(1, device=device).sum().item()
    except (RuntimeError, AssertionError, ImportError):
        return None
    free, total = _memory(device)
    return Probed(name, _product(device), free, total)


def _memory(device: torch.device) -> tuple[int | None, int | None]:
    """Return free and total bytes.

    Of what the asking process itself took, only what torch's allocator keeps is handed back first.
    """
    try:
        torch.accelerator.empty_cache()
        free, total = torch.accelerator.get_memory_info(device)
    except (RuntimeError, NotImplementedError):
        return None, None
    return int(free), int(total)


def _product(device: torch.device) -> str:
    module = torch.get_device_module(device)
    if not hasattr(module, "get_device_name"):
        return ""
    return str(module.get_device_name(device))


def main(names: list[str]) -> None:
    """Print what was found as a JSON list."""
    found = [answer for name in names if (answer := ask(name)) is not None]
    sys.stdout.write(json.dumps([asdict(answer) for answer in found]))


if __name__ == "__main__":
    main(sys.argv[1:])
