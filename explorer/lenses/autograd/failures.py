"""Draws what stopped the program at the place in the graph where it broke."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explorer.lenses.autograd.drafts import Canvas, Draft, Key, Line
from explorer.lenses.autograd.findings import Finding
from explorer.lenses.autograd.memory import Memory
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.nodes import Sources
from explorer.lenses.autograd.ways import Ways
from explorer.lenses.autograd.wording import flat
from explorer.scene import Span
from explorer.trace import ProgramError
from explorer.trace.model import SavedTensor

_STARTS = frozenset({"backward", "grad", "run_backward"})
# torch's words where a saved tensor was written to
_VERSIONS = re.compile(r"is at version (\d+); expected version (\d+)")
_ANOMALY = "returned nan values in its"
_UNUSED = "appears to not have been used"
_FAILED = Key("failed", 0)


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


def draw_failure(sources: Sources, canvas: Canvas) -> None:
    """Add the call that failed, with its operands, where it is no backward pass: it made no tensor, but has a place."""
    error = sources.trace.error
    if error is None or error.node >= 0 or error.op in _STARTS or error.kind in ("syntax", "policy", "limit"):
        return
    span = Span(error.line, error.column, error.end_line or error.line, error.end_column)
    frame = max(len(sources.timeline.stops) - 1, 0)
    label = flat(_text(sources.trace.source, span)) or error.op or error.kind
    target = canvas.add(Draft(_FAILED, "", label, "operation", "", frame, span=span))
    for state in error.operands:
        source = canvas.numbers.get(sources.key_of(state))
        if source is not None:
            canvas.join(Line(source, target, "gradient" if state.requires_grad else "constant", frame))


def _text(source: str, span: Span) -> str:
    """Return the program's text in a span."""
    lines = source.split("\n")[span.line - 1 : span.end_line]
    if not lines:
        return ""
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def broken(naming: Naming, memory: Memory) -> Broken:
    """Return where the program's error belongs in the graph; nothing when it has none."""
    error = naming.sources.trace.error
    if error is None:
        return Broken()
    unused = _unused(naming)
    if unused:
        return Broken(unused[0], tuple(Finding(number, "not used", "error", error.message) for number in unused))
    failed = _failed_node(naming, error)
    if failed >= 0:
        return _in_engine(naming, memory, error, failed)
    if _FAILED in naming.canvas.numbers:
        number = naming.canvas.numbers[_FAILED]
        return Broken(number, (Finding(number, "failed here", "error", error.message),))
    roots = [naming.canvas.numbers.get(naming.sources.key_of(state)) for state in error.operands]
    drawn = [number for number in dict.fromkeys(roots) if number is not None]
    if not drawn:
        return Broken()
    marked = tuple(Finding(number, "failed here", "error", error.message) for number in drawn[:1])
    untracked = error.op in _STARTS and not any(state.requires_grad for state in error.operands)
    lines = tuple((line, error.message) for line in _cuts_behind(naming, drawn)) if untracked else ()
    return Broken(drawn[0], marked, lines)


def _failed_node(naming: Naming, error: ProgramError) -> int:
    """Return the node of the trace at which the engine stopped; -1 when it was elsewhere.

    Anomaly mode stops after the node that made the NaN: that one is meant.
    """
    trace = naming.sources.trace
    if _ANOMALY in error.detail and trace.backward:
        return trace.backward[-1].index
    return error.node if 0 <= error.node < len(trace.graph.nodes) else -1


def _unused(naming: Naming) -> list[int]:
    """Return the drawn nodes of the tensors that a gradient was asked for and that have no part in the result."""
    run = naming.sources.trace.engine_runs[-1] if naming.sources.trace.engine_runs else None
    if run is None or not run.error or _UNUSED not in run.error:
        return []
    ways = Ways(naming)
    behind = ways.behind(ways.drawn(run.roots))
    return [number for number in ways.drawn(run.inputs) if number not in behind]


def _in_engine(naming: Naming, memory: Memory, error: ProgramError, failed: int) -> Broken:
    """Mark the node that raised: a saved tensor that was written to, or freed, or whatever torch says."""
    number = naming.canvas.places[failed]
    node = naming.sources.trace.graph.nodes[failed]
    last = len(naming.sources.timeline.stops) - 1
    stale = [saved for saved in node.saved if memory.version_now(saved, last) > saved.version]
    words = [_stale_words(naming, memory, saved, last) for saved in stale]
    if _ANOMALY in error.detail:
        words = ["made NaN"]
    elif not words and (versions := _VERSIONS.search(error.detail)):
        # of a view that no line has looked at since, only torch knows the version
        words = [f"what it saved at version {versions[2]} is at version {versions[1]} now"]
    elif not words and any(event.index == failed for event in naming.sources.trace.backward):
        words = ["what it saved is freed"]
    marks = words or ["failed here"]
    return Broken(number, tuple(Finding(number, text, "error", error.message) for text in marks))


def _stale_words(naming: Naming, memory: Memory, saved: SavedTensor, frame: int) -> str:
    name = "" if saved.state is None else naming.sources.name(saved.state.tensor)
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
