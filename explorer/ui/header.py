"""The head of a page: title, what to do, examples and export."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.compute.runs import scene
from explorer.ui.device import chosen_device
from explorer.ui.examples.example import Example
from explorer.ui.renewal import is_current, renewed
from explorer.ui.timing import timing_button
from explorer.ui.workspace import Workspace


def header(workspace: Workspace, title: str, subtitle: str, examples: Sequence[Example]) -> None:
    """Draw the head of a page that has a program."""
    with st.container(horizontal=True, vertical_alignment="center", key=workspace.key("header")):
        st.html(f"<div class='te-title'><h1>{html.escape(title)}</h1><p>{html.escape(subtitle)}</p></div>")
        _example_picker(workspace, examples)
        timing_button(workspace)
        _export(workspace, title)


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


def _export(workspace: Workspace, title: str) -> None:
    source, device, inputs = workspace.source, chosen_device(), dict(workspace.inputs)
    lens, options, frame = workspace.lens, workspace.options, workspace.frame

    def page() -> str:
        shown = scene(source, lens, device, inputs=inputs, title=title, **options)
        return (shown if frame is None else replace(shown, opens_on=frame)).to_html()

    # the stage writes the step into the address, which a rerun tells the server: each opening of the menu is one
    with st.popover("Export", width="content", key=workspace.key("export"), on_change="rerun"):
        st.download_button(
            "Picture as HTML, works offline",
            page,
            "tensor-explorer.html",
            "text/html",
            on_click="ignore",
            width="stretch",
        )
        st.download_button("Program as .py", source, "program.py", "text/x-python", on_click="ignore", width="stretch")
