"""One run of a page's program, as plain data for the page: the picture and the chips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import explorer
from explorer.program.builders import chain
from explorer.trace import ProgramError, Step, TensorState, Trace
from explorer.trace.values import Array
from explorer.ui.views import ChipView


@dataclass(frozen=True)
class Evaluation:
    """What a page needs of a run.

    Attributes:
        scene: The encoded scene for the stage.
        chips: The chain, as drawn.
        shapes: Shape of each chip's result; None where it made none.
    """

    scene: bytes
    chips: tuple[ChipView, ...]
    shapes: tuple[tuple[int, ...] | None, ...]


def evaluate(source: str, device: str, inputs: Mapping[str, Array], lens: str) -> Evaluation:
    """Run a program and look at it through a lens.

    The live tensors are gone when this returns: only plain data may stay in a visitor's session.
    """
    trace = explorer.run(source, device=device, inputs=inputs)
    row = chain.chips(source)
    failed = None if trace.error is None else _failed_chip(row, trace.error)
    steps = [_step_of(chip, trace) for chip in row]
    return Evaluation(
        scene=explorer.scene(trace, lens=lens).encode(),
        chips=tuple(_view(chip, step, trace, failed) for chip, step in zip(row, steps, strict=True)),
        shapes=tuple(step.outputs[0].shape if step and step.outputs else None for step in steps),
    )


def _step_of(chip: chain.Chip, trace: Trace) -> Step | None:
    """Return the step that the chip's call made: the last one with its span."""
    found = [s for s in trace.steps if (s.line, s.column, s.end_line, s.end_column) == tuple(chip.span)]
    if not found and chip.role == "raw":
        first, _, last, _ = chip.span
        found = [s for s in trace.steps if first <= s.line and s.end_line <= last and s.outputs]
    return found[-1] if found else None


def _failed_chip(row: tuple[chain.Chip, ...], error: ProgramError) -> int | None:
    """Return the chip whose own text holds the error: the innermost one around it."""
    place = (error.line, error.column, error.end_line or error.line, error.end_column)
    exact = [chip.index for chip in row if tuple(chip.span) == place]
    around = [chip.index for chip in row if chip.span[:2] <= place[:2] and chip.span[2:] >= place[2:]]
    return next(iter([*exact, *around]), None)


def _view(chip: chain.Chip, step: Step | None, trace: Trace, failed: int | None) -> ChipView:
    kind, detail = _kind_and_detail(chip, step, trace, failed)
    return ChipView(
        text=chip.text,
        detail=detail,
        kind=kind,
        title=f"{chip.text}\n{detail}",
        movable=chip.role == "operation",
        removable=True,
    )


def _kind_and_detail(chip: chain.Chip, step: Step | None, trace: Trace, failed: int | None) -> tuple[str, str]:
    if chip.index == failed and trace.error is not None:
        return "error", f"error · line {trace.error.line}"
    if step is None or not step.outputs:
        return ("pending", "not run") if trace.error is not None else ("other", "no tensor")
    return step.kind, _detail(step, step.outputs[0])


def _detail(step: Step, state: TensorState) -> str:
    dtype = str(state.dtype).removeprefix("torch.")
    what = dtype if step.kind == "create" else step.kind
    strides = "" if step.kind == "create" and state.is_contiguous else f" · stride {state.stride}"
    return f"{what} · {state.shape}{strides} · {step.bytes_new:,} B new"
