"""The project's own Streamlit elements: the stage, and the chain of operation chips above it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import streamlit as st

from explorer.ui.evaluation import Evaluation
from explorer.ui.stage_files import SHELF, loader
from explorer.ui.views import ChipView


@cache
def _element(name: str, edition: str) -> Callable[..., Any]:
    """Return the element that loads a file of an edition."""
    return st.components.v2.component(f"explorer.{name}", js=loader(f"{name}.js", edition))


RUN_LENGTH = 32
"""Characters of the token of a scene's run, or as many spaces; they stand before the scene."""
SUBJECT_LENGTH = 8
"""Characters of the number of what it is a picture of; they stand behind the token."""
HEAD_LENGTH = RUN_LENGTH + SUBJECT_LENGTH


def stage(shown: Evaluation, key: str, called: Mapping[str, Callable[[], None]]) -> None:
    """Draw what there is to show of a program.

    Args:
        shown: Its encoded scene, the token by which the stage asks about its run, and what the picture is of.
        key: Identity of the element; its triggers are in `st.session_state[key]`.
        called: What is called for each trigger: `run`, an edited program's text; `navigate`, the query's parameters
            after the browser went back or forward; `options`, other values of the lens's options; `change`, a change
            of the program that was made in the picture (`explorer.program.builders.pictured`).
    """
    callbacks: dict[str, Any] = {f"on_{name}_change": call for name, call in called.items()}
    head = shown.run.ljust(RUN_LENGTH) + str(shown.subject).ljust(SUBJECT_LENGTH)
    _element("stage", SHELF.current().name)(key=key, data=head.encode() + shown.scene, **callbacks)


def chain(
    chips: tuple[ChipView, ...],
    selected: int | None,
    edition: int,
    operations: Sequence[Mapping[str, str]],
    key: str,
    on_action: Callable[[], None],
) -> None:
    """Draw the chain of chips.

    Args:
        chips: What to draw.
        selected: Index of the chip whose form is open.
        edition: Of the program that has these chips; it comes back with each action.
        operations: What the menu offers: `name`, `group` and `summary` of each.
        key: Identity of the element.
        on_action: Called for `action`: an object with `type` (select, remove, move, add), its arguments and `edition`.
    """
    data = {
        "chips": [asdict(chip) for chip in chips],
        "selected": selected,
        "edition": edition,
        "operations": operations,
    }
    # as bytes: a dict would make Streamlit import pandas for the first visitor
    _element("chain", SHELF.current().name)(key=key, data=json.dumps(data).encode(), on_action_change=on_action)


def trigger(key: str, name: str) -> Any:  # noqa: ANN401 - whatever the element sent
    """Return the value of an element's trigger inside its callback."""
    state = st.session_state.get(key)
    return None if state is None else state.get(name)
