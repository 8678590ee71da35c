"""The head of a page: title, what to do, examples, timing, and the place of the menu that exports."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.examples.example import Example
from explorer.ui.renewal import is_current, renewed
from explorer.ui.timing import timing_button
from explorer.ui.workspace import Workspace


def header(workspace: Workspace, title: str, subtitle: str, examples: Sequence[Example]) -> DeltaGenerator:
    """Draw the head of a page that has a program; return the place at its end."""
    with st.container(horizontal=True, vertical_alignment="center", key=workspace.key("header")):
        st.html(f"<div class='te-title'><h1>{html.escape(title)}</h1><p>{html.escape(subtitle)}</p></div>")
        _example_picker(workspace, examples)
        timing_button(workspace)
        return st.container(width="content")


def _example_picker(workspace: Workspace, examples: Sequence[Example]) -> None:
    name = workspace.key("example")
    by_title = {example.title: example for example in examples}
    # the box says what the page shows, and nothing once the program was changed
    key = renewed(name, next((e.title for e in examples if e.source == workspace.source), None))

    def take() -> None:
        title = st.session_state[key]
        if title is not None and is_current(name, key):
            workspace.start(by_title[title].source, dict(by_title[title].opens))

    st.selectbox(
        "Examples",
        list(by_title),
        key=key,
        placeholder="Examples",
        label_visibility="collapsed",
        on_change=take,
        width=300,
    )
