"""Folds the passes of long loops on the timeline: the first and the last ones stay, of the others each is a frame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from explorer.lenses.shapes.timeline import Moment
from explorer.swift import swift

MAX_FRAMES = 1_200
# A timeline up to this length shows everything.
SHORT = 300
# Passes at either end of a long loop that are shown in full.
ENDS = 2


class Turn(NamedTuple):
    """A pass of a loop: which call of a function it stands in, the loop's line, which pass, from 0."""

    activation: int
    line: int
    number: int


Turns = tuple[Turn, ...]


@swift
@dataclass(frozen=True, eq=False)
class Item:
    """A step or failure (`moment`), or a node that the engine ran (its number in `Trace.backward`)."""

    phase: str
    turns: Turns
    moment: Moment | None
    event: int = -1


@swift
@dataclass(frozen=True, eq=False)
class Group:
    """Items that share a frame: one, or those of a pass, which `label` names."""

    items: tuple[Item, ...]
    label: str = ""
    line: int = 0


_Loop = tuple[Turns, int, int]


def folded(items: tuple[Item, ...], kept: frozenset[int]) -> tuple[list[Group], int]:
    """Return the frames, and how many items are left without one.

    Args:
        items: In order.
        kept: Numbers in `Trace.backward` of the items that stay alone.
    """
    if len(items) <= SHORT:
        return [Group((item,)) for item in items], 0
    where = {item.turns for item in items}
    lengths = _lengths(where)
    passes = {turns: _pass_of(turns, lengths) for turns in where}
    keys = [None if item.event in kept and item.moment is None else _key(item, passes) for item in items]
    groups = []
    for key, run in groupby(zip(keys, items, strict=True), key=lambda pair: pair[0]):
        together = tuple(item for _, item in run)
        if key is None:
            groups += [Group((item,)) for item in together]
        else:
            groups.append(_pass(together, key, lengths))
    groups = _joined(groups)
    return groups[:MAX_FRAMES], sum(len(group.items) for group in groups[MAX_FRAMES:])


_Key = tuple[str, Turns]


def _lengths(where: Iterable[Turns]) -> dict[_Loop, int]:
    """Return how many passes each loop has, as far as there are items."""
    lengths: dict[_Loop, int] = defaultdict(int)
    for turns in where:
        for level, turn in enumerate(turns):
            loop = _loop(turns, level)
            lengths[loop] = max(lengths[loop], turn.number + 1)
    return lengths


def _loop(turns: Turns, level: int) -> _Loop:
    return (turns[:level], turns[level].activation, turns[level].line)


def _pass_of(turns: Turns, lengths: dict[_Loop, int]) -> Turns | None:
    """Return the outermost pass in the middle of a long loop that items of these passes are folded into, or None."""
    for level, turn in enumerate(turns):
        length = lengths[_loop(turns, level)]
        if length > 2 * ENDS + 1 and ENDS <= turn.number < length - ENDS:
            return turns[: level + 1]
    return None


def _key(item: Item, passes: dict[Turns, Turns | None]) -> _Key | None:
    """Return the stretch and the pass that an item is folded into, or None."""
    inside = passes[item.turns]
    return None if inside is None else (item.phase, inside)


def _pass(items: tuple[Item, ...], key: _Key, lengths: dict[_Loop, int]) -> Group:
    turns = key[1]
    turn, length = turns[-1], lengths[_loop(turns, len(turns) - 1)]
    return Group(items, f"pass {turn.number + 1:,} of {length:,}", turn.line)


def _joined(groups: list[Group]) -> list[Group]:
    """Join neighbouring passes of one loop as far as is needed for all to have room."""
    passes = sum(1 for group in groups if group.label)
    room = MAX_FRAMES - (len(groups) - passes)
    if len(groups) <= MAX_FRAMES or not passes:
        return groups
    size = -(-passes // max(room - 2 * ENDS, 1))
    joined: list[Group] = []
    for line, run in groupby(groups, key=lambda group: group.line if group.label else 0):
        together = list(run)
        if not line:
            joined += together
            continue
        joined += [_join(together[first : first + size]) for first in range(0, len(together), size)]
    return joined


def _join(groups: list[Group]) -> Group:
    first, last = groups[0], groups[-1]
    label = first.label if first.label == last.label else f"{first.label} to {last.label}"
    return Group(tuple(item for group in groups for item in group.items), label, first.line)
