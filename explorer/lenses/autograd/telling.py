"""Collects what was found: marks for the graph, sentences for the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from explorer.lenses.autograd.failures import broken
from explorer.lenses.autograd.findings import findings
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.picture import Marks
from explorer.lenses.autograd.timeline import Timeline
from explorer.scene import Frame


@dataclass(eq=False)
class Told:
    """What is drawn and told of remarkable things.

    Attributes:
        marks: Marks of nodes and edges.
        events: Sentences for the frames of numbers in `Trace.backward`.
        steps: Sentences for the frames of steps, by index.
        failed: The drawn node that the failing frame is about, or -1.
    """

    marks: Marks = field(default_factory=Marks)
    events: dict[int, list[str]] = field(default_factory=dict)
    steps: dict[int, list[str]] = field(default_factory=dict)
    failed: int = -1

    def in_frames(self, frames: Sequence[Frame], line: Timeline) -> tuple[Frame, ...]:
        """Return the frames with these sentences."""
        made = list(frames)
        for stop in line.stops:
            said = [sentence for event in stop.events for sentence in self.events.get(event, ())]
            said += [sentence for step in stop.steps for sentence in self.steps.get(step.index, ())]
            if said:
                frame = made[stop.frame]
                made[stop.frame] = replace(frame, why=" ".join([*dict.fromkeys(said), frame.why]).strip())
            if stop.moment is not None and stop.moment.error is not None:
                made[stop.frame] = replace(made[stop.frame], node=self.failed)
        return tuple(made)


def told_of(naming: Naming, memory: Memory) -> Told:
    """Return what is remarkable in a run, and where it broke."""
    told = Told()
    place = broken(naming, memory)
    told.failed = place.node
    for finding in (*place.findings, *findings(naming, memory)):
        told.marks.node(finding.node, finding.words, finding.tone, finding.note)
        if finding.event >= 0:
            told.events.setdefault(finding.event, []).append(finding.note)
        if finding.step >= 0:
            told.steps.setdefault(finding.step, []).append(finding.note)
    for number, note in place.lines:
        told.marks.line(number, "error", note)
    return told
