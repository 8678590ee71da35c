"""Adds to the frames of backward how each gradient was made: the rule, the relations between cells, an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.lenses.autograd.norm_numbers import mean_terms
from explorer.lenses.autograd.plates import Plates
from explorer.lenses.autograd.rules import Rules
from explorer.lenses.autograd.slopes import MAX_SECONDS, Place, Side, Slopes, gradients_related
from explorer.lenses.autograd.timeline import Stop, Timeline
from explorer.scene import Frame, Relation
from explorer.swift import changed
from explorer.trace import Trace

# From so many node runs on, less time is spent on how each gradient was made.
MANY_EVENTS = 60
SHORT_SECONDS = 0.08


@dataclass(frozen=True)
class Derived:
    """Frames with what was added, and the relations that they refer to."""

    frames: tuple[Frame, ...]
    relations: tuple[Relation, ...]


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked.

    Attributes:
        trace: The run, with its live calls.
        line: Its timeline.
        plates: What the frames show: all plates have been made.
        opens: The frame that the page opens on; its neighbours come first, since time is bounded.
        explained: Numbers in `Trace.backward` of the events of which it is told already what went wrong.
    """

    trace: Trace
    line: Timeline
    plates: Plates
    opens: int
    explained: frozenset[int]

    def slopes(self, stops: Sequence[Stop]) -> dict[int, Slopes]:
        """Return how the gradients of the stops' events were made, as far as there is time."""
        near = sorted(stops, key=lambda stop: abs(stop.frame - self.opens))
        seconds = MAX_SECONDS if len(self.trace.backward) <= MANY_EVENTS else SHORT_SECONDS
        return gradients_related(self.trace, [stop.event for stop in near], self._grid_of, seconds)

    def _grid_of(self, event: int, side: Side, slot: int) -> Place | None:
        grid = self.plates.place(event, side, slot)
        return None if grid is None else Place(grid, self.plates.values.window(grid))


def derived(asked: Asked, frames: Sequence[Frame], first: int) -> Derived:
    """Return the frames with rules and relations.

    Args:
        asked: What is asked.
        frames: The frames so far.
        first: The number that the first of the new relations gets.
    """
    stops = [stop for stop in asked.line.stops if stop.event >= 0]
    slopes, rules = asked.slopes(stops), Rules(asked.trace)
    made = list(frames)
    relations: list[Relation] = []
    for stop in stops:
        own = slopes.get(stop.event, Slopes())
        numbers = tuple(range(first + len(relations), first + len(relations) + len(own.relations)))
        relations += own.relations
        frame = made[stop.frame]
        rule, why = _told(frame, stop.event, asked, rules, own)
        made[stop.frame] = changed(frame, rule=rule, why=why, relations=numbers)
    return Derived(tuple(made), tuple(relations))


def _told(frame: Frame, event: int, asked: Asked, rules: Rules, slopes: Slopes) -> tuple[str, str]:
    """Return the rule of a frame's node as a formula, and why the frame matters, with that rule in words."""
    run = asked.trace.backward[event]
    rule = rules.of(run.index) if run.index >= 0 else None
    doubt = slopes.reason if slopes.differs and event not in asked.explained else ""
    if rule is None:
        return frame.rule, _joined(frame.why, doubt)
    known = run.accumulated is not None and frame.why
    few = len(asked.trace.backward) <= MANY_EVENTS
    numbers = mean_terms(asked.trace.graph.nodes[run.index], run) if few and not doubt else ""
    return rule.formula, _joined(frame.why, "" if known else rule.sentence, numbers, doubt)


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
