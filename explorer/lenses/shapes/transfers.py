"""Transfers between devices: which steps are some, and what they moved in which time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.trace import Step

_RATES = ((1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s"), (1.0, "bytes/s"))
_TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True)
class Transfer:
    """Values that went from one device to another.

    Attributes:
        source: Where they were.
        target: Where they are now.
        nbytes: How many bytes arrived; 0 on `meta`, which holds none.
        seconds: How long it took, waited for; None where it was not measured.
    """

    source: str
    target: str
    nbytes: int
    seconds: float | None

    @property
    def title(self) -> str:
        """The two devices: `cpu → cuda:0`."""
        return f"{self.source} → {self.target}"


def transfer_of(step: Step) -> Transfer | None:
    """Return what a step moved between devices; None when it moved nothing.

    What `copy_` writes comes from its last argument; what other copies make comes from their first.
    """
    writes = step.kind == "inplace" and step.op == "copy_"
    if not step.inputs or not step.outputs or not (writes or step.kind == "copy"):
        return None
    given, output = step.inputs[-1 if writes else 0], step.outputs[0]
    if given.device == output.device:
        return None
    nbytes = 0 if output.device.type == "meta" else output.numel * output.itemsize
    return Transfer(str(given.device), str(output.device), nbytes, step.seconds)


def transfer_sentence(transfer: Transfer, call: str) -> str:
    """Say what a transfer did: `x.to('cuda') moves 4,096 bytes from cpu to cuda:0 in 120 µs, 34.1 MB/s.`."""
    if not transfer.nbytes:
        return f"{call} goes from {transfer.source} to {transfer.target}: no bytes move."
    moved = f"{call} moves {transfer.nbytes:,} bytes from {transfer.source} to {transfer.target}"
    if not transfer.seconds:
        return f"{moved}."
    rate = _with_unit(transfer.nbytes / transfer.seconds, _RATES)
    return f"{moved} in {_with_unit(transfer.seconds, _TIMES)}, {rate}."


def transfer_reason(transfer: Transfer) -> str:
    """Say why a transfer matters."""
    if transfer.target == "meta":
        return "A meta tensor has shape, strides and dtype but no memory: the values are gone and cannot come back."
    return "A transfer makes both devices wait for the bus between them: move tensors once, before a loop, not in it."


def _with_unit(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """Write a value with three digits in the largest unit of which it has at least 1, else in the smallest."""
    scale, unit = next((one for one in units if value >= one[0]), units[-1])
    number = value / scale
    if number < 1:
        return f"{number:.3g} {unit}"
    return f"{number:,.{max(0, 2 - math.floor(math.log10(number)))}f} {unit}"
