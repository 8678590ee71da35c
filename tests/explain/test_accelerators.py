"""An accelerator without memory, or one that stopped: what torch says of it, with its numbers, in plain words.

The words are those that torch writes on such machines, as people report them; here they are raised in place of a call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import explorer
from explorer.program.limits import AllocationCheck
from explorer.trace.model import ProgramError

CUDA = (
    "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 1 has a total capacity of 79.11 GiB of which 1.25 GiB is"
    " free. Including non-PyTorch memory, this process has 77.85 GiB memory in use. Of the allocated memory 77.23 GiB"
    " is allocated by PyTorch, and 12.00 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory"
    " is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation."
)
MPS = (
    "MPS backend out of memory (MPS allocated: 17.86 GB, other allocations: 384.00 KB, max allowed: 18.13 GB). Tried to"
    " allocate 2.00 GB on private pool. Use PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0 to disable upper limit."
)
ASSERT = (
    "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported at some other API"
    " call, so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
)

Failing = Callable[[BaseException], ProgramError]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Return what is said of a program whose second line raises an error."""

    def fail(error: BaseException) -> ProgramError:
        def refuse(_: object, op: str, *__: Any) -> None:
            if op == "exp":
                raise error

        monkeypatch.setattr(AllocationCheck, "__call__", refuse)
        told = explorer.run("x = torch.ones(4)\ny = x.exp()").error
        assert told is not None
        assert told.line == 2
        return told

    return fail


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (CUDA, "The memory of cuda:1 is used up: this needs 20.00 GiB more and 1.25 GiB of its 79.11 GiB are free."),
        (CUDA.replace("CUDA", "HIP", 1), "The memory of cuda:1 is used up: this needs 20.00 GiB more and 1.25 GiB of"),
        (MPS, "The memory of mps is used up: this needs 2.00 GB more and torch may use 18.13 GB of it in all."),
        (
            "CUDA error: out of memory\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1",
            "The memory of cuda is used",
        ),
        (
            CUDA.replace("1.25 GiB", "0 bytes"),
            "The memory of cuda:1 is used up: this needs 20.00 GiB more and 0 bytes of",
        ),
        ("XPU out of memory.", "The memory of xpu is used up."),
    ],
)
def test_no_memory_left_is_told_with_its_numbers(words: str, message: str, failing: Failing) -> None:
    told = failing(torch.OutOfMemoryError(words))
    assert told.message.startswith(message)
    assert "smaller sizes" in told.hint


def test_a_stopped_device_sends_to_the_cpu(failing: Failing) -> None:
    told = failing(torch.AcceleratorError(ASSERT))
    assert "an index, or the number of a class, is out of range" in told.message
    assert "on the cpu" in told.hint
    assert told.operands[0].shape == (4,)


@pytest.mark.parametrize(
    "error", [RuntimeError("the shelf is out of memory cards"), ValueError("CUDA out of memory"), RuntimeError(ASSERT)]
)
def test_other_errors_are_left_to_others(error: Exception, failing: Failing) -> None:
    message = failing(error).message
    assert "used up" not in message
    assert "stopped at this line" not in message
