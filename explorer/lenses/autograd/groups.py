"""Puts nodes into groups that fold: modules by their path, loops and their passes, functions of the program."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.lenses.autograd.drafts import Canvas
from explorer.lenses.autograd.simplify import Placed, simplified
from explorer.scene.graphs import GroupKind
from explorer.trace import Step

_Home = tuple[int, str]
_Key = tuple[int, str, int, str]


@dataclass(slots=True, eq=False)
class Bundle:
    """A group while it is being put together; fields as in `explorer.scene.graphs.GraphGroup`."""

    label: str
    kind: GroupKind
    parent: int
    detail: str = ""


@dataclass(eq=False)
class Tree:
    """The groups of a program, each after the one around it.

    Args:
        lines: The program's lines.
        classes: Class names of modules, by path.
    """

    lines: list[str]
    classes: dict[str, str]
    bundles: list[Bundle] = field(default_factory=list)
    _numbers: dict[_Key, int] = field(default_factory=dict)
    _homes: dict[_Home, int] = field(default_factory=dict)

    def place(self, step: Step, module: str) -> int:
        """Return the innermost group of what a step made in a module; -1 for none."""
        home = (step.index, module)
        if home not in self._homes:
            group = self._sites(step)
            parts = module.split(".") if module else []
            for depth in range(len(parts)):
                path = ".".join(parts[: depth + 1])
                bundle = Bundle(path, "module", group, self.classes.get(path, ""))
                group = self._group((group, "module", 0, path), bundle)
            self._homes[home] = group
        return self._homes[home]

    def _sites(self, step: Step) -> int:
        """Return the group of the loops and functions that a step stands in."""
        group = -1
        for depth, site in enumerate(step.stack):
            if depth and _is_plain(site.function):
                bundle = Bundle(site.function, "function", group)
                group = self._group((group, "function", site.activation, ""), bundle)
            for turn in site.iterations:
                loop = Bundle(self._loop_label(turn.line), "loop", group)
                group = self._group((group, "loop", site.activation, str(turn.line)), loop)
                inner = Bundle(f"pass {turn.number + 1:,}", "pass", group)
                group = self._group((group, "pass", turn.number, ""), inner)
        return group

    def _group(self, key: _Key, bundle: Bundle) -> int:
        number = self._numbers.setdefault(key, len(self.bundles))
        if number == len(self.bundles):
            self.bundles.append(bundle)
        return number

    def _loop_label(self, line: int) -> str:
        text = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        text = text.partition("#")[0].strip().rstrip(":")
        return text if len(text) <= 44 else text[:43] + "…"


def _is_plain(function: str) -> bool:
    """Tell whether it is a function that people see as a unit: no module's forward, comprehension or lambda."""
    last = function.rpartition(".")[2]
    return "<" not in last and last not in ("forward", "backward", "__init__", "__call__")


def grouped(canvas: Canvas, lines: list[str], classes: dict[str, str]) -> Placed:
    """Return the groups, and the group of each draft.

    What was not made at a place of its own (leaves, constants) goes to the smallest group that holds all its users.
    """
    tree = Tree(lines, classes)
    homes = [-1 if draft.home is None else tree.place(*draft.home) for draft in canvas.drafts]
    own = [draft.home is not None for draft in canvas.drafts]
    parents = [bundle.parent for bundle in tree.bundles]
    depths = _depths(parents)
    users: dict[int, int] = {}
    for line in canvas.lines:
        if not own[line.source]:
            there = homes[line.target]
            users[line.source] = _common(users.get(line.source, there), there, parents, depths)
    for number, group in users.items():
        homes[number] = group
    return simplified(tree.bundles, homes)


def _depths(parents: list[int]) -> list[int]:
    depths: list[int] = []
    for parent in parents:
        depths.append(0 if parent < 0 else depths[parent] + 1)
    return depths


def _common(one: int, other: int, parents: list[int], depths: list[int]) -> int:
    """Return the innermost group around both; -1 for none."""
    while one != other:
        if one < 0 or other < 0:
            return -1
        if depths[one] >= depths[other]:
            one = parents[one]
        else:
            other = parents[other]
    return one
