"""Puts tables and the matrices of checks beside the frames that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.lenses.autograd.checking import checks
from explorer.lenses.autograd.checking_case import Checked
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.tables import Tables
from explorer.lenses.autograd.wording import count_text
from explorer.lenses.values import ValueGrids
from explorer.scene import Frame
from explorer.scene.graphs import Plate
from explorer.scene.tables import Table
from explorer.swift import changed


@dataclass(frozen=True)
class Beside:
    """Frames with their tables, all tables, the frame of the checks (-1: none), and what could not be checked."""

    frames: tuple[Frame, ...]
    tables: tuple[Table, ...]
    checked: int
    notes: tuple[str, ...]


def beside(naming: Naming, tables: Tables, values: ValueGrids, frames: Sequence[Frame], *, check: bool) -> Beside:
    """Return the frames with tables, and with what the checks of the last backward pass found.

    Args:
        naming: The picture, and names in it.
        tables: Makes the tables of steps and nodes.
        values: Gets the matrices of the checks as grids.
        frames: The frames so far.
        check: Whether to compare with finite differences, and to compute Jacobian and Hessian.
    """
    found = checks(naming.sources.trace, full=check)
    place = _place(naming) if found.tables or found.matrices else -1
    made: list[Frame] = []
    every: list[Table] = []
    for stop, frame in zip(naming.sources.timeline.stops, frames, strict=True):
        here = stop.frame == place
        own = (*(found.tables if here else ()), *tables.of(stop))
        numbers = tuple(range(len(every), len(every) + len(own)))
        plates = _matrices(found, values, stop.frame) if here else ()
        said = f"{_verdict(found)} {frame.sentence}".strip() if here else frame.sentence
        whole = changed(frame, sentence=said, tables=numbers, plates=(*frame.plates, *plates))
        made.append(whole if own or plates else frame)
        every += own
    return Beside(tuple(made), tuple(every), place, found.notes)


def _verdict(found: Checked) -> str:
    """Say in a sentence what the comparison with finite differences found; "" when there was none."""
    compared = next((table for table in found.tables if table.title.startswith("Compared")), None)
    if compared is None:
        return ""
    leaves = count_text(len(compared.rows), "leaf") if len(compared.rows) == 1 else f"{len(compared.rows)} leaves"
    if compared.tone == "plain":
        return f"Finite differences agree with the gradients of {leaves}."
    return f"Finite differences do not agree: {compared.note}"


def _place(naming: Naming) -> int:
    """Return the frame in which the last run of the engine had ended, or its last one."""
    sources = naming.sources
    last = len(sources.trace.engine_runs) - 1
    call = sources.runs.calls[last]
    if call is not None and call in sources.timeline.frame_of_step:
        return sources.timeline.frame_of_step[call]
    return sources.timeline.last_frame_of_run.get(last, len(sources.timeline.stops) - 1)


def _matrices(found: Checked, values: ValueGrids, frame: int) -> tuple[Plate, ...]:
    """Return Jacobian, Hessian and their like as plates."""
    return tuple(
        Plate(
            matrix.caption,
            values.add(matrix.values, tuple(matrix.values.shape), matrix.caption.partition(" = ")[0], frame, "value"),
            ", ".join(f"{what}: {text}" for what, text in (("rows", matrix.rows), ("columns", matrix.columns)) if text),
        )
        for matrix in found.matrices
    )
