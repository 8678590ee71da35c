"""What a page shows of a program that gave no picture: it still runs, or somebody stopped it."""

from __future__ import annotations

from dataclasses import replace

from explorer.compute.stops import Stopped, stopped_trace
from explorer.lenses import LENSES
from explorer.program.builders import chain
from explorer.program.errors import RUN_AGAIN
from explorer.scene.decoding import DecodingError
from explorer.scene.keeping import kept_picture
from explorer.scene.model import Failure
from explorer.scene.spans import Span
from explorer.ui.evaluation import Evaluation, Start
from explorer.ui.views import ChipView

_STAYS = "The picture is the one from before."


def waiting(source: str, before: Evaluation | None) -> Evaluation:
    """Return what is shown while a program runs: the picture from before; none where there was none."""
    return _unfinished(source, "running", before.scene if before else b"", before)


def stopped_by_hand(start: Start, lens: str, before: Evaluation | None, stopped: Stopped) -> Evaluation:
    """Return what is shown of a program that was stopped by hand: where it was, and the picture of its subject."""
    source = start.source
    scene = _empty(start, lens, stopped)
    if before is not None and before.subject != start.subject:
        before = None
    if before is not None and before.scene:
        failure = _failure(source, stopped, f"{stopped.message} {_STAYS}")
        try:
            scene = kept_picture(before.scene, source, failure)
        except DecodingError:
            before = None  # the stage says what is wrong with it
    return replace(_unfinished(source, "not run", scene, before), subject=start.subject)


def _unfinished(source: str, state: str, scene: bytes, before: Evaluation | None) -> Evaluation:
    row = chain.chips(source)
    unknown = (None,) * len(row)
    return Evaluation(
        scene=scene,
        chips=tuple(_view(chip, state) for chip in row),
        shapes=unknown,
        dtypes=("",) * len(row),
        run=before.run if before else "",
        charts=before.charts if before else (),
        finished=False,
        subject=before.subject if before else 0,
    )


def _view(chip: chain.Chip, state: str) -> ChipView:
    return ChipView(chip.text, state, "pending", f"{chip.text}\n{state}", movable=chip.movable, removable=True)


def _failure(source: str, stopped: Stopped, message: str) -> Failure:
    lines = source.split("\n")
    line = stopped.line if 0 < stopped.line <= len(lines) else 1
    width = len(lines[line - 1]) if stopped.line else 0
    return Failure(stopped.kind, message, "", Span(line, 0, line, width), fixes=((RUN_AGAIN, source),))


def _empty(start: Start, lens: str, stopped: Stopped) -> bytes:
    """Return a picture of nothing but the program and why it ended."""
    scene = LENSES[lens](stopped_trace(stopped, start.source, start.device, 0))
    return replace(scene, error=_failure(start.source, stopped, stopped.message)).encode()
