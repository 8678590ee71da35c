"""The menu that exports a page: its picture as a page of its own, its program as text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.scene.decoding import DecodingError, decode
from explorer.ui.evaluation import Evaluation
from explorer.ui.workspace import Workspace


def export_menu(workspace: Workspace, title: str, evaluation: Evaluation) -> None:
    """Draw the menu; what is exported is what the page shows, at its step.

    The picture is written once the menu is open. Written after a click, by a callable, it got lost where another
    visitor's page was drawn meanwhile: Streamlit then drops the callables and files that no drawn page holds.
    """
    # the stage writes the step into the address, which a rerun tells the server: each opening of the menu is one
    with st.popover("Export", width="content", key=workspace.key("export"), on_change="rerun") as menu:
        written = _picture(workspace, title, evaluation) if menu.open else None
        st.download_button(
            "Picture as HTML, works offline",
            written or b"",
            "tensor-explorer.html",
            "text/html",
            on_click="ignore",
            disabled=written is None,
            width="stretch",
        )
        st.download_button(
            "Program as .py", workspace.source, "program.py", "text/x-python", on_click="ignore", width="stretch"
        )


def _picture(workspace: Workspace, title: str, evaluation: Evaluation) -> bytes | None:
    """Return the picture as a page; None while the program runs: the picture is an earlier one."""
    if not evaluation.scene or workspace.running:
        return None
    try:
        shown = replace(decode(evaluation.scene), title=title, charts=evaluation.charts)
    except DecodingError:  # the stage says what is wrong with it
        return None
    frame = workspace.frame
    return (shown if frame is None else replace(shown, opens_on=frame)).to_html().encode()
