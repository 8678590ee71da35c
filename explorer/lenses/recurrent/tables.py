"""What output and h_n have in common, on the real numbers, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.normalization.wording import number
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors
from explorer.scene.tables import Table
from explorer.trace import Trace

_HEADER = ("of output", "of h_n", "largest difference", "why")


@dataclass(frozen=True, eq=False)
class _Compared:
    """Two tensors that are compared, each as the program writes it."""

    left: str
    right: str
    one: torch.Tensor
    other: torch.Tensor
    why: str

    @property
    def equal(self) -> bool:
        return bool(torch.isclose(self.one, self.other, rtol=0.0, atol=0.0, equal_nan=True).all())

    def row(self) -> tuple[str, ...]:
        gap = (self.one.double() - self.other.double()).abs()
        text = "0: equal" if self.equal else number(gap.max())
        return (f"`{self.left}`", f"`{self.right}`", text, self.why)


def last_states_table(trace: Trace, sequence: Sequence, tensors: Tensors) -> Table | None:
    """Return which part of `output` is which part of `h_n`; None of a cell, and without values.

    Args:
        trace: The run.
        sequence: The calls; the last one returned h_n.
        tensors: What they returned.
    """
    if sequence.settings.cell or tensors.output is None or tensors.last is None:
        return None
    rows = _Rows(trace, sequence, tensors).rows()
    cells = tuple(one.row() for one in rows)
    marks = tuple((place, 2) for place, one in enumerate(rows) if not one.equal)
    return Table("What output and h_n have in common", _HEADER, cells, marks, _note(sequence, rows))


def _note(sequence: Sequence, rows: list[_Compared]) -> str:
    if all(one.equal for one in rows):
        below = "; of the layers below only h_n tells" if sequence.settings.layers > 1 else ""
        return f"h_n is what the last step of output holds{below}."
    if sequence.first.batch_sizes is not None:
        return "The last row of output is padding for items that are shorter: h_n holds the last step of each item."
    return (
        "The direction that reads backwards ends at the first step: its last state is in output[0], not in output[-1]."
    )


class _Rows:
    """Writes the rows of one module."""

    def __init__(self, trace: Trace, sequence: Sequence, tensors: Tensors) -> None:
        last = sequence.last
        assert tensors.output is not None  # noqa: S101 - the caller has looked
        assert tensors.last is not None  # noqa: S101
        self._sequence, self._tensors = sequence, tensors
        self._output, self._last = tensors.output, tensors.last[-1].hidden
        packed = last.batch_sizes is not None
        self._name = "output" if packed else name_of(trace, last.step, last.output, "output")
        states = name_of(trace, last.step, last.last_hidden, "h_n")
        self._states = "h_n" if states == "_" else states
        self._directions = sequence.settings.directions
        self._size = self._last.shape[-1]

    def rows(self) -> list[_Compared]:
        """Return all rows: as people write it first, then direction by direction."""
        found = [self._last_step(0)]
        if self._sequence.first.batch_sizes is not None:
            found.append(self._last_valid())
        if self._directions > 1:
            found += [self._last_step(1), self._first_step()]
        return found

    def _last_step(self, direction: int) -> _Compared:
        cells = self._cells(direction)
        part = self._output[-1][..., cells]
        padded = self._tensors.lengths is not None and bool((self._tensors.lengths < len(self._output)).any())
        if direction:
            why = "Only the first thing that this direction read."
        elif padded:
            why = "Items that are shorter have only padding there."
        else:
            why = "The last step of the last layer."
        return _Compared(self._written("-1", direction), self._state(direction), part, self._last[direction], why)

    def _last_valid(self) -> _Compared:
        lengths = self._tensors.lengths
        assert lengths is not None  # noqa: S101 - a packed batch has them
        items = torch.arange(len(lengths))
        part = self._output[lengths - 1, items][..., self._cells(0)]
        suffix = self._suffix(0).removeprefix(", ")
        where = "items, lengths - 1" if self._sequence.settings.batch_first else "lengths - 1, items"
        written = f"{self._name}[{where}{', ' + suffix.removeprefix('..., ') if suffix else ''}]"
        return _Compared(written, self._state(0), part, self._last[0], "The last step of each item that is no padding.")

    def _first_step(self) -> _Compared:
        part = self._output[0][..., self._cells(1)]
        why = "The last thing that this direction read."
        return _Compared(self._written("0", 1), self._state(1), part, self._last[1], why)

    def _cells(self, direction: int) -> slice:
        return slice(direction * self._size, (direction + 1) * self._size)

    def _suffix(self, direction: int) -> str:
        if self._directions == 1:
            return ""
        return f", ..., {self._size}:" if direction else f", ..., :{self._size}"

    def _written(self, step: str, direction: int) -> str:
        batch_first = self._sequence.settings.batch_first and self._sequence.first.batched
        place = f":, {step}" if batch_first else step
        return f"{self._name}[{place}{self._suffix(direction)}]"

    def _state(self, direction: int) -> str:
        return f"{self._states}[{direction - self._directions}]"
