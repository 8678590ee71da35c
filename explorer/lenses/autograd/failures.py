"""Draws what stopped the program at the place in the graph where it broke."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lenses.autograd.findings import Finding
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.trace import ProgramError
from explorer.trace.model import SavedTensor

_STARTS = frozenset({"backward", "grad", "run_backward"})


@dataclass(frozen=True)
class Broken:
    """Where it broke.

    Attributes:
        node: The drawn node that the failing frame is about, or -1.
        findings: What to draw on nodes.
        lines: (number of a line, note) of the edges that it broke on.
    """

    node: int = -1
    findings: tuple[Finding, ...] = ()
    lines: tuple[tuple[int, str], ...] = ()


def broken(naming: Naming, memory: Memory) -> Broken:
    """Return where the program's error belongs in the graph; nothing when it has none."""
    error = naming.sources.trace.error
    if error is None:
        return Broken()
    failed = _failed_node(naming, error)
    if failed >= 0:
        return _in_engine(naming, memory, error, failed)
    roots = [naming.canvas.numbers.get(naming.sources.key_of(state)) for state in error.operands]
    drawn = [number for number in dict.fromkeys(roots) if number is not None]
    if not drawn:
        return Broken()
    marked = tuple(Finding(number, "failed here", "error", error.message) for number in drawn[:1])
    untracked = error.op in _STARTS and not any(state.requires_grad for state in error.operands)
    lines = tuple((line, error.message) for line in _cuts_behind(naming, drawn)) if untracked else ()
    return Broken(drawn[0], marked, lines)


def _failed_node(naming: Naming, error: ProgramError) -> int:
    """Return the node of the trace at which the engine stopped; -1 when it was elsewhere."""
    node = error.node
    return node if 0 <= node < len(naming.sources.trace.graph.nodes) else -1


def _in_engine(naming: Naming, memory: Memory, error: ProgramError, failed: int) -> Broken:
    """Mark the node that raised: a saved tensor that was written to, or freed, or whatever torch says."""
    number = naming.canvas.numbers[naming.sources.key_of_node(failed)]
    node = naming.sources.trace.graph.nodes[failed]
    last = len(naming.sources.timeline.stops) - 1
    stale = [saved for saved in node.saved if memory.version_now(saved, last) > saved.version]
    words = [_stale_words(naming, memory, saved, last) for saved in stale]
    if not words and any(event.index == failed for event in naming.sources.trace.backward):
        words = ["what it saved is freed"]
    marks = words or ["failed here"]
    return Broken(number, tuple(Finding(number, text, "error", error.message) for text in marks))


def _stale_words(naming: Naming, memory: Memory, saved: SavedTensor, frame: int) -> str:
    name = "" if saved.state is None else naming.sources.runs.names.get(saved.state.tensor, "")
    now = memory.version_now(saved, frame)
    return f"{name or saved.name} saved at version {saved.version}, now {now}"


def _cuts_behind(naming: Naming, roots: list[int]) -> list[int]:
    """Return the cut edges on the way from tracked tensors to some nodes."""
    into: dict[int, list[int]] = {}
    for number, line in enumerate(naming.canvas.lines):
        into.setdefault(line.target, []).append(number)
    seen = set(roots)
    waiting = list(roots)
    found = []
    while waiting:
        for number in into.get(waiting.pop(), ()):
            line = naming.canvas.lines[number]
            if line.kind == "cut":
                found.append(number)
            elif line.source not in seen:
                seen.add(line.source)
                waiting.append(line.source)
    return found
