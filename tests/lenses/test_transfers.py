"""Transfers between devices: which steps are drawn as some, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import explorer
from explorer.lenses.shapes.transfers import Transfer, transfer_of, transfer_sentence
from explorer.trace import Step

PROGRAM = "x = torch.arange(6.)\ny = x.to('meta')\nz = torch.empty(6, device='meta')\nz.copy_(x)\nw = x.to('cpu')\n"


def step_between(source: str, target: str, seconds: float | None, size: int) -> Step:
    """Return the step of a copy as it would be recorded between two devices that are not here."""
    step = explorer.run(f"x = torch.zeros({size})\ny = x.clone()").steps[-1]
    given, output = step.inputs[0], step.outputs[0]
    moved = (replace(given, device=torch.device(source)),), (replace(output, device=torch.device(target)),)
    return replace(step, inputs=moved[0], outputs=moved[1], seconds=seconds)


def test_steps_to_another_device_are_transfers_and_others_are_none() -> None:
    trace = explorer.run(PROGRAM)
    assert trace.error is None
    found = {step.expression: transfer_of(step) for step in trace.steps}
    titles = {expression: transfer.title for expression, transfer in found.items() if transfer is not None}
    assert titles == {"x.to('meta')": "cpu → meta", "z.copy_(x)": "cpu → meta"}


def test_the_frame_shows_where_from_and_where_to() -> None:
    scene = explorer.scene(explorer.run(PROGRAM))
    frame = scene.frames[1]
    assert (frame.op, frame.kind) == ("cpu → meta", "copy")
    assert frame.sentence == "x.to('meta') goes from cpu to meta: no bytes move."
    assert "cannot come back" in frame.why


@pytest.mark.parametrize(("source", "target"), [("cpu", "cuda:0"), ("cuda:1", "cpu"), ("cuda:0", "cuda:1")])
def test_a_transfer_says_bytes_time_and_rate(source: str, target: str) -> None:
    transfer = transfer_of(step_between(source, target, seconds=0.00012, size=1024))
    assert transfer == Transfer(source, target, 4096, 0.00012)
    assert transfer_sentence(transfer, "x.to(d)") == (
        f"x.to(d) moves 4,096 bytes from {source} to {target} in 120 µs, 34.1 MB/s."
    )


def test_without_a_measured_time_none_is_told() -> None:
    transfer = transfer_of(step_between("cpu", "cuda:0", seconds=None, size=2))
    assert transfer is not None
    assert transfer_sentence(transfer, "x.cuda()") == "x.cuda() moves 8 bytes from cpu to cuda:0."


def test_a_scalar_from_the_cpu_in_a_computation_is_no_transfer() -> None:
    step = step_between("cpu", "cuda:0", seconds=None, size=1)
    assert transfer_of(replace(step, kind="compute", op="add")) is None


@given(st.integers(1, 10**12), st.floats(1e-7, 1e3))
def test_the_numbers_in_the_sentence_are_those_measured(nbytes: int, seconds: float) -> None:
    text = transfer_sentence(Transfer("cpu", "cuda:0", nbytes, seconds), "x.cuda()")
    words = text.rstrip(".").split(" ")
    time = float(words[-4].replace(",", "")) * {"s": 1.0, "ms": 1e-3, "µs": 1e-6}[words[-3].rstrip(",")]
    rate = float(words[-2].replace(",", "")) * {"GB/s": 1e9, "MB/s": 1e6, "kB/s": 1e3, "bytes/s": 1.0}[words[-1]]
    assert f"{nbytes:,} bytes" in text
    assert time == pytest.approx(seconds, rel=0.006)
    assert rate == pytest.approx(nbytes / seconds, rel=0.006)
