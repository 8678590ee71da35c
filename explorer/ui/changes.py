"""Fields of a page that show something of its program and change it: typed ones, and choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from explorer.program.builders import ArgumentProblem, EditProblem
from explorer.ui.renewal import is_current, renewed
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace

Change = Callable[[str], str]


def taken(workspace: Workspace, name: str, key: str, change: Callable[[], str]) -> None:
    """Take a change of a field that is still the one on the page; say above the picture why there is none."""
    if not is_current(name, key):
        return
    try:
        workspace.change(change())
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse(problem.message)


@dataclass(frozen=True)
class Field:
    """A field beside those of a constructor.

    Attributes:
        name: On its page.
        label: What stands above it.
        width: In pixels, or all that is left of the row.
        explained: One sentence for the person who types or chooses.
        free: Whether something else than the choices may be typed.
    """

    name: str
    label: str
    width: int | Literal["stretch"]
    explained: str
    free: bool = False


def typed_field(workspace: Workspace, field: Field, shown: str, change: Change) -> None:
    """Draw a field that is typed into; what makes no program stays in it.

    Args:
        workspace: The page's program.
        field: The field.
        shown: What the program says.
        change: Returns the program with another text; may raise ArgumentProblem or EditProblem.
    """
    name = workspace.key(field.name)
    problem = workspace.problems.get(name)
    key = renewed(name, problem.typed if problem else shown)
    st.text_input(
        field.label, key=key, on_change=_typed, args=(workspace, name, key, change), width=field.width,
        help=field.explained,
    )  # fmt: skip


def chosen_field(workspace: Workspace, field: Field, options: Sequence[str], shown: str, change: Change) -> None:
    """Draw a list of choices.

    Args:
        workspace: The page's program.
        field: The field.
        options: What can be chosen.
        shown: What the program says, which may be none of them.
        change: Returns the program with another choice; may raise ArgumentProblem or EditProblem.
    """
    name = workspace.key(field.name)
    problem = workspace.problems.get(name)
    now = problem.typed if problem else shown
    key = renewed(name, now)
    st.selectbox(
        field.label, list(dict.fromkeys([*options, shown, now])), key=key, on_change=_typed, width=field.width,
        help=field.explained, args=(workspace, name, key, change), accept_new_options=field.free,
    )  # fmt: skip


def problems_of(workspace: Workspace, labels: Mapping[str, str]) -> None:
    """Say what is wrong with fields, by their names on the page and their labels."""
    for name, label in labels.items():
        problem = workspace.problems.get(workspace.key(name))
        if problem:
            st.markdown(f":small[:red[**{plain(label)}**: {plain(problem.message)}]]")


def _typed(workspace: Workspace, name: str, key: str, change: Change) -> None:
    if not is_current(name, key):
        return
    text = str(st.session_state[key] or "")
    try:
        workspace.change(change(text))
    except (ArgumentProblem, EditProblem) as problem:
        workspace.refuse_field(name, text, problem.message)
