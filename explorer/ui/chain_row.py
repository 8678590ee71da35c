"""The row of chips above the stage, and what clicking in it does to the program."""

from __future__ import annotations

from typing import Any

from explorer.program.builders import ArgumentProblem, EditProblem, chain
from explorer.program.builders.creations import CREATIONS
from explorer.program.builders.operations import OPERATIONS
from explorer.ui.components import chain as draw_chain
from explorer.ui.components import trigger
from explorer.ui.evaluation import Evaluation
from explorer.ui.workspace import Workspace

_MENU = [
    *({"name": o.name, "group": o.group, "summary": o.summary} for o in OPERATIONS.values()),
    *({"name": c.name, "group": "New tensor", "summary": c.summary} for c in CREATIONS.values()),
]


def chain_row(workspace: Workspace, evaluation: Evaluation) -> None:
    """Draw the chips of the workspace's program."""
    key = workspace.key("chain")

    def act() -> None:
        action = trigger(key, "action")
        if isinstance(action, dict):
            apply(workspace, evaluation, action)

    draw_chain(evaluation.chips, workspace.selected, _MENU, key, act)


def apply(workspace: Workspace, evaluation: Evaluation, action: dict[str, Any]) -> None:
    """Do what the person did in the row: select, add, move or remove a chip."""
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
                shape = _shape_after(evaluation, selected)
                changed, new = chain.add(source, action["op"], selected, shape)
                workspace.change(changed)
                workspace.select(new)
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


def _shape_after(evaluation: Evaluation, index: int | None) -> tuple[int, ...]:
    """Return the shape that an operation added after chip `index` is applied to."""
    shapes = evaluation.shapes[: None if index is None else index + 1]
    return next((shape for shape in reversed(shapes) if shape is not None), (24,))
