"""The gradients of a run beside finite differences, as a table."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch

from explorer.lenses.autograd.checking_case import Case, Checked
from explorer.lenses.autograd.checking_causes import cause_of
from explorer.lenses.relations.cells import unravel
from explorer.scene.tables import Table
from explorer.trace.checks import STEP, Differences, differences, gradients
from explorer.trace.replay import CannotReplayError

_MOST_ELEMENTS = 256
# Processor time for all leaves together.
MAX_SECONDS = 1.5
# |difference| <= relative · the larger of both, as torch.autograd.gradcheck, but in place of its absolute 1e-5, beside
# which a small gradient could be anything, a part of the leaf's largest and the noise of the differences.
_RELATIVE, _OF_LARGEST = 1e-3, 1e-4
# Precision of the program's own dtype, in units of it: gradients in bfloat16 are farther off.
_OWN_ROUNDINGS = 32
_HEADER = ("leaf", "largest difference", "the engine's", "finite difference", "autograd in float64")


@dataclass(frozen=True, eq=False)
class _Row:
    """One leaf: where the gradient and the finite difference are farthest apart.

    Attributes:
        name: What the program calls it.
        cells: Its row of the table.
        verdict: `agrees`; `kink`, where the slopes to both sides differ; `small`, where both are less than the noise of
            the differences; or `differs`.
        words: The numbers at that place, in a sentence, where it does not agree.
    """

    name: str
    cells: tuple[str, ...]
    verdict: str
    words: str = ""


def compared(case: Case) -> Checked:
    """Compare the gradient of each leaf with finite differences."""
    rows: list[_Row] = []
    notes: list[str] = []
    try:
        seed = case.seed()
        again = _in_double(case, seed)
    except CannotReplayError as error:
        return Checked(notes=(f"Finite differences cannot be taken: {error}.",))
    leaves = [leaf for leaf in range(len(case.function.leaves)) if case.received(leaf) is not None]
    notes += [_cut(case, leaf) for leaf in range(len(case.function.leaves)) if case.was_cut(leaf)]
    begin = time.thread_time()
    for done, leaf in enumerate(leaves):
        left = MAX_SECONDS - (time.thread_time() - begin)
        try:
            found = differences(case.function, leaf, seed, _MOST_ELEMENTS, left / (len(leaves) - done))
        except CannotReplayError as error:
            notes.append(f"`{case.name(leaf)}` was not compared: {error}.")
            continue
        received = case.received(leaf)
        if received is not None and found.elements.numel():
            rows.append(_row(case, leaf, received, found, again[leaf]))
    return Checked(tables=(_table(rows, case),) if rows else (), notes=tuple(notes))


def _cut(case: Case, leaf: int) -> str:
    count = case.function.start[leaf].numel()
    return f"`{case.name(leaf)}` was not compared: of its gradient of {count:,} elements only a corner was kept."


def _in_double(case: Case, seed: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
    """Return autograd's own gradients in double precision; None where the program's own functions make them."""
    none = (None,) * len(case.function.leaves)
    if any(node.custom for node in case.trace.graph.nodes):
        return none
    try:
        return gradients(case.function, seed)
    except CannotReplayError:
        return none


def _row(case: Case, leaf: int, received: torch.Tensor, found: Differences, again: torch.Tensor | None) -> _Row:
    own = received.reshape(-1)[found.elements]
    apart = (own - found.central).abs().nan_to_num(torch.inf)
    room = _room(own, found, _precision(case))
    place = int((apart / room.clamp_min(1e-300)).nan_to_num(torch.inf).argmax())
    element = int(found.elements[place])
    shape = tuple(received.shape)
    index = ", ".join(str(int(one[0])) for one in unravel(np.array([element]), shape))
    double = "—" if again is None else _number((again.reshape(-1)[found.elements] - found.central).abs().max())
    cells = (
        _leaf_text(case.name(leaf), found.elements.numel(), received.numel()),
        _number(apart[place]) + (f" at [{index}]" if shape else ""),
        _number(own[place]),
        _number(found.central[place]),
        double,
    )
    where = f"`{case.name(leaf)}[{index}]`" if shape else f"`{case.name(leaf)}`"
    if float(torch.maximum(own.abs(), found.central.abs()).max()) <= found.noise:
        return _Row(case.name(leaf), cells, "small", _too_small(case.name(leaf), found.noise))
    return _Row(case.name(leaf), cells, *_judged(where, float(own[place]), found, place, float(room[place])))


def _leaf_text(name: str, compared: int, count: int) -> str:
    """Name a leaf; of a large one, of which only some elements were compared, say how many."""
    return name if compared == count else f"{name} ({compared:,} of {count:,} elements)"


def _too_small(name: str, noise: float) -> str:
    return f"The gradient of `{name}` is too small to tell: rounding alone makes differences of about {noise:.1g}."


def _precision(case: Case) -> float:
    """Return the coarsest precision in which the program computed."""
    dtypes = {state.dtype for step in case.trace.steps for state in (*step.inputs, *step.outputs)}
    return max((float(torch.finfo(dtype).eps) for dtype in dtypes if dtype.is_floating_point), default=0.0)


def _room(own: torch.Tensor, found: Differences, precision: float) -> torch.Tensor:
    """Return how far apart gradient and finite difference may be, float64, shaped like both."""
    larger = torch.maximum(own.abs(), found.central.abs()).nan_to_num(0.0, 0.0, 0.0)
    relative = max(_RELATIVE, _OWN_ROUNDINGS * precision)
    largest = float(larger.max()) if larger.numel() else 0.0
    return relative * larger + relative / _RELATIVE * _OF_LARGEST * largest + found.noise


def _judged(where: str, own: float, found: Differences, place: int, room: float) -> tuple[str, str]:
    """Say whether a gradient agrees with the finite difference at its worst place, and what is the matter if not."""
    central, left, right = (float(one[place]) for one in (found.central, found.left, found.right))
    if abs(own - central) <= room:
        return "agrees", ""
    if abs(left - right) > 10 * room and min(left, right) - room <= own <= max(left, right) + room:
        return "kink", (
            f"{where} stands on a kink: its slope is {left:.6g} to the left and {right:.6g} to the right, and autograd "
            f"takes {own:.6g}."
        )
    return "differs", (f"{where}: the engine's gradient is {own:.6g}, and the function's slope is {central:.6g}.")


def _table(rows: list[_Row], case: Case) -> Table:
    wrong = [row for row in rows if row.verdict == "differs"]
    others = [row for row in rows if row.verdict in ("kink", "small")]
    close = max(_RELATIVE, _OWN_ROUNDINGS * _precision(case))
    note = "" if wrong or others else f"All agree: the differences are within {close:.1%} of the gradients."
    marks = tuple((number, 1) for number, row in enumerate(rows) if row.verdict != "agrees")
    return Table(
        title=f"Compared with finite differences (double precision, step {STEP:g})",
        header=_HEADER,
        rows=tuple(row.cells for row in rows),
        marks=marks,
        note=note or " ".join([*(row.words for row in [*wrong, *others]), *([cause_of(case)] if wrong else [])]),
        tone="warning" if wrong else "plain",
    )


def _number(value: torch.Tensor) -> str:
    return f"{float(value):.4g}"
