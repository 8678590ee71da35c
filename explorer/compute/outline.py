"""What a page needs to know of a run besides its picture: what each place in the text did."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.trace.model import Position, Step, TensorState, Trace


@dataclass(frozen=True)
class Result:
    """A step's first result: sizes, strides in elements, dtype as torch prints it without `torch.`."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: str
    is_contiguous: bool


@dataclass(frozen=True)
class Place:
    """The last step that an expression of the text made; `result` is None where it made no tensor.

    `statement` is the expression of the top level that led to it: the same one, unless a function was called.
    """

    position: Position
    statement: Position
    kind: str
    bytes_new: int
    result: Result | None


@dataclass(frozen=True)
class Outline:
    """The places in order of their last steps, and where the program stopped, or None."""

    places: tuple[Place, ...]
    error: Position | None


def outline_of(trace: Trace) -> Outline:
    """Outline a trace."""
    last = {step.position: step for step in trace.steps}
    places = tuple(_place(step) for step in sorted(last.values(), key=lambda step: step.index))
    error = trace.error
    if error is None:
        return Outline(places, None)
    return Outline(places, Position(error.line, error.column, error.end_line or error.line, error.end_column))


def _place(step: Step) -> Place:
    result = _result(step.outputs[0]) if step.outputs else None
    statement = step.stack[0].position if step.stack else step.position
    return Place(step.position, statement, step.kind, step.bytes_new, result)


def _result(state: TensorState) -> Result:
    return Result(state.shape, state.stride, str(state.dtype).removeprefix("torch."), state.is_contiguous)
