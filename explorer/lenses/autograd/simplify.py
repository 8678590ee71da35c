"""Takes groups away that say nothing, and decides which are open at first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from explorer.scene.graphs import GraphGroup, GroupKind

# So many nodes and folded groups are shown at first; loops of more passes than this stay folded.
MOST_SHOWN = 60
MOST_PASSES = 3
# A group inside a folded one opens with it when it is no larger than this.
SMALL = 12


@dataclass(slots=True, eq=False)
class Bundle:
    """A group while it is being put together; fields as in `explorer.scene.graphs.GraphGroup`."""

    label: str
    kind: GroupKind
    parent: int
    detail: str = ""


@dataclass(frozen=True)
class Placed:
    """The groups, and for each node the number of its group, or -1."""

    groups: tuple[GraphGroup, ...]
    homes: tuple[int, ...]


@dataclass(eq=False)
class _Shape:
    """What groups hold: `nodes` and `children` directly, `sizes` nodes in all; `into` is where a removed one went."""

    bundles: list[Bundle]
    homes: list[int]

    def __post_init__(self) -> None:
        count = len(self.bundles)
        self.into = list(range(count))
        self.nodes = [0] * count
        for home in self.homes:
            if home >= 0:
                self.nodes[home] += 1
        self.children: list[list[int]] = [[] for _ in range(count)]
        for number, bundle in enumerate(self.bundles):
            if bundle.parent >= 0:
                self.children[bundle.parent].append(number)
        self.sizes = self.nodes[:]
        for number in reversed(range(count)):
            parent = self.bundles[number].parent
            if parent >= 0:
                self.sizes[parent] += self.sizes[number]

    def remove(self, number: int) -> None:
        """Give what a group holds to the one around it."""
        parent = self.bundles[number].parent
        self.into[number] = parent
        for child in self.children[number]:
            self.bundles[child].parent = parent
        if parent >= 0:
            around = self.children[parent]
            around[around.index(number) : around.index(number) + 1] = self.children[number]
            self.nodes[parent] += self.nodes[number]
        self.children[number] = []

    def resolve(self, home: int) -> int:
        """Return the group that nodes of `home` are in now."""
        while home >= 0 and self.into[home] != home:
            home = self.into[home]
        return home


def simplified(bundles: list[Bundle], homes: list[int], scattered: frozenset[int]) -> Placed:
    """Return the groups that are left, with those that are open at first, and where each node is.

    Args:
        bundles: All groups, each after the one around it.
        homes: The group of each node, or -1.
        scattered: Groups that are to go.
    """
    shape = _Shape(bundles, homes)
    large = len(homes) > MOST_SHOWN
    for number in reversed(range(len(bundles))):
        if number in scattered or _is_idle(shape, number, large=large):
            shape.remove(number)
    for number, bundle in enumerate(bundles):
        if bundle.kind == "loop" and shape.into[number] == number:
            bundle.detail = f"{sum(1 for child in shape.children[number] if bundles[child].kind == 'pass'):,} passes"
    left = [number for number in range(len(bundles)) if shape.into[number] == number]
    places = {number: place for place, number in enumerate(left)}
    opened = _opened(shape, left)
    groups = tuple(
        GraphGroup(b.label, b.kind, b.detail, places.get(b.parent, -1), number in opened)
        for number, b in ((number, bundles[number]) for number in left)
    )
    return Placed(groups, tuple(places.get(shape.resolve(home), -1) for home in homes))


def _is_idle(shape: _Shape, number: int, *, large: bool) -> bool:
    """Tell whether a group can go: it holds nothing, one node, or one group that says more; a loop of one pass."""
    bundle, children = shape.bundles[number], shape.children[number]
    parent = bundle.parent
    if not shape.sizes[number]:
        return True
    if bundle.kind == "pass":
        alone = len(shape.children[parent]) == 1
        return alone or (shape.sizes[number] == 1 and not large)
    if bundle.kind == "loop":
        return not any(shape.bundles[child].kind == "pass" for child in children)
    if shape.sizes[number] == 1:
        return True
    if bundle.kind == "module" and parent >= 0 and shape.bundles[parent].kind == "pass":
        around = shape.bundles[parent]
        if shape.nodes[parent] == 0 and len(shape.children[parent]) == 1:
            around.detail = " · ".join(filter(None, [bundle.label, bundle.detail]))
            return True
    return shape.nodes[number] == 0 and len(children) == 1


def _opened(shape: _Shape, left: list[int]) -> set[int]:
    """Return the groups that are open at first: from the outside in, while there is room."""
    bundles = shape.bundles
    top = [number for number in left if bundles[number].parent < 0]
    shown = sum(1 for home in shape.homes if shape.resolve(home) < 0) + len(top)
    opened: set[int] = set()
    waiting = deque(top)
    while waiting:
        number = waiting.popleft()
        waiting.extend(shape.children[number])
        inside = shape.nodes[number] + len(shape.children[number]) - 1
        parent = bundles[number].parent
        if _is_long(shape, number):
            continue
        if parent >= 0 and parent not in opened:
            if shape.sizes[number] <= SMALL:
                opened.add(number)
        elif shown + inside <= MOST_SHOWN:
            shown += inside
            opened.add(number)
    return opened


def _is_long(shape: _Shape, number: int) -> bool:
    return shape.bundles[number].kind == "loop" and len(shape.children[number]) > MOST_PASSES
