"""Why the program stopped, above the stage, with the buttons that mend it."""

from __future__ import annotations

import streamlit as st

from explorer.ui.evaluation import ErrorView
from explorer.ui.text import plain
from explorer.ui.workspace import Workspace


def error_box(workspace: Workspace, error: ErrorView) -> None:
    """Draw the error and its fixes."""
    with st.container(key=workspace.key("error"), gap="small"):
        what = f"**{plain(error.message)}**  \n:small[line {error.line} · {plain(error.kind)}]"
        st.error(f"{what}\n\n{plain(error.hint)}" if error.hint else what, icon=":material/error:")
        if not error.fixes:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Try")
            for number, fix in enumerate(error.fixes):
                st.button(
                    f"`{fix.label}`",
                    key=workspace.key(f"fix/{number}"),
                    on_click=workspace.change,
                    args=(fix.source,),
                )
