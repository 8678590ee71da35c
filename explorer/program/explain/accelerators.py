"""What an accelerator answers when it cannot go on: no memory left, or a kernel that refused what it was given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import torch

from explorer.program.explain.model import Explanation

if TYPE_CHECKING:
    from explorer.program.explain.fault import Fault

_NO_MEMORY: Final = re.compile(r"\b(CUDA|HIP|XPU|MPS)\b(?: backend| error:)? out of memory")
_ASKED: Final = re.compile(r"Tried to allocate ([\d.]+ ?\w+)")
_FREE: Final = re.compile(r"GPU (\d+) has a total capacity of ([\d.]+ ?\w+) of which ([\d.]+ ?\w+) is free")
_MOST: Final = re.compile(r"max allowed: ([\d.]+ ?\w+)")
_REFUSED: Final = re.compile(r"device-side assert|illegal memory access|unspecified launch failure")
# torch calls AMD's devices cuda too
_NAMES: Final = {"CUDA": "cuda", "HIP": "cuda", "XPU": "xpu", "MPS": "mps"}


def explain_device_memory(fault: Fault) -> Explanation | None:
    """Explain an accelerator whose memory is used up, which is not what a program may hold by this explorer's limit."""
    found = _NO_MEMORY.search(fault.said)
    if found is None or not isinstance(fault.error, RuntimeError):
        return None
    device, numbers = _NAMES[found[1]], ""
    asked, free, most = _ASKED.search(fault.said), _FREE.search(fault.said), _MOST.search(fault.said)
    if free is not None:
        device, numbers = f"{device}:{free[1]}", f"{free[3]} of its {free[2]} are free"
    elif most is not None:
        numbers = f"torch may use {most[1]} of it in all"
    needed = f"this needs {asked[1]} more" if asked is not None else ""
    told = " and ".join(filter(None, [needed, numbers]))
    return Explanation(
        f"The memory of {device} is used up{': ' if told else ''}{told}.",
        "Ask for less: smaller sizes, a smaller dtype, `torch.no_grad()` where no gradient is needed. Others may be"
        " using the device: try again later, or on the cpu.",
    )


def explain_lost_device(fault: Fault) -> Explanation | None:
    """Explain a kernel that stopped the device: mostly an index out of range, which the CPU would have named."""
    if not isinstance(fault.error, torch.AcceleratorError) or not _REFUSED.search(fault.said):
        return None
    return Explanation(
        "The device stopped at this line, or at one shortly before: most often an index, or the number of a class, is"
        " out of range. Nothing can be read from the device any more; the next run starts it afresh.",
        "Run the program on the cpu: there torch says which index is wrong, and on which line.",
    )
