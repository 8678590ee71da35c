"""Puts nodes into groups that fold: modules by their path, loops and their passes, functions of the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from explorer.lenses.autograd.drafts import Canvas, Draft
from explorer.lenses.autograd.simplify import Bundle, Placed, simplified
from explorer.lenses.autograd.wording import flat
from explorer.trace import Step

_Key = tuple[int, str, int, str]


@dataclass(eq=False)
class Tree:
    """The groups of a program, each after the one around it.

    Args:
        lines: The program's lines.
        classes: Class names of modules, by path.
        calls: Whether the call of an outermost module is a group: there are several such calls.
    """

    lines: list[str]
    classes: dict[str, str]
    calls: bool
    bundles: list[Bundle] = field(default_factory=list)
    _numbers: dict[_Key, int] = field(default_factory=dict)
    _homes: dict[tuple[int, str], int] = field(default_factory=dict)

    def place(self, step: Step, module: str) -> int:
        """Return the innermost group of what a step made in a module; -1 for none."""
        home = (step.index, module)
        if home not in self._homes:
            group = self._sites(step)
            call, label = root_call(step)
            if self.calls and call != -1:
                group = self._group((group, "call", call, ""), Bundle(label, "module", group))
            parts = module.split(".") if module else []
            for depth in range(len(parts)):
                path = ".".join(parts[: depth + 1])
                bundle = Bundle(path, "module", group, self.classes.get(path, ""))
                # each call of a module is a group of its own: in one, they would run in a circle when they are folded
                group = self._group((group, "module", call, path), bundle)
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
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return flat(text.partition("#")[0].strip().rstrip(":"))


def root_call(step: Step) -> tuple[int, str]:
    """Return a number for the call of the outermost module that a step stands in, and its text; -1 outside of any."""
    for outer, site in zip(step.stack, step.stack[1:], strict=False):
        if site.function.endswith(".forward"):
            return site.activation, site.function.rpartition(".")[0] or outer.function
    # an own forward has an activation; the call of a layer of the library is a step
    return (-2 - step.index, flat(step.expression)) if step.module_class else (-1, "")


def _is_plain(function: str) -> bool:
    """Tell whether it is a function that people see as a unit: no module's forward, comprehension or lambda."""
    last = function.rpartition(".")[2]
    return "<" not in last and last not in ("forward", "backward", "__init__", "__call__")


def grouped(canvas: Canvas, lines: list[str], classes: dict[str, str]) -> Placed:
    """Return the groups, and the group of each draft.

    What was not made at a place of its own (leaves, constants) goes to the smallest group that holds all its users,
    outside of loops that it was not made in.
    """
    made_in = [(draft.home[0], draft.home[1]) for draft in canvas.drafts if draft.home is not None]
    roots = {root_call(step)[0] for step, module in made_in if module}
    tree = Tree(lines, classes, calls=len(roots - {-1}) > 1)
    homes = [-1 if draft.home is None else tree.place(*draft.home) for draft in canvas.drafts]
    parents = [bundle.parent for bundle in tree.bundles]
    depths = _depths(parents)
    users: dict[int, int] = {}
    for line in canvas.lines:
        if canvas.drafts[line.source].home is None:
            there = homes[line.target]
            users[line.source] = _common(users.get(line.source, there), there, parents, depths)
    for number, group in users.items():
        made = canvas.drafts[number].made
        homes[number] = _outside(group, -1 if made is None else tree.place(made, ""), tree.bundles)
    return simplified(tree.bundles, homes, _scattered(canvas.drafts, homes, tree.bundles))


def _outside(group: int, made: int, bundles: list[Bundle]) -> int:
    """Return a group, or the one around the outermost loop that it is in and that `made` is not in."""
    within = set()
    while made >= 0:
        within.add(made)
        made = bundles[made].parent
    found = here = group
    while here >= 0:
        if bundles[here].kind in ("loop", "pass") and here not in within:
            found = bundles[here].parent
        here = bundles[here].parent
    return found


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


def _scattered(drafts: list[Draft], homes: list[int], bundles: list[Bundle]) -> frozenset[int]:
    """Return the groups of modules between whose nodes others were made, such as the layers of a `ModuleList`.

    Folded, such a group would be before and after the others at once.
    """
    made = [draft.key.what == "node" and draft.phase == 0 for draft in drafts]
    place = list(accumulate(made))
    ranges: dict[int, tuple[int, int, int]] = {}
    for number, home in enumerate(homes):
        group = home if made[number] else -1
        while group >= 0:
            first, _, count = ranges.get(group, (place[number], 0, 0))
            ranges[group] = (first, place[number], count + 1)
            group = bundles[group].parent
    return frozenset(
        group
        for group, (first, last, count) in ranges.items()
        if bundles[group].kind == "module" and last - first + 1 != count
    )
