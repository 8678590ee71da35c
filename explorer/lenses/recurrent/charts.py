"""Gradients through time of layers that took the same sequence, side by side."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass

import torch

from explorer.lenses.normalization.wording import number
from explorer.lenses.recurrent.names import layer_text
from explorer.lenses.recurrent.sequences import Sequence
from explorer.scene.charts import Chart, Series
from explorer.scene.recurrent import Gradient
from explorer.scene.relations import Array
from explorer.trace.values import to_numpy

MOST_BESIDE = 5


@dataclass(frozen=True, eq=False)
class Beside:
    """A sequence and its gradient through time."""

    sequence: Sequence
    gradient: Gradient


def same_input(sequences: Several[Sequence], number: int) -> list[Sequence]:
    """Return the sequences of other modules that took what one took: of each module the last."""
    own = sequences[number]
    found: dict[int, Sequence] = {}
    for one in sequences:
        if one.first.module is not own.first.module and _is_same_input(one, own):
            found[id(one.first.module)] = one
    return list(found.values())[:MOST_BESIDE]


def _is_same_input(one: Sequence, other: Sequence) -> bool:
    """Tell whether two sequences are the same numbers in memory, also as views, or cut into steps."""
    states = [(own.first.input, own.steps, own.first.batch) for own in (one, other)]
    left, right = (
        (state.storage, state.version, state.storage_offset, state.shape[-1], steps, batch)
        for state, steps, batch in states
    )
    return left == right


def gradient_charts(shown: Several[Beside]) -> tuple[Chart, ...]:
    """Return charts of |∂L/∂h_t|, and |∂L/∂c_t| where there are cell states, over t; none of a single sequence.

    Args:
        shown: The sequences, the open one first.
    """
    if len(shown) < 2:
        return ()
    names = [f"{one.sequence.first.label}: {layer_text(one.sequence)}" for one in shown]
    hidden = [(name, one.gradient.hidden) for name, one in zip(names, shown, strict=True)]
    cells = [(name, one.gradient.cell) for name, one in zip(names, shown, strict=True)]
    known = [(name, values) for name, values in cells if values is not None]
    found = [_chart("h", hidden)]
    if known:
        found.append(_chart("c", known))
    return tuple(found)


def _chart(letter: str, found: list[tuple[str, Array]]) -> Chart:
    steps = max(len(values) for _, values in found)
    return Chart(
        title=f"Gradient through time: the length of ∂L/∂{letter}_t",
        kind="lines",
        labels=tuple(str(t) for t in range(steps)),
        series=tuple(Series(name, _drawn(values, steps)) for name, values in found),
        x="t",
        y=f"|∂L/∂{letter}_t|",
        log=True,
        note=" ".join(_said(name, torch.tensor(values)) for name, values in found),
    )


def _drawn(values: Array, steps: int) -> Array:
    """Return the numbers with NaN in place of 0, which a logarithm has no place for."""
    found = torch.full((steps,), torch.nan, dtype=torch.float64)
    found[: len(values)] = torch.tensor(values)
    return to_numpy(found.masked_fill(found == 0, torch.nan))


def _said(name: str, values: torch.Tensor) -> str:
    """Say how large a gradient is at both ends, or until where it is 0."""
    label = name.partition(":")[0]
    first = int((values != 0).to(torch.int8).argmax()) if bool((values != 0).any()) else len(values)
    if first == len(values):
        return f"{label}: 0 at every step."
    before = f"exactly 0 before t = {first}, " if first else ""
    return f"{label}: {before}{number(values[first])} at t = {first}, {number(values[-1])} at t = {len(values) - 1}."
