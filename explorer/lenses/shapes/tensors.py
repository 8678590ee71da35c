"""The tensors behind the grids of the scene, for questions about what the scene does not hold."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lenses.shapes import MAX_FRAMES, MAX_GRIDS
from explorer.lenses.shapes.panels import Panels
from explorer.lenses.shapes.timeline import Moment, moments
from explorer.trace import TensorState, Trace


@dataclass(frozen=True, eq=False)
class Shown:
    """What one grid shows through time.

    Attributes:
        states: (frame from which on it is shown, state), in order.
        overwritten: Frame of the first write to the storage after each of the states; None where none was seen.
        end: Number of frames.
    """

    states: tuple[tuple[int, TensorState], ...]
    overwritten: tuple[int | None, ...]
    end: int

    def at(self, frame: int) -> tuple[TensorState, tuple[int, int], int | None]:
        """Return the state at a frame, the frames in which it is shown, and when it was overwritten.

        Raises:
            ValueError: The tensor is not there yet.
        """
        number = sum(first <= frame for first, _ in self.states) - 1
        if number < 0 or frame >= self.end:
            raise ValueError("the tensor is not there in this frame")
        first, state = self.states[number]
        after = self.states[number + 1][0] if number + 1 < len(self.states) else self.end
        return state, (first, after), self.overwritten[number]

    @property
    def is_cut(self) -> bool:
        """Whether there is more of the tensor than the scene holds."""
        return any(state.contents is not None and state.window != state.shape for _, state in self.states)


def shown_tensors(trace: Trace) -> tuple[Shown, ...]:
    """Return what each grid of the lens's scene shows, in the order of the grids.

    Args:
        trace: A trace with its live tensors.
    """
    stops = moments(trace)[:MAX_FRAMES]
    return shown_at(stops, Panels(stops, MAX_GRIDS), len(stops))


def shown_at(stops: tuple[Moment, ...], panels: Panels, end: int) -> tuple[Shown, ...]:
    """Return what each grid of some panels shows.

    Args:
        stops: The moments that the panels were made of.
        panels: The grids.
        end: Number of frames of the scene.
    """
    states: dict[int, list[tuple[int, TensorState]]] = {}
    for moment in stops:
        before = moment.step.inputs if moment.step else ()
        for frame, seen in ((max(moment.frame - 1, 0), before), (moment.frame, moment.states)):
            for state in seen:
                _note(states, panels.grid_of(state), frame, state)
    grids = [states[number] for number in sorted(states)]
    return tuple(Shown(tuple(grid), tuple(_overwritten(stops, s, f) for f, s in grid), end) for grid in grids)


def _note(states: dict[int, list[tuple[int, TensorState]]], grid: int | None, frame: int, state: TensorState) -> None:
    if grid is None:
        return
    known = states.setdefault(grid, [])
    if not known or known[-1][1] is not state:
        known.append((max(frame, known[-1][0] if known else 0), state))


def _overwritten(stops: tuple[Moment, ...], state: TensorState, frame: int) -> int | None:
    """Return the first frame after `frame` in which the state's storage has another version."""
    for moment in stops:
        if moment.frame > frame and any(
            other.storage == state.storage and other.version != state.version for other in moment.states
        ):
            return moment.frame
    return None
