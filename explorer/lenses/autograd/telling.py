"""Collects what was found: marks for the graph, sentences for the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from explorer.lenses.autograd.failures import Broken, broken
from explorer.lenses.autograd.findings import findings
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming, node_text
from explorer.lenses.autograd.picture import Marks
from explorer.lenses.autograd.timeline import Timeline
from explorer.scene import Frame
from explorer.swift import changed


@dataclass(eq=False)
class Told:
    """What is drawn and told of remarkable things.

    Attributes:
        marks: Marks of nodes and edges.
        events: Sentences for the frames of numbers in `Trace.backward`.
        steps: Sentences for the frames of steps, by index.
        wrong: Indices of steps where something is wrong.
        failed: The drawn node that the failing frame is about, or -1.
        stopped: Where the engine stopped, in a sentence; "" where it was not the engine.
    """

    marks: Marks = field(default_factory=Marks)
    events: dict[int, list[str]] = field(default_factory=dict)
    steps: dict[int, list[str]] = field(default_factory=dict)
    wrong: set[int] = field(default_factory=set)
    failed: int = -1
    stopped: str = ""

    def in_frames(self, frames: Sequence[Frame], line: Timeline) -> tuple[Frame, ...]:
        """Return the frames with these sentences."""
        made = list(frames)
        for stop in line.stops:
            said = [sentence for event in stop.events for sentence in self.events.get(event, ())]
            said += [sentence for step in stop.steps for sentence in self.steps.get(step.index, ())]
            if said:
                frame = made[stop.frame]
                made[stop.frame] = changed(frame, why=" ".join([*dict.fromkeys(said), frame.why]).strip())
            if stop.moment is not None and stop.moment.error is not None:
                frame = made[stop.frame]
                made[stop.frame] = changed(frame, node=self.failed, sentence=f"{frame.sentence} {self.stopped}".strip())
        return tuple(made)


def told_of(naming: Naming, memory: Memory) -> Told:
    """Return what is remarkable in a run, and where it broke."""
    told = Told()
    place = broken(naming, memory)
    told.failed = place.node
    told.stopped = _stopped(naming, place)
    for finding in (*place.findings, *findings(naming, memory)):
        told.marks.node(finding.node, finding.words, finding.tone, finding.note)
        if finding.event >= 0:
            told.events.setdefault(finding.event, []).append(finding.note)
        if finding.step >= 0:
            told.steps.setdefault(finding.step, []).append(finding.note)
            told.wrong |= {finding.step} if finding.tone != "plain" else set()
    for number, note in place.lines:
        told.marks.line(number, "error", note)
    return told


def _stopped(naming: Naming, place: Broken) -> str:
    """Say at which node of the graph a backward pass stopped; "" when it did not come to one."""
    runs = naming.sources.trace.engine_runs
    draft = naming.canvas.drafts[place.node] if place.node >= 0 and runs and runs[-1].error else None
    return f"The engine stopped at {node_text(draft)}." if draft is not None and draft.key.what == "node" else ""
