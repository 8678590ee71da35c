"""The row of chips above the stage, and what clicking in it does to the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.operations import OPERATIONS
from explorer.ui.components import chain as draw_chain
from explorer.ui.components import trigger
from explorer.ui.evaluation import Evaluation
from explorer.ui.workspace import Workspace

_MENU = (
    *({"name": o.name, "group": o.group, "summary": o.summary} for o in OPERATIONS.values()),
    *({"name": o.name, "group": o.group, "summary": o.summary} for o in LAYERS.values()),
    *({"name": c.name, "group": "New tensor", "summary": c.summary} for c in CREATIONS.values()),
)


def chain_row(workspace: Workspace, evaluation: Evaluation, first: Sequence[str] = ()) -> None:
    """Draw the chips of the workspace's program.

    Args:
        workspace: The page's program.
        evaluation: Its run.
        first: Groups of operations that the page offers before the others.
    """
    key = workspace.key("chain")

    def act() -> None:
        action = trigger(key, "action")
        if isinstance(action, dict):
            apply(workspace, evaluation, action)

    draw_chain(evaluation.chips, workspace.selected, workspace.edition, menu(first), key, act)


def menu(first: Sequence[str]) -> list[Mapping[str, str]]:
    """Return what can be added, by `name`, `group` and `summary`: some groups first, then the others in their order."""
    groups = dict.fromkeys([*first, *(entry["group"] for entry in _MENU)])
    places = {group: place for place, group in enumerate(groups)}
    return sorted(_MENU, key=lambda entry: places[entry["group"]])


def apply(workspace: Workspace, evaluation: Evaluation, action: dict[str, Any]) -> None:
    """Do what the person did in the row: select, add, move or remove a chip."""
    if _is_late(workspace, action):
        return
    source = workspace.source
    try:
        match action.get("type"):
            case "select":
                workspace.select(action["index"])
            case "remove":
                workspace.change(chain.remove(source, action["index"]))
                workspace.select(None)
            case "move":
                workspace.change(chain.move(source, action["index"], action["to"]))
                workspace.select(action["to"])
            case "add":
                selected = workspace.selected
                shape, dtype = _result_after(evaluation, selected)
                changed, new = chain.add(source, action["op"], selected, shape, dtype)
                workspace.change(changed)
                workspace.select(new)
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


def _is_late(workspace: Workspace, action: dict[str, Any]) -> bool:
    """Tell a click in a row that a slow browser still showed: in its place there may be another chip now."""
    return action.get("type") != "add" and action.get("edition", workspace.edition) != workspace.edition


def _result_after(evaluation: Evaluation, index: int | None) -> tuple[tuple[int, ...], str]:
    """Return shape and dtype of the tensor that an operation added after chip `index` is applied to."""
    results = list(zip(evaluation.shapes, evaluation.dtypes, strict=True))[: None if index is None else index + 1]
    return next(((shape, dtype) for shape, dtype in reversed(results) if shape is not None), ((24,), ""))
