"""One run of a page's program, as plain data for the page: the picture and the chips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cached_property

from explorer.compute.outline import Outline, Place, Result
from explorer.compute.runs import Terms, view
from explorer.program.builders import chain
from explorer.scene.charts import Chart
from explorer.trace.model import Position
from explorer.trace.values import Array
from explorer.ui.opening import Opening, opening
from explorer.ui.options import Value
from explorer.ui.views import ChipView


@dataclass(frozen=True, eq=False)
class Start:
    """What is run: a program of a subject, on a device, with the arrays that were uploaded for it."""

    source: str
    device: str
    inputs: Mapping[str, Array]
    subject: int = 0


@dataclass(frozen=True)
class Evaluation:
    """What a page needs of a run.

    Attributes:
        scene: The encoded scene for the stage, without its charts.
        chips: The chain, as drawn.
        shapes: Shape of each chip's result; None where it made none.
        dtypes: Its dtype without `torch.`; "" where it made none.
        run: The token by which the stage asks about the run; "" when the picture holds everything.
        charts: The curves and bars that the lens draws beside the picture.
        finished: Whether the run came to its end, an error or a limit; else somebody stopped it, or it goes on, and
            the picture is of what ran until then, or an earlier one.
        subject: What the picture is of: one that fails keeps the last good picture of its own subject, and of no other.
    """

    scene: bytes
    chips: tuple[ChipView, ...]
    shapes: tuple[tuple[int, ...] | None, ...]
    dtypes: tuple[str, ...]
    run: str
    charts: tuple[Chart, ...] = ()
    finished: bool = True
    subject: int = 0

    @cached_property
    def opening(self) -> Opening:
        """Which layer the scene shows."""
        return opening(self.scene)


def evaluate(start: Start, lens: str, options: Mapping[str, Value], terms: Terms) -> Evaluation:
    """Run a program apart from the server and look at it through a lens, with the lens's own options.

    Raises:
        Stopped: Somebody stopped it.
    """
    source = start.source
    seen = view(source, lens, start.device, start.inputs, terms, **options)
    row = chain.chips(source)
    outline = seen.outline
    failed = None if outline.error is None else _failed_chip(row, outline.error)
    places = [_place_of(chip, outline) for chip in row]
    return Evaluation(
        scene=seen.scene,
        chips=tuple(_view(chip, place, outline, failed, lens) for chip, place in zip(row, places, strict=True)),
        shapes=tuple(place.result.shape if place and place.result else None for place in places),
        dtypes=tuple(place.result.dtype if place and place.result else "" for place in places),
        run=seen.run,
        charts=seen.charts,
        subject=start.subject,
    )


def _place_of(chip: chain.Chip, outline: Outline) -> Place | None:
    """Return the place of the chip's call: the one with its span."""
    found = [place for place in outline.places if astuple(place.statement) == tuple(chip.span)]
    if not found and chip.role == "raw":
        first, _, last, _ = chip.span
        found = [p for p in outline.places if first <= p.statement.line and p.statement.end_line <= last and p.result]
    return found[-1] if found else None


def _failed_chip(row: tuple[chain.Chip, ...], error: Position) -> int | None:
    """Return the chip whose own text holds the error: the innermost one around it."""
    place = astuple(error)
    exact = [chip.index for chip in row if tuple(chip.span) == place]
    around = [chip.index for chip in row if chip.span[:2] <= place[:2] and chip.span[2:] >= place[2:]]
    return next(iter([*exact, *around]), None)


def _view(chip: chain.Chip, place: Place | None, outline: Outline, failed: int | None, lens: str) -> ChipView:
    kind, detail = _kind_and_detail(chip, place, outline, failed, lens)
    return ChipView(
        text=chip.text,
        detail=detail,
        kind=kind,
        title=f"{chip.text}\n{detail}",
        movable=chip.movable,
        removable=True,
    )


def _kind_and_detail(
    chip: chain.Chip, place: Place | None, outline: Outline, failed: int | None, lens: str
) -> tuple[str, str]:
    if chip.index == failed and outline.error is not None:
        return "error", f"error · line {outline.error.line}"
    if place is None or place.result is None:
        return ("other", chip.note or "no new tensor") if chip.span[0] < _reached(outline) else ("pending", "not run")
    return place.kind, _detail(place, place.result, lens)


def _reached(outline: Outline) -> float:
    """Return the line of the top level that the program came to; what stands before it has run."""
    if outline.error is None:
        return math.inf
    last = max((place.statement.line for place in outline.places), default=0)
    # an error inside a function stands before the line that called it
    return max(last, outline.error.line) if last else 0


def _detail(place: Place, result: Result, lens: str) -> str:
    what = result.dtype if place.kind == "create" else place.kind
    if lens in ("convolution", "normalization", "recurrent"):
        return f"{what} · {result.shape}"  # the pages of layers: their strides are meant, not the memory's
    strides = "" if place.kind == "create" and result.is_contiguous else f" · stride {result.stride}"
    return f"{what} · {result.shape}{strides} · {place.bytes_new:,} B new"
